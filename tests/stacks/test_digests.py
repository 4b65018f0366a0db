"""An image is named by its digest, too, wherever a stack file names one, and judged by the tag beside it."""

import pytest

from offline import Recording
from tests.stacks.edits import Deploy, Edit, Stack
from tests.stacks.lookup import one

DIGEST = "@sha256:" + "0123456789abcdef" * 4
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"


def named(server: str, **keys: str) -> Edit:
    return lambda stack: stack["servers"][server].update(keys)


def route(stack: Stack) -> None:
    stack["servers"]["llama"]["route"]["image"] = f"nvcr.io/nvidia/tensorrt-llm/release:1.3.0rc24{DIGEST}"


def image(recording: Recording, server: str) -> str:
    return one(recording, DEPLOYMENT, server).inputs["spec"]["template"]["spec"]["containers"][0]["image"]


@pytest.mark.parametrize(
    ("stack", "server", "edit"),
    [
        ("gke-gpu", "llama-8b", named("llama-8b", image=f"docker.io/vllm/vllm-openai:v0.27.0{DIGEST}")),
        ("eks-sglang", "qwen", named("qwen", image=f"docker.io/lmsysorg/sglang:v0.5.23{DIGEST}")),
        ("eks-h200", "llama", route),
        ("eks-nim", "llama", named("llama", version=f"2.0.13{DIGEST}")),
    ],
)
def test_a_digest_goes_to_the_nodes_and_changes_no_judgement(
    stack: str, server: str, edit: Edit, deployed: Deploy
) -> None:
    plain, pinned = deployed(stack=stack), deployed(edit, stack=stack)
    before, after = (
        {each.name: each.inputs["spec"]["metrics"] for each in made.of(AUTOSCALER)} for made in (plain, pinned)
    )
    assert image(pinned, server).endswith(DIGEST)
    assert [each.code for each in pinned.findings] == [each.code for each in plain.findings]
    assert pinned.judged.servers[server].replica == plain.judged.servers[server].replica
    assert after == before
