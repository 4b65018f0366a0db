"""Who reaches a server on AWS, and through what. Docstrings name the traps that a test guards against."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from offline import SECRET, Recording, Resource
from slipway.eks.load_balancers import annotations
from slipway.serving.exposure import Internal, InternalAlb, PublicAlb
from slipway.serving.service import Balanced, Behind
from stacks.clusters.eks import EksStack
from stacks.clusters.eks.prices import priced
from tests.invariants.objects import reached
from tests.stacks.edits import Deploy, Edit, Refuse, Stack

SERVICE = "kubernetes:core/v1:Service"
INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"
RELEASE = "kubernetes:helm.sh/v3:Release"
CONTROLLER = "aws-load-balancer-controller"
NLB = "service.beta.kubernetes.io/aws-load-balancer-"
ALB = "alb.ingress.kubernetes.io/"
POLICY = Path(__file__).parents[2] / "components/slipway/addons/load_balancer_controller.json"
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"
EXPOSURES: tuple[Balanced, ...] = (
    Internal(type="internal"),
    InternalAlb(type="internal-alb"),
    PublicAlb(type="public-alb", source_ranges=["0.0.0.0/0"], certificate_arn=CERTIFICATE),
)


@pytest.fixture(scope="module")
def exposed(recordings: Mapping[str, Recording]) -> Recording:
    return recordings["eks-exposed"]


def one(recording: Recording, kind: str, name: str) -> Resource:
    [found] = [resource for resource in recording.of(kind) if resource.name == name]
    return found


def controllers(recording: Recording) -> list[Resource]:
    return [release for release in recording.of(RELEASE) if release.inputs["name"] == CONTROLLER]


def annotated(recording: Recording, kind: str, name: str, prefix: str) -> dict[str, str]:
    found = one(recording, kind, name).inputs["metadata"]["annotations"]
    return {key.removeprefix(prefix): value for key, value in found.items() if key.startswith(prefix)}


def test_nothing_makes_load_balancers_until_a_server_is_exposed(recordings: Mapping[str, Recording]) -> None:
    """Trap 38: the controller's webhook stands before Services of the whole cluster."""
    assert not controllers(recordings["eks-nim"])
    assert not recordings["eks-nim"].of(INGRESS)
    [controller] = controllers(recordings["eks-exposed"])
    assert controller.inputs["values"]["enableServiceMutatorWebhook"] is False


def test_f15_the_controller_outlives_the_load_balancers_that_it_has_to_remove(exposed: Recording) -> None:
    [controller] = controllers(exposed)
    made = [service for service in exposed.of(SERVICE) if service.inputs["spec"]["type"] == "LoadBalancer"]
    made += exposed.of(INGRESS)
    assert {resource.name for resource in made} == {"near", "office", "open", "web"}
    for resource in made:
        assert controller.urn in reached(exposed, resource), resource.urn
    [identity] = [
        one
        for one in exposed.of("aws:eks/podIdentityAssociation:PodIdentityAssociation")
        if one.inputs["serviceAccount"] == CONTROLLER
    ]
    assert identity.urn in controller.dependencies
    policy = one(exposed, "aws:iam/rolePolicy:RolePolicy", "eks-exposed-load-balancers")
    assert policy.urn in identity.dependencies


def test_the_controller_knows_its_cluster_and_network_without_asking_a_node(exposed: Recording) -> None:
    values = controllers(exposed)[0].inputs["values"]
    assert (values["clusterName"], values["region"]) == ("eks-exposed", "us-east-1")
    assert values["vpcId"]
    assert values["serviceAccount"] == {"name": CONTROLLER}


def test_the_controller_may_change_only_what_it_has_tagged() -> None:
    statements = json.loads(POLICY.read_text())
    assert len(json.dumps({"Version": "2012-10-17", "Statement": statements}).replace(" ", "")) < 10240
    for statement in statements:
        for action in statement["Action"]:
            assert "*" not in action
            if action.startswith("elasticloadbalancing:Delete") and "LoadBalancer" in action:
                assert "aws:ResourceTag/elbv2.k8s.aws/cluster" in statement["Condition"]["Null"], action
    named = {action for statement in statements for action in statement["Action"]}
    assert not {action for action in named if action.split(":")[0].startswith(("waf", "shield", "cognito"))}


def test_a_network_load_balancer_sends_connections_to_pods_that_are_well(exposed: Recording) -> None:
    near = annotated(exposed, SERVICE, "near", NLB)
    assert near == {
        "type": "external",
        "nlb-target-type": "ip",
        "scheme": "internal",
        "healthcheck-protocol": "http",
        "healthcheck-port": "traffic-port",
        "healthcheck-path": "/v1/health/ready",
        "target-group-attributes": "deregistration_delay.timeout_seconds=240",
        "listener-attributes.TCP-8000": "tcp.idle_timeout.seconds=600",
    }
    assert annotated(exposed, SERVICE, "open", NLB)["scheme"] == "internal"


def test_an_application_load_balancer_waits_for_answers_and_spreads_requests(exposed: Recording) -> None:
    """Trap 65: 60 s of silence, AWS's own limit, end answers that are not streamed."""
    office = annotated(exposed, INGRESS, "office", ALB)
    assert office["scheme"] == "internal"
    assert office["target-type"] == "ip"
    assert office["healthcheck-path"] == "/health"
    assert office["load-balancer-attributes"] == "idle_timeout.timeout_seconds=1200"
    assert office["target-group-attributes"].endswith("load_balancing.algorithm.type=least_outstanding_requests")
    assert json.loads(office["listen-ports"]) == [{"HTTP": 80}]
    assert not {"inbound-cidrs", "certificate-arn", "ssl-policy"} & office.keys()
    assert one(exposed, INGRESS, "office").inputs["spec"]["ingressClassName"] == "alb"


def test_with_a_certificate_it_speaks_https_alone_and_shows_strangers_only_what_wants_the_key(
    exposed: Recording,
) -> None:
    """Trap 64; without the key vLLM infers by /invocations, pauses and shows /metrics."""
    web = annotated(exposed, INGRESS, "web", ALB)
    assert web["scheme"] == "internet-facing"
    assert web["inbound-cidrs"] == "203.0.113.0/24"
    assert json.loads(web["listen-ports"]) == [{"HTTPS": 443}]
    assert web["certificate-arn"].startswith("arn:aws:acm:us-east-1:")
    assert "TLS13" in web["ssl-policy"]
    paths = {
        name: path["path"]
        for name in ("web", "office")
        for rule in one(exposed, INGRESS, name).inputs["spec"]["rules"]
        for path in rule["http"]["paths"]
    }
    assert paths == {"web": "/v1", "office": "/"}


def test_f27_whoever_is_public_asks_for_a_key_that_nobody_reads(exposed: Recording) -> None:
    keys = {secret.name: secret.inputs["stringData"] for secret in exposed.of("kubernetes:core/v1:Secret")}
    assert keys == {"web-api-key": {"key": SECRET}}
    pod = one(exposed, "kubernetes:apps/v1:Deployment", "web").inputs["spec"]["template"]["spec"]
    [variable] = [each for each in pod["containers"][0]["env"] if each["name"] == "VLLM_API_KEY"]
    assert variable["valueFrom"]["secretKeyRef"]["key"] == "key"
    clients = one(exposed, "kubernetes:apps/v1:Deployment", "web-load").inputs["spec"]["template"]["spec"]
    assert "api-key" in {volume["name"] for volume in clients["volumes"]}


def test_outputs_name_the_load_balancer(exposed: Recording) -> None:
    endpoints = exposed.outputs["endpoints"]
    assert endpoints["web"].startswith("https://k8s-")
    assert endpoints["office"].startswith("http://k8s-")
    assert endpoints["open"].endswith(".elb.us-east-1.amazonaws.com:8000")


def test_a_stopping_pod_waits_until_a_network_load_balancer_sends_it_nothing_new(exposed: Recording) -> None:
    waits, grace = {}, {}
    for name in ("near", "open", "web", "office"):
        pod = one(exposed, "kubernetes:apps/v1:Deployment", name).inputs["spec"]["template"]["spec"]
        waits[name] = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        grace[name] = pod["terminationGracePeriodSeconds"]
    # NIM does not drain after SIGTERM, so it has drained before it.
    assert waits == {"near": 120 + 120, "open": 120, "web": 20, "office": 20}
    drains = {"near": 0, "open": 120, "web": 120, "office": 7200}
    for name, drain in drains.items():
        assert grace[name] > waits[name] + drain


@pytest.mark.parametrize("stack", ["eks-nim", "eks-triton", "eks-h200"])
def test_every_engine_waits_longer_behind_a_network_load_balancer(stack: str, deployed: Deploy) -> None:
    def stop(recording: Recording) -> tuple[int, int]:
        pod = one(recording, "kubernetes:apps/v1:Deployment", "llama").inputs["spec"]["template"]["spec"]
        waits = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        return waits, pod["terminationGracePeriodSeconds"]

    def expose(settings: Stack) -> None:
        settings["servers"]["llama"]["exposure"] = {"type": "internal"}

    inside, behind = stop(deployed(stack=stack)), stop(deployed(expose, stack=stack))
    assert [later - sooner for sooner, later in zip(inside, behind, strict=True)] == [100, 100]


def test_a_rollout_waits_until_the_load_balancer_knows_the_new_pod(
    exposed: Recording, recordings: Mapping[str, Recording]
) -> None:
    gate = "elbv2.k8s.aws/pod-readiness-gate-inject"
    for recording, name, wanted in ((exposed, "eks-exposed", "enabled"), (recordings["eks-nim"], "eks-nim", None)):
        labels = one(recording, "kubernetes:core/v1:Namespace", name).inputs["metadata"]["labels"]
        assert labels.get(gate) == wanted


def test_load_clients_stay_inside(exposed: Recording) -> None:
    container = one(exposed, "kubernetes:apps/v1:Deployment", "web-load").inputs["spec"]["template"]["spec"]
    env = {entry["name"]: entry["value"] for entry in container["containers"][0]["env"]}
    assert env["URL"] == "http://web.models.svc:8000"


def test_load_balancers_cost_by_the_hour_and_public_ones_an_address_in_each_zone() -> None:
    file = Path(__file__).parents[1] / "stack_files/Pulumi.eks-exposed.yaml"
    settings = EksStack.model_validate(yaml.safe_load(file.read_text())["config"]["slipway:stack"])
    items = [item for item in priced(settings, dict.fromkeys(settings.pools, 0)) if item.path.endswith(".exposure")]
    bought = {(item.name.rpartition(" ")[2], item.item): item.low for item in items}
    zones = len(settings.network.zones)
    assert bought == {
        ("near", "nlb"): 1,
        ("office", "alb"): 1,
        ("open", "nlb"): 1,
        ("web", "alb"): 1,
        ("web", "aws-public-ipv4"): zones,
    }


@given(exposure=st.sampled_from(EXPOSURES), drain=st.integers(min_value=1, max_value=100_000))
def test_a_stopping_pod_keeps_its_connections_until_it_has_drained(exposure: Balanced, drain: int) -> None:
    found = annotations(exposure, Behind(health_path="/health", drain_seconds=drain), 8000)
    [attributes] = [value for key, value in found.items() if key.endswith("target-group-attributes")]
    delay = int(attributes.split(",")[0].removeprefix("deregistration_delay.timeout_seconds="))
    assert min(drain, 3600) <= delay <= 3600


def expose(kind: str, **more: object) -> Edit:
    return lambda stack: stack["servers"]["llama"].update(exposure={"type": kind, **more})


def serve_with_vllm(stack: Stack) -> None:
    server = stack["servers"]["llama"]
    kept = {key: server[key] for key in ("model", "pool", "tensorParallel", "autoscaling")}
    more = {"maxModelLen": 8192, "maxNumSeqs": 64, "maxNumBatchedTokens": 2048}
    stack["servers"]["llama"] = {"engine": "vllm", **kept, **more}
    stack["huggingFace"] = {"source": "kubernetes", "secret": "hf"}


def be_public(settings: Stack) -> None:
    expose("public-alb", sourceRanges=["203.0.113.0/24"], certificateArn=CERTIFICATE)(settings)


def test_an_engine_that_asks_nobody_for_a_key_cannot_be_public(refused: Refuse) -> None:
    [finding] = refused(be_public, stack="eks-nim").values()
    assert finding.path == "servers.llama.exposure"
    assert "this engine asks nobody for a key" in finding.message
    assert "put a gateway that authenticates before it" in finding.remedy


@pytest.mark.parametrize("stack", ["eks-nim", "eks-h200"])
def test_every_path_of_no_engine_is_open_to_the_public_in_plain_text(stack: str, refused: Refuse) -> None:
    [finding] = refused(expose("public", sourceRanges=["203.0.113.0/24"]), stack=stack).values()
    assert finding.path == "servers.llama.exposure"
    assert "passes on every path in plain text" in finding.message
    assert "write 'public-alb' with a certificateArn" in finding.message


def test_a_public_server_needs_a_certificate(refused: Refuse) -> None:
    [finding] = refused(
        serve_with_vllm, expose("public-alb", sourceRanges=["203.0.113.0/24"]), stack="eks-nim"
    ).values()
    assert (finding.path, finding.message) == ("servers.llama.exposure.certificateArn", "is missing")


def test_a_public_server_needs_the_key(refused: Refuse) -> None:
    [finding] = refused(serve_with_vllm, be_public, stack="eks-nim").values()
    assert finding.path == "servers.llama.exposure"
    assert "there is no API key" in finding.message
    assert "pulumi config set --secret slipway:apiKey" in finding.remedy


def test_a_cluster_that_makes_no_load_balancers_is_asked_for_none(refused: Refuse) -> None:
    [finding] = refused(
        lambda stack: next(iter(stack["servers"].values())).update(exposure={"type": "internal"}), stack="existing"
    ).values()
    assert "nothing in the cluster makes any" in finding.message
    assert "aws-load-balancer-controller to cluster.present" in finding.remedy


def test_a_cluster_that_has_the_controller_gets_no_second_one(deployed: Deploy) -> None:
    def edit(stack: Stack) -> None:
        stack["cluster"]["present"] = ["aws-load-balancer-controller"]
        next(iter(stack["servers"].values()))["exposure"] = {"type": "internal"}

    recording = deployed(edit, stack="existing")
    assert not controllers(recording)
    assert recording.outputs["endpoints"]["llama"].endswith(".elb.us-east-1.amazonaws.com:8000")


def test_google_cloud_has_no_application_load_balancer_of_aws(refused: Refuse) -> None:
    [finding] = refused(expose("internal-alb")).values()
    assert finding.path.startswith("servers.llama.exposure")
    assert "internal-alb" in finding.message
