"""What values of the charts between a server's pods and its autoscaler must not be."""

from slipway.checks.charts.rules import (
    Rule,
    cert_manager,
    given,
    less_than,
    longer_than,
    none_left,
    off,
    on,
    other_than,
    replicas,
    rights,
)


def _spec(key: str) -> str:
    return f"prometheus.prometheusSpec.{key}"


_BLIND = "nothing collects what the servers' autoscalers follow"
_NO_QUERIES = "the metric adapter then asks a Prometheus that does not answer"

_EVERYBODY = "whoever reaches its address reads all series, for it asks nobody who he is"
_SILENCED = "whoever reaches its address may silence alerts, for it asks nobody who he is"
_PASSWORD = "whoever reaches its address may try passwords"
_SCRAPE_SECONDS = 15
_LIMITS = ("enforcedSampleLimit", "sampleLimit", "enforcedLabelLimit", "enforcedTargetLimit", "enforcedBodySizeLimit")
_SLOWEST_SECONDS = 60
_LEAST_MILLISECONDS = 500
"""In which Prometheus answers a question about a few series."""

KUBE_PROMETHEUS_STACK = (
    Rule("values.prometheus-off", "prometheus.enabled", off, _BLIND),
    Rule("values.prometheus-off", _spec("paused"), on, "the operator then makes no Prometheus"),
    Rule(
        "values.no-rights",
        _spec("automountServiceAccountToken"),
        off,
        f"Prometheus then asks the API server for no pods, and {_BLIND}",
    ),
    Rule("values.prometheus-agent", "prometheus.agentMode", on, "an agent stores no series and answers no query"),
    Rule("values.operator-off", "prometheusOperator.enabled", off, f"without the operator {_BLIND}", elsewhere=True),
    Rule("values.no-definitions", "crds.enabled", off, "monitors and rules are then unknown kinds", elsewhere=True),
    replicas(_spec("replicas"), _BLIND),
    Rule(
        "values.prometheus-shards",
        _spec("shards"),
        lambda value: str(value) != "1",
        "each shard then has a part of the pods, and the Service asks any one of them",
    ),
    Rule("values.prometheus-unreachable", _spec("listenLocal"), on, _NO_QUERIES),
    Rule("values.prometheus-unreachable", _spec("web.tlsConfig"), on, "the metric adapter asks it by plain HTTP"),
    Rule("values.prometheus-unreachable", "prometheus.service.enabled", off, _NO_QUERIES),
    Rule("values.prometheus-unreachable", "prometheus.service.targetPort", other_than(9090, "9090"), _NO_QUERIES),
    Rule(
        "values.prometheus-unreachable",
        "prometheus.networkPolicy.enabled",
        on,
        "a policy that names no ingress refuses the metric adapter",
        "leave it out, or write under prometheus.networkPolicy.ingress and egress who may reach what",
        "warning",
    ),
    Rule("values.exposed", "prometheus.service.type", other_than("ClusterIP"), _EVERYBODY),
    Rule("values.exposed", "prometheus.ingress.enabled", on, _EVERYBODY, severity="warning"),
    Rule("values.exposed", "alertmanager.service.type", other_than("ClusterIP"), _SILENCED),
    Rule("values.exposed", "grafana.service.type", other_than("ClusterIP"), _PASSWORD, severity="warning"),
    Rule(
        "values.slow",
        _spec("scrapeTimeout"),
        longer_than(_SCRAPE_SECONDS),
        f"Prometheus takes no timeout longer than the {_SCRAPE_SECONDS} s at which it asks servers",
        "write 10s",
    ),
    Rule(
        "values.selector",
        "prometheusOperator.prometheusInstanceSelector",
        on,
        "the operator then makes no Prometheus, which has no label of a person's own",
    ),
    Rule(
        "values.slow",
        _spec("evaluationInterval"),
        longer_than(_SLOWEST_SECONDS),
        f"signals that rules make of series are then older than {_SLOWEST_SECONDS} s when autoscalers read them",
        "write 15s",
    ),
    Rule(
        "values.owned", _spec("retention"), given, "the stack file says it elsewhere", "write monitoring.retentionDays"
    ),
    Rule(
        "values.owned",
        _spec("storageSpec.volumeClaimTemplate.spec.resources.requests.storage"),
        given,
        "the stack file says it elsewhere, by which it is priced",
        "write monitoring.storageGib",
    ),
    *(
        Rule(
            "values.limits",
            _spec(key),
            on,
            "of a server whose page goes beyond it, Prometheus then keeps nothing",
            "leave it out, or look at the servers' pages first",
            "warning",
        )
        for key in _LIMITS
    ),
    rights("global.rbac.create", "Prometheus"),
    rights("prometheus.serviceAccount.create", "Prometheus"),
    rights("prometheusOperator.serviceAccount.create", "the operator"),
    Rule("values.blind-alerts", "kubeStateMetrics.enabled", off, "alerts read its series", severity="warning"),
    Rule("values.blind-alerts", "kube-state-metrics.replicas", none_left, "alerts read its series", severity="warning"),
    Rule("values.blind-dashboards", "grafana.enabled", off, "nothing shows the stack's dashboards", severity="warning"),
    Rule(
        "values.blind-dashboards",
        "grafana.sidecar.dashboards.enabled",
        off,
        "Grafana then loads none of the stack's dashboards",
        severity="warning",
    ),
)

PROMETHEUS_ADAPTER = (
    replicas("replicas", "nobody then answers for custom.metrics.k8s.io"),
    Rule("values.rules-replaced", "rules.existing", on, "the ConfigMap that it names replaces the servers' rules"),
    Rule("values.api-taken", "rules.resource", on, "metrics.k8s.io is then taken from metrics-server"),
    Rule(
        "values.slow",
        "metricsRelistInterval",
        longer_than(_SLOWEST_SECONDS),
        "a series that begins is unknown to autoscalers until the next list",
        "write 15s",
    ),
    Rule(
        "values.no-certificates",
        "tls.enable",
        on,
        "its key would be in clear text among the values, and without one the adapter does not start",
    ),
    Rule("values.api-port", "service.port", other_than(443, "443"), "the API server asks port 443"),
    rights("rbac.create", "the adapter"),
    rights("serviceAccount.create", "the adapter"),
    cert_manager("certManager.enabled"),
)

KEDA = (
    Rule("values.keda-off", "metricsServer.enabled", off, "nobody then answers for external.metrics.k8s.io"),
    replicas("metricsServer.replicaCount", "nobody then answers for external.metrics.k8s.io"),
    replicas("operator.replicaCount", "nobody then makes autoscalers of ScaledObjects"),
    Rule(
        "values.slow",
        "http.timeout",
        less_than(_LEAST_MILLISECONDS),
        "questions to Prometheus then end unanswered: it counts in milliseconds",
        "write 3000",
    ),
    Rule("values.no-definitions", "crds.install", off, "ScaledObjects are then an unknown kind", elsewhere=True),
    Rule("values.selector", "watchLabelSelector", on, "the servers' ScaledObjects carry no labels"),
    Rule(
        "values.cluster-domain",
        "clusterDomain",
        other_than("cluster.local"),
        "EKS and GKE call it cluster.local, and KEDA's parts then do not find each other",
        elsewhere=True,
    ),
    Rule(
        "values.prometheus-unreachable",
        "networkPolicy.enabled",
        on,
        "its policies name no way to Prometheus, which KEDA asks for signals",
        "leave it out, or write the way to namespace monitoring under networkPolicy",
        "warning",
    ),
    rights("rbac.create", "KEDA"),
    rights("serviceAccount.operator.create", "KEDA"),
    rights("serviceAccount.metricServer.create", "KEDA's metrics server"),
    Rule("values.no-certificates", "certificates.autoGenerated", off, "nobody else makes those of KEDA's API"),
    cert_manager("certificates.certManager.enabled"),
)

METRICS_SERVER = (
    replicas("replicas", "nobody then answers for metrics.k8s.io, and deleted namespaces stay Terminating"),
    Rule("values.api-off", "apiService.create", off, "nobody is then asked for metrics.k8s.io", severity="warning"),
    rights("rbac.create", "metrics-server"),
    rights("serviceAccount.create", "metrics-server"),
    Rule(
        "values.no-certificates",
        "defaultArgs",
        lambda value: not any("--cert-dir" in str(each) for each in value),
        "without --cert-dir it writes its certificate where it may not, and ends",
        "write further arguments under args",
    ),
    cert_manager("tls.type", other_than("metrics-server", "helm", "existingSecret")),
)
