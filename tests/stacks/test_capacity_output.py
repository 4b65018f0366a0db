"""The ladder of replicas among a stack's outputs, and how long fit, scaling and cost are on a screen."""

from typing import Any

import pytest

from offline import Recording, text
from offline.comparison import FIGURES
from tests.stacks.edits import Deploy, Stack

PARTS = ("capacity", "costUsd", "fit", "scaling")


def ladder(recording: Recording, server: str = "llama") -> dict[str, dict[str, float]]:
    return recording.outputs["capacity"][server]


def hourly(recording: Recording) -> dict[str, float]:
    return recording.outputs["costUsd"]["perHour"]


def stating(throughput: float, server: str = "llama") -> Any:
    def edit(stack: Stack) -> None:
        stack["servers"][server]["throughput"] = throughput

    return edit


@pytest.mark.parametrize("stack", ["gke-tpu", "eks-nim"])
def test_a_ladder_begins_at_the_stacks_floor_and_stays_below_its_ceiling(stack: str, deployed: Deploy) -> None:
    recording = deployed(stack=stack)
    rungs = ladder(recording)
    assert next(iter(rungs)) == "1"
    assert rungs["1"]["usdPerHour"] == pytest.approx(hourly(recording)["floor"], abs=0.01)
    most = max(rung["usdPerHour"] for rung in rungs.values())
    assert hourly(recording)["floor"] < most <= hourly(recording)["ceiling"]
    assert all(rung["nodes"] == int(replicas) for replicas, rung in rungs.items())


def test_without_a_throughput_nothing_is_said_of_tokens(deployed: Deploy) -> None:
    assert all(rung.keys() == {"nodes", "usdPerHour"} for rung in ladder(deployed()).values())


@pytest.mark.parametrize("stack", ["gke-tpu", "eks-nim"])
def test_a_throughput_gives_the_price_of_a_million_tokens_at_floor_and_ceiling(stack: str, deployed: Deploy) -> None:
    for replicas, rung in ladder(deployed(stating(2000), stack=stack)).items():
        assert rung["tokensPerSecond"] == 2000 * int(replicas)
        expected = rung["usdPerHour"] / (rung["tokensPerSecond"] * 3600) * 1e6
        assert rung["usdPerMillionTokens"] == pytest.approx(expected, abs=0.01)


def test_the_servers_of_a_stack_share_its_cost(deployed: Deploy) -> None:
    recording = deployed(stating(2000), stating(4000, "qwen"), stack="gke-tpu-prod")
    rungs = [ladder(recording, name)["1"] for name in ("llama", "qwen")]
    spent = sum(rung["usdPerMillionTokens"] * rung["tokensPerSecond"] * 3600 / 1e6 for rung in rungs)
    assert spent == pytest.approx(hourly(recording)["floor"], rel=0.01)


def test_replicas_that_share_a_node_pay_for_one(deployed: Deploy) -> None:
    def four_gpus(stack: Stack) -> None:
        stack["cluster"]["pools"]["l40s"].update(instanceType="g6e.12xlarge", maxNodes=3, rootVolumeGib=400)

    assert {replicas: rung["nodes"] for replicas, rung in ladder(deployed(four_gpus, stack="eks-nim")).items()} == {
        "1": 1,
        "2": 1,
        "4": 1,
        "8": 2,
        "10": 3,
    }


def test_a_cluster_that_is_there_already_has_a_ladder_without_a_price(deployed: Deploy) -> None:
    assert ladder(deployed(stack="existing")) == {"1": {"nodes": 1}, "2": {"nodes": 2}, "3": {"nodes": 3}}


def test_fit_scaling_and_cost_fit_a_screen(deployed: Deploy) -> None:
    recording = deployed(stating(2000))
    shown = list(text.lines(recording))
    shown = shown[shown.index("outputs") :]
    others = len([name for name in recording.outputs if name not in PARTS])
    assert len(shown) - others <= 40
    assert {*PARTS, "endpoints"} == set(FIGURES)


def test_a_ladder_climbs_in_the_text(deployed: Deploy) -> None:
    shown = [line.strip() for line in text.lines(deployed(stack="eks-nim"))]
    rungs = [line.partition(":")[0].strip("'") for line in shown if "nodes:" in line]
    assert rungs == ["1", "2", "4", "8", "10"]
