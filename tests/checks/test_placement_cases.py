"""Combinations that people published as working or failing: driver, number format, quota and host."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from slipway.catalog.drivers import Cuda, TritonVariant, nim_cuda, triton_cuda, trtllm_cuda, vllm_cuda
from slipway.catalog.machines import CHIPS, MACHINES
from slipway.catalog.models import model
from slipway.catalog.quotas import counted
from slipway.checks import Finding
from slipway.checks.driver import driver_findings
from slipway.checks.fit import Replica
from slipway.checks.placement import Demand, Pool, placement_findings
from slipway.checks.precision import precision_findings
from slipway.checks.quota import Taken, quota_findings

HERE = Path(__file__).parent
Given = dict[str, str]

NVFP4 = replace(model("meta-llama/Llama-3.1-8B-Instruct"), name="nvfp4", quantisation="nvfp4")


def driver(given: Given) -> list[Finding]:
    return driver_findings("servers.it", cuda(given), int(given["driver"]), driver_path="cluster.pools.gpu")


def cuda(given: Given) -> Cuda | None:
    image, version = given["image"], given["version"]
    if image == "vllm":
        return vllm_cuda(version)
    if image == "trtllm":
        return trtllm_cuda(version)
    return nim_cuda(version) if image == "nim" else triton_cuda(version, cast("TritonVariant", image))


def precision(given: Given) -> list[Finding]:
    replica = Replica(
        engine=cast("Any", given["engine"]),
        model=NVFP4 if given["model"] == "nvfp4" else model(given["model"]),
        memory_gib=CHIPS[given["gpu"]].memory_gib,
        chips=1,
        memory_utilization=0.9,
        max_model_len=1024,
        weight_dtype=cast("Any", given.get("dtype")),
        kv_dtype=cast("Any", given.get("kv")),
    )
    return precision_findings("servers.it", replica, CHIPS[given["gpu"]])


def quota(given: Given) -> list[Finding]:
    taken = Taken(
        path="cluster.pools.it",
        quota=given["quota"],
        nodes=int(given["nodes"]),
        each=counted(MACHINES[given["machine"]]),
        reserved_nodes=int(given["reserved"]) if "reserved" in given else None,
    )
    return quota_findings({given["quota"]: int(given["limit"])}, [taken])


def host(given: Given) -> list[Finding]:
    machine = MACHINES[given["machine"]]
    pool = Pool(
        path="cluster.pools.it",
        machines=(machine,),
        min_nodes=0,
        max_nodes=1,
        disk_gib=machine.disk_gib(float(given.get("root", 500))),
        disk_key="rootVolumeGib",
        purchase="on-demand",
        zones=(),
        zones_path="",
    )
    pod = Demand(
        path="servers.it",
        pool="it",
        chips=1,
        memory_gib=float(given["memory"]),
        disk_gib=float(given.get("disk", 0)),
        image_gib=0,
        min_replicas=1,
        max_replicas=1,
        cpus=float(given["cpus"]),
    )
    return placement_findings({"it": pool}, [pod])


CHECKS: dict[str, Callable[[Given], list[Finding]]] = {
    "driver": driver,
    "precision": precision,
    "quota": quota,
    "host": host,
}


def table() -> list[dict[str, str]]:
    with (HERE / "placement_cases.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("row", table(), ids=lambda row: row["case"])
def test_published_combinations_are_decided_as_they_turned_out(row: dict[str, str]) -> None:
    given = dict(pair.split("=", 1) for pair in row["given"].split())
    found = CHECKS[row["check"]](given)
    verdicts = {finding.severity for finding in found}
    assert verdicts == {"yes": set(), "warning": {"warning"}, "no": {"error"}}[row["verdict"]], found


def test_each_check_is_decided_both_ways_and_each_case_has_its_source() -> None:
    rows = table()
    assert len({row["case"] for row in rows}) == len(rows)
    for check in CHECKS:
        assert {"yes", "no"} <= {row["verdict"] for row in rows if row["check"] == check}
    assert all(row["source"] for row in rows)
