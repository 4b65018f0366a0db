"""What values of the charts that make nodes, devices, load balancers and further pods must not be."""

from slipway.checks.charts.rules import (
    Rule,
    account,
    cert_manager,
    given,
    longer_than,
    more_than,
    off,
    on,
    other_than,
    owned,
    replicas,
    rights,
    shorter_than,
)

SERVERS_PRIORITY = 100_000
"""Of the class that the stack makes for its servers."""

NODE_SECONDS = 300
"""Until a node with GPUs has joined its cluster."""

_OLD = "an upgrade of the chart then leaves the old custom resource definitions"
_NO_GPUS = "nothing tells Kubernetes of the GPUs, and the servers' pods wait for ever"
_UNLABELLED = "without its labels the operator knows of no GPU node, and the servers' pods wait for ever"

GPU_OPERATOR = (
    Rule("values.nfd-off", "nfd.enabled", off, _UNLABELLED, elsewhere=True),
    Rule("values.nfd-off", "node-feature-discovery.worker.enable", off, _UNLABELLED, elsewhere=True),
    Rule("values.nfd-off", "node-feature-discovery.master.enable", off, _UNLABELLED, elsewhere=True),
    replicas("node-feature-discovery.master.replicaCount", _UNLABELLED),
    Rule("values.device-plugin-off", "devicePlugin.enabled", off, _NO_GPUS, elsewhere=True),
    Rule("values.device-plugin-off", "clusterPolicy.deployCR", off, _NO_GPUS),
    Rule("values.device-plugin-off", "gpuCluster.deployCR", on, "servers ask for nvidia.com/gpu, which DRA has not"),
    Rule("values.gpu-sharing", "sandboxWorkloads.defaultWorkload", other_than("container"), _NO_GPUS),
    Rule("values.old-definitions", "operator.upgradeCRD", off, f"{_OLD} beneath the new operator", severity="warning"),
    Rule("values.blind-dashboards", "dcgmExporter.enabled", off, "dashboards show its series", severity="warning"),
    Rule(
        "values.blind-dashboards",
        "dcgmExporter.serviceMonitor.enabled",
        off,
        "Prometheus then collects no series of GPUs, which dashboards show",
        severity="warning",
    ),
)

CLUSTER_AUTOSCALER = (
    replicas("replicaCount", "nobody then adds nodes for pods that wait"),
    owned("autoDiscovery.clusterName", "the stack's cluster"),
    owned("autoDiscovery.tags", "those that EKS puts on node groups"),
    owned("awsRegion", "the stack's region"),
    Rule("values.owned", "cloudProvider", other_than("aws"), "Slipway sets it to aws"),
    account("rbac.serviceAccount.name"),
    rights("rbac.create", "the autoscaler"),
    Rule("values.no-rights", "rbac.clusterScoped", off, "nodes are in no namespace, and it then sees none"),
    rights("rbac.serviceAccount.create", "the autoscaler"),
    owned("autoscalingGroups", "what EKS' tags find"),
    owned("extraArgs.nodes", "what EKS' tags find"),
    owned("extraArgs.node-group-auto-discovery", "what EKS' tags find"),
    owned("extraArgs.namespace", "its own"),
    owned("extraArgs.kubeconfig", "its service account"),
    Rule("values.no-nodes", "extraArgs.dry-run", on, "nobody then adds nodes for pods that wait"),
    Rule(
        "values.no-nodes",
        "extraArgs.max-node-provision-time",
        shorter_than(NODE_SECONDS),
        f"a GPU node takes up to {NODE_SECONDS} s to come, and is given up before",
        "write 15m",
    ),
    Rule(
        "values.no-nodes",
        "extraArgs.expendable-pods-priority-cutoff",
        more_than(SERVERS_PRIORITY),
        f"servers have the priority {SERVERS_PRIORITY}, and pods below the cutoff get no node",
        f"write {SERVERS_PRIORITY} or less",
    ),
    *(
        Rule("values.slow", f"extraArgs.{key}", longer_than(60), f"pods then wait {wait}", severity="warning")
        for key, wait in (
            ("scan-interval", "so long until it looks for them"),
            ("new-pod-scale-up-delay", "so long before it adds a node for them"),
        )
    ),
    *(
        Rule(
            "values.fewer-nodes",
            f"extraArgs.{key}",
            given,
            "a bound on all nodes together may keep those from coming that the pools' maxima promise",
            severity="warning",
        )
        for key in ("max-nodes-total", "cores-total", "memory-total", "gpu-total")
    ),
    Rule("values.no-nodes", "extraArgs.scale-down-enabled", off, "empty nodes then stay and cost", severity="warning"),
    *(
        Rule(
            "values.no-nodes",
            f"extraArgs.{key}",
            longer_than(3600),
            "empty nodes then stay so long and cost",
            "write 10m",
            "warning",
        )
        for key in ("scale-down-unneeded-time", "scale-down-delay-after-add")
    ),
)

KARPENTER = (
    replicas("replicas", "nobody then makes nodes for pods that wait"),
    owned("settings.clusterName", "the stack's cluster"),
    owned("settings.interruptionQueue", "the queue of the stack"),
    owned("settings.clusterEndpoint", "that of the stack's cluster"),
    Rule(
        "values.fewer-nodes",
        "settings.vmMemoryOverheadPercent",
        more_than(0.1),
        "it then takes machines for smaller than they are, and may find none that a server's pod fits",
        "write 0.075",
        "warning",
    ),
    account("serviceAccount.name"),
    rights("serviceAccount.create", "Karpenter"),
    Rule(
        "values.no-nodes",
        "settings.featureGates.reservedCapacity",
        off,
        "pools of a reservation or a capacity block then get no node",
    ),
)

LOAD_BALANCER_CONTROLLER = (
    replicas("replicaCount", "nobody then makes the servers' load balancers"),
    owned("clusterName", "the stack's cluster"),
    owned("region", "the stack's region"),
    owned("vpcId", "the stack's VPC"),
    account("serviceAccount.name"),
    rights("serviceAccount.create", "the controller"),
    rights("rbac.create", "the controller"),
    *(
        Rule(
            "values.no-rights", key, on, f"the controller's role has none for {what}, and it then fails on each Ingress"
        )
        for key, what in (("enableWaf", "WAF"), ("enableWafv2", "WAF"), ("enableShield", "Shield"))
    ),
    Rule("values.ingress-class", "ingressClass", other_than("alb"), "the servers' Ingresses are of class alb"),
    Rule(
        "values.ingress-class",
        "createIngressClassResource",
        off,
        "the class alb of the servers' Ingresses is then missing",
        elsewhere=True,
    ),
    cert_manager("enableCertManager"),
)

EFA_DEVICE_PLUGIN = (
    Rule(
        "values.device-plugin-off",
        "supportedInstanceLabels.values",
        given,
        "nodes of other types get no plugin, and pods that ask for EFA wait for ever",
        "leave it out, or name the types of every pool with efa",
        "warning",
    ),
)

NIM_OPERATOR = (
    replicas("operator.replicas", "nobody then makes servers of NIMServices"),
    Rule("values.old-definitions", "operator.upgradeCRD", off, f"{_OLD} beneath the new operator", severity="warning"),
    Rule(
        "values.cert-manager",
        "operator.admissionController.enabled",
        on,
        "it needs cert-manager or a certificate, which the stack does not install",
        elsewhere=True,
    ),
)

LEADER_WORKER_SET = (
    replicas("replicaCount", "nobody then makes pods of LeaderWorkerSets"),
    Rule(
        "values.no-definitions",
        "gangSchedulingManagement.schedulerProvider",
        on,
        "it then makes objects of a scheduler that the stack does not install",
        elsewhere=True,
    ),
    cert_manager("enableCertManager"),
)
