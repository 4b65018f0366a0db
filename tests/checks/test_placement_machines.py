"""Whether the nodes of a pool can be had: its machines, its zones and its bounds."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.catalog.gke_version import ClusterVersion
from slipway.catalog.machines import MACHINES, Purchase, Slice, slices_of
from slipway.checks import Finding
from slipway.checks.placement import (
    bound_findings,
    efa_findings,
    karpenter_findings,
    machine_findings,
    region_findings,
    zone_findings,
)

TPU = MACHINES["ct6e-standard-4t"]
NEW = ClusterVersion.parse("1.40")


def codes(findings: Sequence[Finding]) -> list[tuple[str, str]]:
    return [(finding.code, finding.path) for finding in findings]


@given(st.sampled_from(list(slices_of(MACHINES.values()))))
def test_what_the_catalog_has_is_no_finding(whole: Slice) -> None:
    machine = whole.machine
    for purchase in machine.purchases:
        names, provider = [machine.name], machine.provider
        assert not machine_findings(
            "p", names, purchase, provider=provider, topology=whole.topology, version=NEW if provider == "gke" else None
        )


def test_an_unknown_machine_is_named_with_the_few_that_are_nearest() -> None:
    [found] = machine_findings("p", ["g5.xlage"], "spot", provider="eks", machine_key="instanceType")
    assert codes([found]) == [("placement.machine", "p.instanceType")]
    assert found.remedy.startswith("use g5.xlarge, ")
    assert found.remedy.endswith(" more")
    assert found.remedy.count(",") == 4


def test_a_machine_of_another_cloud_is_none_of_this_one() -> None:
    [found] = machine_findings("p", ["g5.xlarge"], "spot", provider="gke")
    assert "g5" not in found.remedy
    assert not machine_findings("p", ["g5.xlarge", "g2-standard-4"], None, provider=None)


def test_each_machine_of_a_pool_is_judged() -> None:
    found = machine_findings("p", ["g5.xlarge", "h100", "p5.4xlarge"], "capacity-block", provider="eks")
    assert codes(found) == [("placement.purchase", "p.capacity.type"), ("placement.machine", "p.machineType")]
    assert found[0].message == "g5.xlarge is not sold as capacity-block"


@pytest.mark.parametrize(
    ("name", "topology", "message", "remedy"),
    [
        (
            "ct6e-standard-8t",
            "4x4",
            "'4x4' is no slice of ct6e-standard-8t, whose machines have 8 chips",
            "use 2x4, or make 4x4 of ct6e-standard-4t",
        ),
        ("ct5lp-hightpu-1t", "2x2", "machines have 1 chip", "use 1x1, or make 2x2 of ct5lp-hightpu-4t"),
        ("ct6e-standard-4t", None, "is missing: ct6e-standard-4t forms slices", "use 2x2, 2x4,"),
        ("g2-standard-4", "2x4", "is an arrangement of TPU chips, and g2-standard-4 has GPUs", "leave it out"),
    ],
)
def test_a_topology_that_machines_do_not_form_is_said(
    name: str, topology: str | None, message: str, remedy: str
) -> None:
    [found] = machine_findings("p", [name], "spot", provider="gke", topology=topology)
    assert codes([found]) == [("placement.topology", "p.topology")]
    assert message in found.message
    assert remedy in found.remedy


@pytest.mark.parametrize(
    ("name", "topology", "purchase", "version", "lowest"),
    [
        ("tpu7x-standard-4t", "2x2x1", "spot", "1.34.0-gke.1000", "1.34.0-gke.2201000"),
        ("ct5lp-hightpu-8t", "2x4", "flex-start", "1.32", "1.33.0-gke.1712000"),
        ("g2-standard-4", None, "flex-start", "1.31", "1.32.2-gke.1652000"),
    ],
)
def test_a_version_that_is_too_old_is_said_with_the_lowest(
    name: str, topology: str | None, purchase: Purchase, version: str, lowest: str
) -> None:
    [found] = machine_findings(
        "p", [name], purchase, provider="gke", topology=topology, version=ClusterVersion.parse(version)
    )
    assert codes([found]) == [("placement.version", "cluster.minVersion")]
    assert found.remedy.startswith(f"write {lowest} or newer")
    assert found.about == "p"


def test_zones_and_regions_are_those_where_the_machine_is() -> None:
    assert not zone_findings("p", [TPU], "spot", ["us-east5-a"])
    assert not zone_findings("p", [MACHINES["g5.xlarge"]], "spot", ["us-east-1a"])
    single, nowhere = zone_findings("p", [TPU], "spot", ["us-east5-c", "us-west2-a"])
    assert single.message == "'us-east5-c' gives TPU v6e to the holders of a reservation only"
    assert nowhere.message == "'us-west2-a' has no TPU v6e with spot capacity"
    assert not zone_findings("p", [TPU], "reservation", ["us-east5-c"])
    [elsewhere] = zone_findings("p", [MACHINES["a3-ultragpu-8g"]], "spot", ["us-central1-a"])
    assert elsewhere.message == "'us-central1-a' has no a3-ultragpu-8g with spot capacity"
    assert not region_findings("p", TPU, "flex-start", "us-east5")
    [region] = region_findings("p", TPU, "flex-start", "us-central1")
    assert (region.code, region.remedy) == ("placement.region", "use asia-northeast1 or us-east5")


def test_bounds_are_those_of_a_slice_and_of_a_purchase() -> None:
    whole = TPU.slice("2x4")
    several = bound_findings("p", purchase="spot", min_nodes=2, max_nodes=3, zones=["a", "b"], slice_=whole)
    assert codes(several) == [
        ("placement.whole-slices", "p.maxNodes"),
        ("placement.kept-nodes", "p.minNodes"),
        ("placement.one-zone", "p.zones"),
    ]
    for purchase in ("flex-start", "capacity-block"):
        [kept] = bound_findings("p", purchase=purchase, min_nodes=1, max_nodes=1, zones=["a"])
        assert codes([kept]) == [("placement.kept-nodes", "p.minNodes")]
    [below] = bound_findings("p", purchase="spot", min_nodes=2, max_nodes=1, zones=["a", "b"])
    assert codes([below]) == [("placement.bounds", "p.maxNodes")]
    single = MACHINES["ct6e-standard-8t"].slice("2x4")
    assert not bound_findings("p", purchase="spot", min_nodes=1, max_nodes=3, zones=["a", "b"], slice_=single)


def test_efa_wants_a_machine_that_has_it_and_one_zone() -> None:
    without, spread = efa_findings("p", [MACHINES["g6e.xlarge"]], "spot", ["a", "b"])
    assert (without.path, without.message) == ("p.efa", "g6e.xlarge has no EFA interface")
    assert "g6e.8xlarge" in without.remedy
    assert "g6e.xlarge" not in without.remedy
    assert spread.path == "p.zones"
    assert not efa_findings("p", [MACHINES["p5en.48xlarge"]], "spot", ["a"])


def test_a_zone_too_many_is_said_once_where_efa_is_reserved() -> None:
    bounds = bound_findings("p", purchase="capacity-block", min_nodes=0, max_nodes=1, zones=["a", "b"])
    assert [finding.path for finding in bounds] == ["p.zones"]
    assert not efa_findings("p", [MACHINES["p5en.48xlarge"]], "capacity-block", ["a", "b"])


def test_karpenter_keeps_no_node_that_nobody_waits_for() -> None:
    assert not karpenter_findings("p", 0)
    [finding] = karpenter_findings("p", 2)
    assert (finding.path, finding.severity) == ("p.minNodes", "error")
    assert "minReplicas" in finding.remedy
