"""Who reaches whom in every stack, by its network policies."""

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

from offline import Recording, Resource
from tests.invariants.objects import RELEASE, autoscalers, containers, labels_of, namespace_of, pods
from tests.reach import Cluster, Pod

STRANGER = Pod(name="stranger", namespace="strangers", labels={"app.kubernetes.io/name": "prometheus"})
OUTSIDE = IPv4Address("203.0.113.7")
PROMETHEUS = Pod(
    name="prometheus",
    namespace="monitoring",
    labels={"app.kubernetes.io/name": "prometheus"},
    ports={"http-web": 9090},
)
MANAGED = Pod(name="collector", namespace="gmp-system", labels={"app.kubernetes.io/name": "collector"})
DNS = Pod(name="dns", namespace="kube-system", labels={"k8s-app": "kube-dns"})


def cluster(recording: Recording) -> Cluster:
    return Cluster.of(each.inputs for each in recording.resources if each.is_kubernetes_object)


def all_pods(recording: Recording) -> list[Pod]:
    return [
        Pod(
            name=owner.inputs["metadata"]["name"],
            namespace=namespace_of(owner),
            labels=labels_of(pod),
            ports={port["name"]: port["containerPort"] for each in containers(pod) for port in each.get("ports", [])},
        )
        for owner, pod in pods(recording)
    ]


def monitoring_of(recording: Recording) -> str:
    """Return the namespace of Prometheus, which may be there already."""
    there = recording.judged.there
    return next((each.namespace for each in (there.releases if there else ())), PROMETHEUS.namespace)


def monitors(recording: Recording) -> Iterator[tuple[Pod, Resource]]:
    for resource in recording.of("kubernetes:monitoring.coreos.com/v1:PodMonitor"):
        yield replace(PROMETHEUS, namespace=monitoring_of(recording)), resource
    for resource in recording.of("kubernetes:monitoring.googleapis.com/v1:PodMonitoring"):
        yield MANAGED, resource


def servers(recording: Recording) -> list[Pod]:
    names = {scaler.inputs["metadata"]["name"] for scaler in autoscalers(recording)}
    names |= {
        each.inputs["metadata"]["name"] for each in recording.of("kubernetes:apps.nvidia.com/v1alpha1:NIMService")
    }
    return [pod for pod in all_pods(recording) if pod.name in names]


def test_no_pod_of_ours_is_open_to_the_cluster_or_to_the_world(recording: Recording) -> None:
    """But for what the API server asks, whose address nothing tells from others."""
    policies = cluster(recording)
    asked = {
        each.inputs["spec"]["service"]["name"]
        for each in recording.of("kubernetes:apiregistration.k8s.io/v1:APIService")
    }
    for pod in all_pods(recording):
        for port in pod.ports.values():
            for source in (STRANGER, OUTSIDE):
                assert policies.reaches(source, pod, port) == (pod.name in asked), (pod.name, source, port)


def test_a_server_is_reached_by_its_own_clients_and_by_no_other_pod_of_its_namespace(recording: Recording) -> None:
    policies, known = cluster(recording), all_pods(recording)
    for server in servers(recording):
        served = [port for name, port in server.ports.items() if name != "metrics"]
        for pod in known:
            mine = pod.name in {f"{server.name}-load", f"{server.name}-load-test", f"{server.name}-benchmark"}
            for port in served:
                if pod.name != server.name and pod.namespace == server.namespace:
                    assert policies.reaches(pod, server, port) == mine, (pod.name, server.name)


def test_what_collects_series_reaches_each_page_and_nobody_else_of_its_namespace_does(recording: Recording) -> None:
    policies, monitoring = cluster(recording), monitoring_of(recording)
    for collector, monitor in monitors(recording):
        spec = monitor.inputs["spec"]
        found = [
            (pod, pod.ports[endpoint["port"]])
            for pod in all_pods(recording)
            if spec["selector"]["matchLabels"].items() <= pod.labels.items()
            for endpoint in (*spec.get("endpoints", ()), *spec.get("podMetricsEndpoints", ()))
        ]
        assert found
        for pod, port in found:
            assert policies.reaches(collector, pod, port), (monitor.urn, pod.name)
            grafana = Pod(name="grafana", namespace=monitoring, labels={"app.kubernetes.io/name": "grafana"})
            assert not policies.reaches(grafana, pod, port), (monitor.urn, pod.name)


def test_hosts_of_one_replica_reach_one_another_on_every_port(recording: Recording) -> None:
    policies = cluster(recording)
    for group in recording.of("kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet"):
        members = [pod for pod in all_pods(recording) if pod.name == group.inputs["metadata"]["name"]]
        assert len(members) == 2
        for one in members:
            for other in members:
                assert policies.reaches(one, other, 8471)


def test_every_pod_of_ours_finds_names_and_gets_to_hubs_and_its_cloud_and_nowhere_else(recording: Recording) -> None:
    policies = cluster(recording)
    for pod in all_pods(recording):
        assert policies.reaches(pod, DNS, 53, "UDP"), pod.name
        assert policies.reaches(pod, IPv4Address("169.254.20.10"), 53, "UDP"), pod.name
        assert policies.reaches(pod, OUTSIDE, 443), pod.name
        assert policies.reaches(pod, IPv4Address("169.254.170.23"), 80), pod.name
        assert not policies.reaches(pod, OUTSIDE, 80), pod.name
        assert not policies.reaches(pod, STRANGER, 8000), pod.name


def test_a_load_balancer_reaches_a_server_from_addresses_of_its_network_alone(recording: Recording) -> None:
    policies = cluster(recording)
    balanced = {
        each.inputs["metadata"]["name"]
        for each in recording.of("kubernetes:core/v1:Service")
        if each.inputs["spec"].get("type") == "LoadBalancer"
    }
    balanced |= {each.inputs["metadata"]["name"] for each in recording.of("kubernetes:networking.k8s.io/v1:Ingress")}
    networks = [IPv4Network(each.inputs["cidrBlock"]) for each in recording.of("aws:ec2/vpc:Vpc")]
    inside = [network.network_address + 9 for network in networks] or [IPv4Address("10.0.0.9")]
    for server in servers(recording):
        for address in inside:
            for name, port in server.ports.items():
                reached = policies.reaches(address, server, port)
                assert reached == (server.name in balanced and name != "metrics"), (server.name, name)


def test_prometheus_and_what_asks_it_are_within_one_namespace_or_let_in(recording: Recording) -> None:
    names = {release.inputs["name"] for release in recording.of(RELEASE)}
    if "kube-prometheus-stack" not in names:
        return
    policies = cluster(recording)
    keda = Pod(name="keda-operator", namespace="keda", labels={"app": "keda-operator"})
    adapter = Pod(name="prometheus-adapter", namespace="monitoring", labels={})
    assert policies.reaches(keda, PROMETHEUS, 9090) == ("keda" in names)
    assert policies.reaches(adapter, PROMETHEUS, 9090)
    assert not policies.reaches(STRANGER, PROMETHEUS, 9090)
    assert policies.reaches(PROMETHEUS, IPv4Address("10.0.3.4"), 10250), "Prometheus collects nodes"
    assert policies.reaches(OUTSIDE, adapter, 6443), "the API server asks it"
