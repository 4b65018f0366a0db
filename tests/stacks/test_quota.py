"""What pools take of an account's quotas."""

from slipway.catalog.machines import MACHINES
from slipway.checks.placement import Pool
from stacks.quota import pools_take


def test_a_pool_of_several_machine_types_takes_from_the_quota_of_each() -> None:
    pool = Pool(
        path="cluster.pools.mixed",
        machines=(MACHINES["g6e.48xlarge"], MACHINES["p5.4xlarge"]),
        min_nodes=0,
        max_nodes=3,
        disk_gib=500,
        disk_key="rootVolumeGib",
        purchase="on-demand",
        zones=(),
        zones_path="",
    )
    taken = {each.quota: each.nodes * each.each for each in pools_take([pool])}
    assert taken == {"onDemandGAndVt": 576, "onDemandP": 48}
