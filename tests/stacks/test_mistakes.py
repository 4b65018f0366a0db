"""What a person meets who writes a stack file wrong: the place, the value, the reason and the way out, all at once."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.stacks.edits import Change, Edit, Refuse, Stack

ROOT = Path(__file__).parents[2]


def pool(stack: Stack) -> Stack:
    return stack["cluster"]["pools"]["v6e"]


def server(stack: Stack) -> Stack:
    return stack["servers"]["llama"]


def scaling(stack: Stack) -> Stack:
    return server(stack)["autoscaling"]


def mistype(stack: Stack) -> None:
    server(stack)["maxNumSeq"] = server(stack).pop("maxNumSeqs")


def move(stack: Stack) -> None:
    stack["cluster"]["location"] = "europe-west1-b"
    pool(stack)["zones"] = ["europe-west1-b"]


MISTAKES: dict[str, tuple[Edit, str, str, str]] = {
    "a typo in a key": (mistype, "servers.llama.maxNumSeq", "'maxNumSeq' is not a key", "'maxNumSeqs'"),
    "a topology that the machine lacks": (
        lambda stack: pool(stack).update(topology="4x4"),
        "cluster.pools.v6e.topology",
        "'4x4' is no slice of ct6e-standard-8t",
        "use 2x4, or make 4x4 of ct6e-standard-4t",
    ),
    "fewer chips than the slice has": (
        lambda stack: server(stack).update(tensorParallel=4),
        "servers.llama.tensorParallel",
        "4 chips are used, but a replica on pool 'v6e' gets all 8",
        "write 8",
    ),
    "more replicas than nodes": (
        lambda stack: scaling(stack).update(maxReplicas=5),
        "servers.llama.autoscaling.maxReplicas",
        "5 nodes are needed at most",
        "raise cluster.pools.v6e.maxNodes to 5",
    ),
    "a zone without v6e": (
        move,
        "cluster.pools.v6e.zones",
        "'europe-west1-b' has no TPU v6e",
        "us-east5-a or us-east5-b",
    ),
    "an old GKE version": (
        lambda stack: stack["cluster"].update(minVersion="1.31.2-gke.1114999"),
        "cluster.minVersion",
        "'1.31.2-gke.1114999' is older than 1.31.2-gke.1115000",
        "write 1.31.2-gke.1115000 or newer",
    ),
    "a public server, all of whose paths are open": (
        lambda stack: server(stack).update(exposure={"type": "public", "sourceRanges": ["0.0.0.0/0"]}),
        "servers.llama.exposure",
        "anybody could infer by /invocations, or /pause the engine; write 'public-alb'",
        "write exposure",
    ),
    "no token": (
        lambda stack: stack.pop("huggingFace"),
        "slipway:huggingFaceToken",
        "is missing",
        "pulumi config set --secret slipway:huggingFaceToken",
    ),
    "an unknown model": (
        lambda stack: server(stack).update(model="meta-llama/Llama-3.1-70"),
        "servers.llama.model",
        "'meta-llama/Llama-3.1-70' is not in the catalog",
        "meta-llama/Llama-3.1-70B",
    ),
    "negative replicas": (
        lambda stack: scaling(stack).update(minReplicas=-1),
        "servers.llama.autoscaling.minReplicas",
        "-1 is below 1",
        "write 1 or more",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_one_mistake_gives_one_message(name: str, refused: Refuse) -> None:
    edit, path, message, remedy = MISTAKES[name]
    [finding] = refused(edit).values()
    assert finding.path == path
    assert message in finding.message
    assert remedy in finding.remedy


def test_ten_mistakes_give_ten_messages(refused: Refuse) -> None:
    found = refused(*(edit for edit, *_ in MISTAKES.values()))
    assert set(found) == {path for _, path, *_ in MISTAKES.values()}


def test_one_bad_element_of_a_list_hides_no_other_finding(refused: Refuse) -> None:
    found = refused(
        lambda stack: pool(stack).update(zones=["us-east5a"]),
        lambda stack: stack["cluster"].update(minVersion="1.31.2-gke.1114999"),
        lambda stack: scaling(stack).update(maxReplicas=10),
    )
    assert set(found) == {
        "cluster.pools.v6e.zones.0",
        "cluster.minVersion",
        "servers.llama.autoscaling.maxReplicas",
    }


def test_one_bad_argument_does_not_hide_that_the_model_does_not_fit(refused: Refuse) -> None:
    found = refused(lambda stack: server(stack).update(model="meta-llama/Llama-3.1-405B", extraArgs=[5]))
    assert set(found) == {"servers.llama.extraArgs.0", "servers.llama"}


def test_what_is_only_wrong_because_a_mistake_was_left_out_is_not_said(refused: Refuse) -> None:
    found = refused(lambda stack: (stack["cluster"].update(location="us-east5"), pool(stack).update(zones=["a b"])))
    assert set(found) == {"cluster.pools.v6e.zones.0"}


def without_provider(stack: Stack) -> None:
    del stack["cluster"]["provider"]


def as_gke_tpu(stack: Stack) -> None:
    without_provider(stack)
    stack["kind"] = "gke-tpu"
    for each in stack["servers"].values():
        del each["engine"]


def as_eks_gpu(stack: Stack) -> None:
    without_provider(stack)
    stack["kind"] = "eks-gpu"


def as_existing(stack: Stack) -> None:
    without_provider(stack)
    stack["kind"] = "existing"
    for each in stack["cluster"]["pools"].values():
        each["instanceType"] = each.pop("machineType")


@pytest.mark.parametrize(
    ("stack", "edit", "provider", "beside"),
    [
        ("gke-tpu", as_gke_tpu, "gke", {"servers.llama.engine": "write engine: vllm"}),
        ("eks-nim", as_eks_gpu, "eks", {}),
        ("existing", as_existing, "existing", {"cluster.pools.l40s.instanceType": "did you mean 'machineType'?"}),
    ],
)
def test_a_file_with_a_kind_is_told_what_to_write_and_everything_else(
    stack: str, edit: Edit, provider: str, beside: dict[str, str], refused: Refuse
) -> None:
    found = dict(refused(edit, stack=stack))
    kind = found.pop("kind")
    assert "a stack has no kind any more" in kind.message
    assert kind.remedy == f"leave it out, and write provider: {provider} below cluster"
    assert set(found) == set(beside)
    assert all(found[path].remedy.startswith(remedy) for path, remedy in beside.items())


@pytest.mark.parametrize("stack", ["gke-tpu", "gke-tpu-autopilot", "eks-nim", "existing"])
def test_a_provider_that_is_left_out_is_the_only_thing_that_is_asked_for(stack: str, refused: Refuse) -> None:
    [finding] = refused(without_provider, stack=stack).values()
    assert (finding.path, finding.message) == ("cluster.provider", "is missing")


@pytest.mark.parametrize(("stack", "other"), [("gke-tpu", "eks"), ("eks-nim", "gke"), ("existing", "eks")])
def test_another_provider_than_that_of_the_keys_is_the_only_thing_that_is_said(
    stack: str, other: str, refused: Refuse
) -> None:
    [finding] = refused(lambda raw: raw["cluster"].update(provider=other), stack=stack).values()
    assert (finding.code, finding.path) == ("settings.provider", "cluster.provider")
    assert finding.remedy == f"write provider: {'existing' if stack == 'existing' else stack.partition('-')[0]}"


@pytest.mark.parametrize("engine", [None, "tgi", 5, "left out"])
def test_a_server_of_no_engine_is_read_as_what_its_keys_are_of(engine: object, refused: Refuse) -> None:
    def edit(stack: Stack) -> None:
        server(stack).update(engine=engine, maxModelLen=10**6)
        if engine == "left out":
            del server(stack)["engine"]

    found = refused(edit)
    assert found["servers.llama.engine"].remedy == "write engine: vllm; or nim, sglang, tensorrt-llm or triton"
    assert set(found) == {"servers.llama.engine", "servers.llama.maxModelLen", "servers.llama"}


MORE_MISTAKES: dict[str, tuple[Edit, str, str, str]] = {
    "an unknown machine": (
        lambda stack: pool(stack).update(machineType="ct6e-standard-2t"),
        "cluster.pools.v6e.machineType",
        "'ct6e-standard-2t' is not a machine of the catalog",
        "ct6e-standard-1t",
    ),
    "a required key left out": (
        lambda stack: server(stack).pop("maxModelLen"),
        "servers.llama.maxModelLen",
        "is missing",
        "Most tokens of a request",
    ),
    "a choice that is none": (
        lambda stack: pool(stack).update(capacity={"type": "preemptible"}),
        "cluster.pools.v6e.capacity.type",
        "'preemptible' is not a choice",
        "spot",
    ),
    "a mode that is none": (
        lambda stack: stack["cluster"].update(mode="standart"),
        "cluster.mode",
        "'standart' is not a choice",
        "write mode: standard",
    ),
    "a pool that is none": (
        lambda stack: server(stack).update(pool="v5e"),
        "servers.llama.pool",
        "there is no pool 'v5e'",
        "use v6e",
    ),
    "a zone of another region": (
        lambda stack: pool(stack).update(zones=["us-central1-b"]),
        "cluster.pools.v6e.zones",
        "'us-central1-b' is not in us-east5",
        "name zones of us-east5",
    ),
    "a regional cluster whose pool names no zone": (
        lambda stack: (stack["cluster"].update(location="us-east5"), pool(stack).pop("zones")),
        "cluster.pools.v6e.zones",
        "is missing",
        "name the zones",
    ),
    "a zone for the holders of reservations": (
        lambda stack: pool(stack).update(zones=["us-east5-c"]),
        "cluster.pools.v6e.zones",
        "to the holders of a reservation only",
        "us-east5-a",
    ),
    "flex-start nodes that are to be kept": (
        lambda stack: pool(stack).update(capacity={"type": "flex-start"}),
        "cluster.pools.v6e.minNodes",
        "1 flex-start nodes cannot be kept",
        "write 0",
    ),
    "flex-start on a version before it": (
        lambda stack: (
            stack["cluster"].update(minVersion="1.32"),
            pool(stack).update(capacity={"type": "flex-start"}, minNodes=0),
        ),
        "cluster.minVersion",
        "'1.32' is older than 1.33.0-gke.1712000",
        "1.33.0-gke.1712000 or newer",
    ),
    "part of a slice": (
        lambda stack: (
            pool(stack).update(machineType="ct6e-standard-4t", minNodes=0, maxNodes=3),
            scaling(stack).update(maxReplicas=1),
        ),
        "cluster.pools.v6e.maxNodes",
        "3 nodes are no whole number of 2x4 slices of 2 machines",
        "a multiple of 2",
    ),
    "a model that does not fit": (
        lambda stack: server(stack).update(model="meta-llama/Llama-3.1-405B"),
        "servers.llama",
        "meta-llama/Llama-3.1-405B does not fit",
        "fits",
    ),
    "more tokens than the model takes": (
        lambda stack: server(stack).update(maxModelLen=131073),
        "servers.llama.maxModelLen",
        "131073 tokens",
        "131072",
    ),
    "fewer replicas at most than at least": (
        lambda stack: scaling(stack).update(minReplicas=2, maxReplicas=1),
        "servers.llama.autoscaling.maxReplicas",
        "1 is below minReplicas 2",
        "raise maxReplicas to 2",
    ),
    "a maintenance window that GKE finds too short": (
        lambda stack: stack["cluster"].update(maintenanceWindow={"days": ["SA"], "start": "02:00", "hours": 4}),
        "cluster.maintenanceWindow",
        "16 hours within 32 days are fewer than the 48",
        "lengthen the window",
    ),
    "fewer system nodes at most than at least": (
        lambda stack: stack["cluster"].update(systemPool={"minNodes": 3, "maxNodes": 2}),
        "cluster.systemPool.maxNodes",
        "2 is below minNodes 3",
        "raise maxNodes to 3",
    ),
    "a stack that can cost more than its budget": (
        lambda stack: stack.update(budget=40),
        "budget",
        "the stack can cost 43.75 USD an hour",
        "",
    ),
    "a budget that an unknown price makes unprovable": (
        lambda stack: (
            stack.update(budget=100),
            pool(stack).update(capacity={"type": "flex-start"}, minNodes=0),
        ),
        "cluster.pools.v6e",
        "no price of ct6e-standard-8t (flex-start) in us-east5 is known",
        "prices.ct6e-standard-8t",
    ),
    "a server with the name of another's clients": (
        lambda stack: (
            stack["servers"].update({"llama-load": server(stack)}),
            pool(stack).update(maxNodes=4),
        ),
        "servers.llama-load",
        "load clients of server 'llama'",
        "call it llama-load-2",
    ),
    "a share of the cache above all of it": (
        lambda stack: scaling(stack).update(metric={"signal": "kv-cache-use", "target": 70}),
        "servers.llama.autoscaling.metric.target",
        "70 is not below 1",
        "less than 1",
    ),
    "a zone that no region has": (
        lambda stack: stack["cluster"].update(location="us-east5-z"),
        "cluster.location",
        "'us-east5-z' is not of the form",
        "write location: us-east5-a",
    ),
    "a pool that has no name": (
        lambda stack: stack["cluster"]["pools"].update({"6": pool(stack)}),
        "cluster.pools.6",
        "'6' is not of the form",
        "write v6e in its place",
    ),
    "the namespace of an add-on of the cloud": (
        lambda stack: stack.update(namespace="cnrm-system"),
        "namespace",
        "'cnrm-system' is a namespace that Kubernetes or the cloud has",
        "write serving",
    ),
}


@pytest.mark.parametrize("name", MORE_MISTAKES)
def test_what_else_can_be_wrong_is_said_as_plainly(name: str, refused: Refuse) -> None:
    edit, path, message, remedy = MORE_MISTAKES[name]
    [finding] = refused(edit).values()
    assert finding.path == path
    assert message in finding.message
    assert remedy in finding.remedy


def test_servers_of_one_pool_are_summed(refused: Refuse) -> None:
    found = refused(lambda stack: stack["servers"]["qwen"]["autoscaling"].update(maxReplicas=3), stack="gke-tpu-prod")
    [finding] = found.values()
    assert "7 nodes are needed at most (llama 4 + qwen 3" in finding.message


def test_autopilot_needs_a_region_that_has_the_chips(refused: Refuse) -> None:
    found = refused(lambda stack: stack["cluster"].update(location="europe-west1"), stack="gke-tpu-autopilot")
    assert "'europe-west1' has no zone with TPU v6e" in found["cluster.location"].message


def test_a_stack_without_a_project_says_how_to_set_it(refused: Refuse) -> None:
    found = refused(config={"gcp:project": ""})
    assert "pulumi config set gcp:project" in found["gcp:project"].remedy


def test_a_bad_stack_file_ends_the_preview_with_1_and_every_message(changed: Change) -> None:
    path = changed(mistype, lambda stack: scaling(stack).update(minReplicas=-1))
    run = subprocess.run(
        [sys.executable, "-m", "offline", "preview", str(path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert "maxNumSeqs" in run.stderr + run.stdout
    assert "-1 is below 1" in run.stderr + run.stdout
    assert "Traceback" not in run.stderr


def test_true_is_no_number(refused: Refuse) -> None:
    found = refused(
        lambda stack: scaling(stack).update(maxReplicas=True, metric={"signal": "waiting-requests", "target": True}),
        lambda stack: pool(stack).update(minNodes=False),
    )
    assert {path: finding.message for path, finding in found.items()} == {
        "servers.llama.autoscaling.maxReplicas": "True is no number",
        "servers.llama.autoscaling.metric.target": "True is no number",
        "cluster.pools.v6e.minNodes": "False is no number",
    }


def test_a_list_is_not_said_to_be_short_of_the_entries_that_are_wrong(refused: Refuse) -> None:
    found = refused(lambda stack: stack["network"].update(zones=["us-east-1a", "banana"]), stack="eks-nim")
    assert set(found) == {"network.zones.1"}


def test_a_missing_block_is_shown_with_what_it_must_have(refused: Refuse) -> None:
    [finding] = refused(lambda stack: server(stack).pop("autoscaling")).values()
    example = "{metric: {signal: waiting-requests, target: 5}, minReplicas: 1, maxReplicas: 1}"
    assert finding.remedy.startswith(f"write autoscaling: {example}; it says:")


def test_a_missing_choice_is_shown_with_all_that_there_are(refused: Refuse) -> None:
    [finding] = refused(lambda stack: server(stack).pop("engine")).values()
    assert finding.remedy.startswith("write engine: vllm; or ")
    assert {"nim", "triton", "tensorrt-llm"} <= set(finding.remedy.replace(",", "").split())
