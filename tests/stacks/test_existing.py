"""What the settings of an `existing` stack become."""

from offline import SECRET, Recording
from tests.stacks.edits import Deploy, Edit, Refuse, Stack

RELEASE = "kubernetes:helm.sh/v3:Release"
PROVIDER = "pulumi:providers:kubernetes"
KUBECONFIG = {"slipway:kubeconfig": {"secure": "AAABAFakeKubeconfigCiphertext=="}}


def cluster(**changes: object) -> Edit:
    def edit(stack: Stack) -> None:
        stack["cluster"] |= changes

    return edit


def releases(recording: Recording) -> set[str]:
    return {str(resource.inputs["name"]) for resource in recording.of(RELEASE)}


def test_it_creates_nothing_outside_the_cluster(deployed: Deploy) -> None:
    packages = {resource.type.partition(":")[0] for resource in deployed(stack="existing").resources if resource.custom}
    assert packages == {"kubernetes", "pulumi"}


def test_add_ons_that_are_present_are_not_installed(deployed: Deploy) -> None:
    everything = releases(deployed(stack="existing"))
    fewer = releases(deployed(cluster(present=["gpu-operator", "metrics-server"]), stack="existing"))
    assert everything - fewer == {"gpu-operator", "metrics-server"}


def test_a_named_context_is_used(deployed: Deploy) -> None:
    recording = deployed(cluster(access={"source": "context", "context": "staging"}), stack="existing")
    [provider] = recording.of(PROVIDER)
    assert provider.inputs["context"] == "staging"


def test_a_kubeconfig_of_pulumi_stays_secret(deployed: Deploy) -> None:
    recording = deployed(cluster(access={"source": "pulumi"}), stack="existing", config=KUBECONFIG)
    [provider] = recording.of(PROVIDER)
    assert provider.inputs["kubeconfig"] == SECRET


def test_a_kubeconfig_that_is_not_set_is_asked_for(refused: Refuse) -> None:
    [finding] = refused(cluster(access={"source": "pulumi"}), stack="existing").values()
    assert finding.path == "slipway:kubeconfig"
    assert "pulumi config set --secret slipway:kubeconfig" in finding.remedy


def test_replicas_that_its_nodes_cannot_hold_are_refused(refused: Refuse) -> None:
    def two_nodes(stack: Stack) -> None:
        stack["cluster"]["pools"]["l40s"]["maxNodes"] = 2

    [finding] = refused(two_nodes, stack="existing").values()
    assert finding.path == "servers.llama.autoscaling.maxReplicas"
    assert "raise cluster.pools.l40s.maxNodes to 3" in finding.remedy


def test_prometheus_takes_the_default_class_unless_one_is_named(deployed: Deploy) -> None:
    def volume(recording: Recording) -> dict[str, object]:
        [found] = [each for each in recording.of(RELEASE) if each.inputs["name"] == "kube-prometheus-stack"]
        return found.inputs["values"]["prometheus"]["prometheusSpec"]["storageSpec"]["volumeClaimTemplate"]["spec"]

    assert "storageClassName" not in volume(deployed(stack="existing"))
    assert volume(deployed(cluster(storageClass="gp3"), stack="existing"))["storageClassName"] == "gp3"
