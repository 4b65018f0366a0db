"""What a person may say in the values of a chart, and what is said of the rest."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from slipway.catalog.charts import Key, chart
from slipway.checks import Finding
from slipway.checks.charts import Around, StackChart, chart_findings, value_findings
from slipway.checks.charts.judgement import RULES
from slipway.checks.signals.charts import prometheus, prometheus_adapter

OWN_CLUSTER = Around(namespace="serving", own_cluster=True, driver=580)
SELECTED = {"release": "kube-prometheus-stack"}
OWN: Mapping[str, Mapping[str, Any]] = {
    "kube-prometheus-stack": {
        "prometheus": {"prometheusSpec": {"podMonitorSelector": {"matchLabels": SELECTED}}},
    },
}


def nested(key: str, value: object) -> dict[str, Any]:
    """Return the map that a dotted key stands for."""
    name, _, below = key.partition(".")
    return {name: nested(below, value) if below else value}


def judged(name: str, values: Mapping[str, Any], around: Around = OWN_CLUSTER) -> list[Finding]:
    return chart_findings({name: StackChart(path="values.x", own=OWN.get(name, {}), given=values)}, around)


GPU_TOLERATION = {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}

BROKEN: tuple[tuple[str, str, object, str], ...] = (
    ("kube-prometheus-stack", "prometheus.enabled", False, "values.prometheus-off"),
    ("kube-prometheus-stack", "prometheus.enabled", 0, "values.prometheus-off"),
    ("kube-prometheus-stack", "prometheus.agentMode", True, "values.prometheus-agent"),
    ("kube-prometheus-stack", "prometheus.prometheusSpec.paused", True, "values.prometheus-off"),
    ("kube-prometheus-stack", "prometheus.prometheusSpec.replicas", 0, "values.no-replicas"),
    ("kube-prometheus-stack", "prometheus.prometheusSpec.additionalConfig.replicas", 0, "values.no-replicas"),
    ("kube-prometheus-stack", "prometheus.prometheusSpec.shards", 2, "values.prometheus-shards"),
    ("kube-prometheus-stack", "prometheus.prometheusSpec.listenLocal", True, "values.prometheus-unreachable"),
    ("kube-prometheus-stack", "prometheus.prometheusSpec.web.tlsConfig", {"cert": {}}, "values.prometheus-unreachable"),
    ("kube-prometheus-stack", "prometheus.service.enabled", False, "values.prometheus-unreachable"),
    ("kube-prometheus-stack", "prometheus.service.targetPort", 8080, "values.prometheus-unreachable"),
    ("kube-prometheus-stack", "prometheusOperator.enabled", False, "values.operator-off"),
    ("kube-prometheus-stack", "prometheusOperator.denyNamespaces", ["serving"], "values.namespace"),
    ("kube-prometheus-stack", "prometheusOperator.namespaces", {"additional": ["other"]}, "values.namespace"),
    ("kube-prometheus-stack", "crds.enabled", False, "values.no-definitions"),
    ("kube-prometheus-stack", "prometheus.prometheusSpec.automountServiceAccountToken", False, "values.no-rights"),
    ("keda", "http.timeout", 1, "values.slow"),
    ("cluster-autoscaler", "extraArgs.dry-run", True, "values.no-nodes"),
    ("cluster-autoscaler", "extraArgs.kubeconfig", "/x", "values.owned"),
    ("cluster-autoscaler", "extraArgs.max-node-provision-time", "30s", "values.no-nodes"),
    ("kube-prometheus-stack", "prometheus.prometheusSpec.scrapeTimeout", "30s", "values.slow"),
    ("kube-prometheus-stack", "prometheus.prometheusSpec.priorityClassName", "ours", "values.priority-class"),
    (
        "kube-prometheus-stack",
        "prometheus.prometheusSpec.ruleNamespaceSelector",
        {"matchLabels": {"team": "ml"}},
        "values.namespace",
    ),
    ("kube-prometheus-stack", "prometheusOperator.prometheusInstanceSelector", "team=ml", "values.selector"),
    ("kube-prometheus-stack", "prometheusOperator.prometheusInstanceNamespaces", ["other"], "values.namespace"),
    ("kube-prometheus-stack", "alertmanager.service.type", "LoadBalancer", "values.exposed"),
    ("kube-prometheus-stack", "grafana.namespaceOverride", "other", "values.namespace"),
    ("prometheus-adapter", "metricsRelistInterval", "10m", "values.slow"),
    ("prometheus-adapter", "tls.enable", True, "values.no-certificates"),
    ("keda", "clusterDomain", "ours.internal", "values.cluster-domain"),
    ("metrics-server", "defaultArgs", ["--metric-resolution=15s"], "values.no-certificates"),
    ("metrics-server", "tls.type", "cert-manager", "values.cert-manager"),
    ("cluster-autoscaler", "extraArgs.expendable-pods-priority-cutoff", 10**6, "values.no-nodes"),
    ("cluster-autoscaler", "extraArgs.nodes", "1:2:ours", "values.owned"),
    ("karpenter", "settings.clusterEndpoint", "https://ours.example.com", "values.owned"),
    ("lws", "gangSchedulingManagement.schedulerProvider", "volcano", "values.no-definitions"),
    ("kube-prometheus-stack", "global.rbac.create", False, "values.no-rights"),
    (
        "kube-prometheus-stack",
        "prometheus.prometheusSpec.podMonitorSelector.matchExpressions",
        [{"key": "team", "operator": "Exists"}],
        "values.selector",
    ),
    (
        "kube-prometheus-stack",
        "prometheus.prometheusSpec.podMonitorNamespaceSelector",
        {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}},
        "values.namespace",
    ),
    ("prometheus-adapter", "replicas", 0, "values.no-replicas"),
    ("prometheus-adapter", "rules.existing", "mine", "values.rules-replaced"),
    ("prometheus-adapter", "rules.resource", {"cpu": {}}, "values.api-taken"),
    ("prometheus-adapter", "service.port", 8443, "values.api-port"),
    ("prometheus-adapter", "extraArguments", ["--prometheus-url=http://other"], "values.judged-argument"),
    ("keda", "metricsServer.enabled", False, "values.keda-off"),
    ("keda", "metricsServer.replicaCount", 0, "values.no-replicas"),
    ("keda", "operator.replicaCount", 0, "values.no-replicas"),
    ("keda", "crds.install", False, "values.no-definitions"),
    ("keda", "watchNamespace", "default, other", "values.namespace"),
    ("keda", "watchLabelSelector", "team=ml", "values.selector"),
    ("metrics-server", "replicas", 0, "values.no-replicas"),
    ("gpu-operator", "nfd.enabled", False, "values.nfd-off"),
    ("gpu-operator", "node-feature-discovery.worker.enable", False, "values.nfd-off"),
    ("gpu-operator", "devicePlugin.enabled", False, "values.device-plugin-off"),
    ("gpu-operator", "clusterPolicy.deployCR", False, "values.device-plugin-off"),
    ("gpu-operator", "driver.enabled", True, "values.driver-twice"),
    ("gpu-operator", "toolkit.enabled", True, "values.driver-twice"),
    ("gpu-operator", "daemonsets.tolerations", [], "values.tolerations"),
    (
        "gpu-operator",
        "node-feature-discovery.worker.tolerations",
        [{"key": "team", "operator": "Exists"}],
        "values.tolerations",
    ),
    ("gpu-operator", "mig.strategy", "mixed", "values.mig"),
    ("gpu-operator", "migManager.config.default", "all-1g.10gb", "values.mig"),
    ("gpu-operator", "devicePlugin.env", [{"name": "MIG_STRATEGY", "value": "mixed"}], "values.mig"),
    ("gpu-operator", "devicePlugin.args", ["--mig-strategy=mixed"], "values.mig"),
    ("gpu-operator", "devicePlugin.env", [{"name": "CONFIG_FILE", "value": "/x"}], "values.gpu-config"),
    ("gpu-operator", "devicePlugin.config", {"name": "mine", "default": "any"}, "values.gpu-config"),
    ("gpu-operator", "sandboxWorkloads.defaultWorkload", "vm-passthrough", "values.gpu-sharing"),
    ("aws-efa-k8s-device-plugin", "tolerations", [], "values.tolerations"),
    ("cluster-autoscaler", "replicaCount", 0, "values.no-replicas"),
    ("cluster-autoscaler", "autoDiscovery.clusterName", "other", "values.owned"),
    ("cluster-autoscaler", "rbac.serviceAccount.name", "other", "values.owned"),
    ("karpenter", "replicas", 0, "values.no-replicas"),
    ("karpenter", "settings.clusterName", "other", "values.owned"),
    ("karpenter", "settings.featureGates.reservedCapacity", False, "values.no-nodes"),
    ("aws-load-balancer-controller", "replicaCount", 0, "values.no-replicas"),
    ("aws-load-balancer-controller", "watchNamespace", "default", "values.namespace"),
    ("aws-load-balancer-controller", "ingressClass", "other", "values.ingress-class"),
    ("aws-load-balancer-controller", "enableWafv2", True, "values.no-rights"),
    ("k8s-nim-operator", "operator.replicas", 0, "values.no-replicas"),
    ("k8s-nim-operator", "operator.admissionController.enabled", True, "values.cert-manager"),
    ("lws", "replicaCount", 0, "values.no-replicas"),
    ("lws", "priorityClassNames", "high", "values.unknown-key"),
    ("keda", "operater.replicaCount", 3, "values.unknown-key"),
    ("keda", "podDisruptionBudget.operator.unhealthyPodEvictionPolicy", "AlwaysAllow", "values.unknown-key"),
    ("kube-prometheus-stack", "grafana.persistense.enabled", True, "values.unknown-key"),
    ("kube-prometheus-stack", "prometheus.enabled", "false", "values.wrong-type"),
    ("kube-prometheus-stack", "prometheus", False, "values.wrong-type"),
    ("kube-prometheus-stack", "prometheus.prometheusSpec.retention", "30d", "values.owned"),
    ("kube-prometheus-stack", "prometheus.prometheusSpec.nodeSelector", {"team": "ml"}, "values.node-selector"),
    ("kube-prometheus-stack", "prometheus.service.type", "NodePort", "values.exposed"),
    ("kube-prometheus-stack", "prometheus.prometheusSpec.tolerations", {"key": "x"}, "values.wrong-type"),
    ("kube-prometheus-stack", "prometheus.prometheusSpec.retention", ["7d"], "values.wrong-type"),
    ("metrics-server", "replicas", "two", "values.wrong-type"),
    ("metrics-server", "resources", "small", "values.wrong-type"),
    ("metrics-server", "nodeSelector", None, "values.null"),
)
"""A chart, a key, a value, and the code of the one error about it."""

FINE: tuple[tuple[str, str, object], ...] = (
    ("kube-prometheus-stack", "prometheus.prometheusSpec.shards", 1),
    ("kube-prometheus-stack", "prometheus.prometheusSpec.nodeSelector", {"kubernetes.io/arch": "amd64"}),
    ("kube-prometheus-stack", "prometheus.prometheusSpec.additionalConfig", {"logLevel": "debug"}),
    ("kube-prometheus-stack", "prometheus.route.public.enabled", True),
    ("kube-prometheus-stack", "prometheusOperator.denyNamespaces", ["other"]),
    ("kube-prometheus-stack", "prometheusOperator.namespaces", {"additional": ["serving"]}),
    ("kube-prometheus-stack", "grafana.global.imageRegistry", "mirror.example.com"),
    (
        "kube-prometheus-stack",
        "prometheus.prometheusSpec.podMonitorSelector.matchExpressions",
        [{"key": "release", "operator": "In", "values": ["kube-prometheus-stack", "other"]}],
    ),
    (
        "kube-prometheus-stack",
        "prometheus.prometheusSpec.podMonitorNamespaceSelector.matchExpressions",
        [{"key": "team", "operator": "DoesNotExist"}],
    ),
    ("prometheus-adapter", "podDisruptionBudget.maxUnavailable", "50%"),
    ("prometheus-adapter", "extraArguments", ["--v=6"]),
    ("keda", "watchNamespace", "default, serving"),
    ("keda", "http.timeout", 10000),
    ("cluster-autoscaler", "extraArgs.max-node-provision-time", "15m"),
    ("cluster-autoscaler", "extraArgs.scale-down-unneeded-time", "20m"),
    ("keda", "extraArgs.keda", {"zap-log-level": "debug"}),
    ("gpu-operator", "daemonsets.tolerations", [{"operator": "Exists"}]),
    ("gpu-operator", "daemonsets.tolerations", [GPU_TOLERATION, {"key": "team", "operator": "Exists"}]),
    ("gpu-operator", "mig.strategy", "none"),
    ("gpu-operator", "driver.enabled", False),
    ("gpu-operator", "devicePlugin.env", [{"name": "MIG_STRATEGY", "value": "single"}]),
    ("cluster-autoscaler", "extraArgs.max-empty-bulk-delete", 5),
    ("cluster-autoscaler", "extraArgs.expendable-pods-priority-cutoff", -10),
    ("cluster-autoscaler", "priorityClassName", "system-cluster-critical"),
    ("karpenter", "settings.vmMemoryOverheadPercent", 0.05),
    ("kube-prometheus-stack", "prometheus.prometheusSpec.scrapeTimeout", "10s"),
    ("kube-prometheus-stack", "prometheusOperator.prometheusInstanceNamespaces", ["monitoring"]),
    ("metrics-server", "tls.type", "helm"),
    ("karpenter", "logLevel", "debug"),
    ("aws-load-balancer-controller", "defaultTags", {"team": "ml"}),
    ("metrics-server", "args", ["--kubelet-insecure-tls"]),
)


@pytest.mark.parametrize(("name", "key", "value", "code"), BROKEN)
def test_a_value_that_breaks_something_is_one_error_at_its_key(name: str, key: str, value: object, code: str) -> None:
    [finding] = judged(name, nested(key, value))
    assert finding.code == code
    assert finding.severity == "error"
    written = f"values.x.{key}"
    assert written.startswith(finding.path) or finding.path.startswith(written)
    assert finding.remedy


@pytest.mark.parametrize(("name", "key", "value"), FINE)
def test_a_value_that_breaks_nothing_is_nothing_to_speak_of(name: str, key: str, value: object) -> None:
    assert judged(name, nested(key, value)) == []


@pytest.mark.parametrize("way", ["timeSlicing", "mps"])
def test_sharing_in_a_configuration_of_the_device_plugin_is_refused(way: str) -> None:
    resources = [{"name": "nvidia.com/gpu", "replicas": 4}]
    text = yaml.safe_dump({"version": "v1", "sharing": {way: {"resources": resources}}})
    config = {"name": "shared", "create": True, "default": "any", "data": {"any": text}}
    [finding] = judged("gpu-operator", {"devicePlugin": {"config": config}})
    assert finding.code == "values.gpu-sharing"
    assert finding.path == "values.x.devicePlugin.config.data.any"


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        ({"flags": {"migStrategy": "mixed"}}, ["values.mig"]),
        ({"resources": {"gpus": [{"pattern": "*", "name": "gpu.h100"}]}}, ["values.gpu-names"]),
        ({"flags": {"migStrategy": "none", "failOnInitError": True}}, []),
        ({"sharing": {"timeSlicing": {"resources": []}}}, []),
    ],
)
def test_other_configurations_of_the_device_plugin_are_read(content: object, codes: list[str]) -> None:
    config = {"name": "own", "create": True, "default": "any", "data": {"any": yaml.safe_dump(content)}}
    assert [finding.code for finding in judged("gpu-operator", {"devicePlugin": {"config": config}})] == codes


def test_a_configuration_that_is_no_yaml_is_refused() -> None:
    config = {"name": "own", "create": True, "data": {"any": "{"}}
    [finding] = judged("gpu-operator", {"devicePlugin": {"config": config}})
    assert finding.code == "values.gpu-config"


def test_what_else_a_cluster_that_exists_may_have_is_a_warning() -> None:
    existing = Around(namespace="serving", own_cluster=False, driver=None)
    values: dict[str, Any] = {"nfd": {"enabled": False}, "daemonsets": {"tolerations": []}, "driver": {"enabled": True}}
    found = judged("gpu-operator", values, existing)
    assert {finding.code: finding.severity for finding in found} == {
        "values.nfd-off": "warning",
        "values.tolerations": "warning",
    }


def test_values_of_a_chart_that_the_stack_does_not_install_are_spoken_of() -> None:
    values = StackChart(path="values.karpenter", given={"replicas": 1}, installed=False)
    [finding] = chart_findings({"karpenter": values}, OWN_CLUSTER)
    assert (finding.code, finding.path, finding.severity) == ("values.unused", "values.karpenter", "warning")


@pytest.mark.parametrize(
    ("name", "key", "value", "remedy"),
    [
        ("kube-prometheus-stack", "alertmanger", {"enabled": True}, "write alertmanager"),
        ("kube-prometheus-stack", "prometheus.prometheusSpec.retentionsize", "45GiB", "write retentionSize"),
        ("kube-prometheus-stack", "prometheus.podMonitorSelector", {}, "write it under prometheus.prometheusSpec"),
        ("lws", "zzz", 1, "leave it out; affinity, enableCertManager"),
    ],
)
def test_a_key_that_is_not_read_comes_with_the_one_that_is_meant(
    name: str, key: str, value: object, remedy: str
) -> None:
    [finding] = value_findings("values.x", name, nested(key, value))
    assert finding.remedy.startswith(remedy)


def _closed(key: Key, path: str = "") -> Iterator[tuple[str, Key]]:
    if not key.kind and "*" not in key.below:
        yield path, key
        for name, below in key.below.items():
            yield from _closed(below, f"{path}.{name}".lstrip("."))


@given(data=st.data(), chart_name=st.sampled_from(["keda", "gpu-operator", "karpenter", "kube-prometheus-stack"]))
def test_a_key_that_lacks_a_letter_is_refused(data: st.DataObject, chart_name: str) -> None:
    path, key = data.draw(st.sampled_from(list(_closed(chart(chart_name).values))))
    name = data.draw(st.sampled_from(sorted(key.below)))
    gone = data.draw(st.integers(0, len(name) - 1))
    misspelt = name[:gone] + name[gone + 1 :]
    assume(misspelt and misspelt not in key.below)
    [finding] = value_findings("values.x", chart_name, nested(f"{path}.{misspelt}".lstrip("."), {}))
    assert (finding.code, finding.severity) == ("values.unknown-key", "error")


def test_a_key_like_one_that_is_known_is_a_warning_where_others_may_stand_too() -> None:
    [finding] = value_findings("values.x", "gpu-operator", {"daemonsets": {"toleration": []}})
    assert (finding.code, finding.severity) == ("values.near-key", "warning")
    assert finding.remedy.startswith("write tolerations")


STRANGE: tuple[object, ...] = (None, True, 0, -1, 3.5, "", "text", [], [None], ["text"], {}, {"text": {}}, [{"a": 1}])


@given(data=st.data(), name=st.sampled_from(sorted(RULES)))
def test_no_value_is_too_strange_to_be_judged(data: st.DataObject, name: str) -> None:
    keys = [rule.key for rule in RULES[name]] + ["prometheus", "rules.custom", "devicePlugin.config", "watchNamespace"]
    key = data.draw(st.sampled_from([part for key in keys for part in (key, key.rpartition(".")[0]) if part]))
    for finding in judged(name, nested(key, data.draw(st.sampled_from(STRANGE)))):
        assert finding.remedy


@given(
    key=st.sampled_from(["prometheus", "prometheus.url", "prometheus.port", "rules", "rules.custom", "service.port"]),
    value=st.sampled_from(STRANGE),
)
def test_what_prometheus_and_its_adapter_are_set_to_is_read_or_is_no_value(key: str, value: object) -> None:
    values = nested(key, value)
    with contextlib.suppress(ValueError):
        prometheus_adapter("prometheus-adapter", "monitoring", values)
    with contextlib.suppress(ValueError):
        prometheus("kube-prometheus-stack", "monitoring", values)
