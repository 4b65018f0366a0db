"""What a stack's loop does under a load, through the doors that a person uses."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from offline import Recording, record
from rehearsal import stack
from simulate import load, loop
from simulate.__main__ import main
from simulate.judgement import answer
from simulate.load import LoadError
from simulate.loop import Run
from simulate.outcome import outcome, percentile
from simulate.scenario import Scenario, scenarios

SHORT, LONG = "0:4,120:160,600:4", "0:160,2400:4"
DEFAULT = re.search(r"^LOAD := (\S+)", Path("Makefile").read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def llama(recordings: Mapping[str, Recording]) -> Scenario:
    [found], _ = scenarios(stack.read(recordings["gke-tpu"]))
    return found


@pytest.fixture(scope="module")
def short(llama: Scenario) -> Run:
    return loop.run(llama, load.parse(SHORT))


def test_a_replica_is_added_and_answers_after_node_image_and_load_time(llama: Scenario, short: Run) -> None:
    added = next(at for at, second in enumerate(short.seconds) if second.replicas == 2)
    ready = next(at for at, second in enumerate(short.seconds) if second.ready == 2)
    assert added == 135  # The first sync after the scrapes that saw 160 clients.
    assert ready - added == pytest.approx(llama.node_seconds + llama.pull_seconds + llama.load_seconds, abs=2)


def test_replicas_and_nodes_come_down_after_the_load(short: Run) -> None:
    assert (short.seconds[-1].replicas, short.seconds[-1].nodes) == (1, 1)


def test_replicas_and_nodes_keep_their_bounds(llama: Scenario, short: Run) -> None:
    bounds = llama.autoscaler.bounds
    assert all(bounds.minimum <= second.replicas <= bounds.maximum for second in short.seconds)
    assert all(llama.pool.minimum <= second.nodes <= llama.pool.maximum for second in short.seconds)


def test_the_same_load_gives_the_same_run(llama: Scenario, short: Run) -> None:
    assert loop.run(llama, load.parse(SHORT)) == short


def test_hours_and_cost_are_what_was_there(llama: Scenario, short: Run) -> None:
    result = outcome(short)
    assert result.node_hours == sum(second.nodes for second in short.seconds) / 3600
    assert llama.pool.usd_per_node_hour is not None
    assert result.usd == pytest.approx(result.node_hours * llama.pool.usd_per_node_hour)


def test_one_rise_and_one_fall_with_the_load_are_no_flap(short: Run) -> None:
    assert [(each.before, each.after) for each in outcome(short).rescales] == [(1, 2), (2, 1)]
    assert not outcome(short).flaps


def test_a_replica_that_must_come_back_under_the_same_load_is_refused_with_a_way_out(llama: Scenario) -> None:
    judged = answer(llama, load.parse(LONG))
    [finding] = judged.findings
    assert finding.severity == "error"
    assert finding.path == "servers.llama.autoscaling"
    assert re.search(r"flap \d+ x .* 160 clients .* reads 0 before and 32 after, against a target of 5", str(finding))
    assert re.match(r"follow signal: kv-cache-use with target: 0.\d+, which does not flap here", finding.remedy)


def test_the_way_out_neither_flaps_nor_waits_longer(llama: Scenario) -> None:
    now, then = (
        outcome(loop.run(each, load.parse(LONG))) for each in (llama, llama.following("vllm:kv_cache_usage_perc", 0.05))
    )
    assert now.flaps
    assert not then.flaps
    assert all(then.first_token[percent] <= now.first_token[percent] * 1.1 for percent in now.first_token)


def test_a_target_that_is_never_reached_while_requests_wait_is_a_warning(llama: Scenario) -> None:
    never = llama.following("vllm:kv_cache_usage_perc", 0.9)
    [finding] = answer(never, load.parse("0:400")).findings
    assert finding.severity == "warning"
    assert "requests wait" in finding.message


def test_a_sweep_holds_the_own_target_and_others_in_order(llama: Scenario) -> None:
    judged = answer(llama, load.parse(SHORT))
    targets = [trial.run.scenario.target for trial in judged.sweep]
    assert targets == sorted(targets) == [1.25, 2.5, 5, 10, 20]
    assert judged.own in judged.sweep


def test_servers_of_one_pool_leave_each_other_their_fewest_nodes(recordings: Mapping[str, Recording]) -> None:
    pools = {each.server: each.pool for each in scenarios(stack.read(recordings["gke-tpu-prod"]))[0]}
    assert {name: pool.maximum for name, pool in pools.items()} == {"llama": 5, "qwen": 5}


@pytest.mark.parametrize("text", ["0:4,60", "5:1", "0:1,0:2", "0:-1", "no-such-file"])
def test_what_is_no_load_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(LoadError, match="seconds:clients"):
        load.parse(text)


def test_a_file_holds_a_load(tmp_path: Path) -> None:
    file = tmp_path / "load"
    file.write_text("0:4\n120:160\n")
    assert load.parse(str(file)).clients(120) == 160


def test_the_default_load_lasts_long_enough_to_show_that_the_articles_target_flaps(llama: Scenario) -> None:
    assert DEFAULT
    [finding] = answer(llama, load.parse(DEFAULT[1])).findings
    assert finding.severity == "error"
    assert "flap" in finding.message
    assert "target: 2.5" in finding.remedy


def test_a_step_too_short_to_show_flapping_is_a_warning_with_the_second_until_which_it_must_last(
    llama: Scenario,
) -> None:
    [finding] = answer(llama, load.parse(SHORT)).findings
    assert finding.severity == "warning"
    assert "is not seen" in finding.message
    until = re.search(r"until second (\d+)", finding.remedy)
    assert until
    [found] = answer(llama, load.parse(f"0:4,120:160,{until[1]}:4")).findings
    assert "replicas flap" in found.message


@pytest.mark.parametrize(
    ("stack_name", "series"),
    [
        ("eks-nim", {"vllm:kv_cache_usage_perc"}),
        ("eks-h200", {"trtllm_num_requests_waiting"}),
    ],
)
def test_stacks_on_eks_are_simulated(recordings: Mapping[str, Recording], stack_name: str, series: set[str]) -> None:
    found, _ = scenarios(stack.read(recordings[stack_name]))
    assert {each.signal for each in found} == series
    for scenario in found:
        done = loop.run(scenario, load.parse("0:4,120:400,900:4"))
        assert max(second.replicas for second in done.seconds) > scenario.autoscaler.bounds.minimum


def test_nim_one_is_followed_by_the_names_of_its_own_series(recordings: Mapping[str, Recording]) -> None:
    [older] = [each for each in scenarios(stack.read(recordings["eks-choices"]))[0] if each.server == "older"]
    assert older.signal == "gpu_cache_usage_perc"
    newer = replace(older, signal="vllm:kv_cache_usage_perc")
    steps = load.parse(SHORT)
    assert outcome(loop.run(older, steps)) == outcome(loop.run(newer, steps))


def test_nodes_cost_what_they_are_bought_for(recordings: Mapping[str, Recording]) -> None:
    pools = [each.pool for each in scenarios(stack.read(recordings["eks-h200"]))[0]]
    assert [(pool.purchase, pool.machine) for pool in pools] == [("capacity-block", "p5en.48xlarge")]


def test_what_is_reserved_costs_its_price_under_karpenter_too_and_a_price_of_ones_own_counts(tmp_path: Path) -> None:
    def usd(**changes: Any) -> float | None:
        content: dict[str, Any] = yaml.safe_load(Path("tests/stack_files/Pulumi.eks-karpenter.yaml").read_text())
        settings = content["config"]["slipway:stack"]
        settings["servers"]["small"]["pool"] = "reserved"
        settings["servers"]["small"]["autoscaling"]["maxReplicas"] = 2
        settings |= changes
        file = tmp_path / "Pulumi.eks-karpenter.yaml"
        file.write_text(yaml.safe_dump(content))
        [found] = [each for each in scenarios(stack.read(record(file)))[0] if each.server == "small"]
        assert (found.pool.machine, found.pool.purchase) == ("g6e.12xlarge", "reservation")
        return found.pool.usd_per_node_hour

    listed, own = usd(), usd(prices={"g6e.12xlarge": 3.0})
    assert listed
    assert own
    assert listed > own >= 3


@pytest.mark.parametrize(
    ("name", "pool", "nodes"), [("existing-tpu", "v6e", 3), ("existing", "l40s", 3)], ids=["TPU", "GPU"]
)
def test_a_stack_on_a_cluster_that_is_there_already_is_simulated_on_the_nodes_that_it_states(
    recordings: Mapping[str, Recording], name: str, pool: str, nodes: int
) -> None:
    [found], _ = scenarios(stack.read(recordings[name]))
    assert (found.pool.name, found.pool.minimum, found.pool.maximum) == (pool, 0, nodes)
    done = loop.run(found, load.parse("0:4,120:400,900:4"))
    assert max(second.ready for second in done.seconds) > 1


def test_a_server_that_cannot_be_simulated_is_named_and_the_others_are_simulated(
    recordings: Mapping[str, Recording],
) -> None:
    found, left_out = scenarios(stack.read(recordings["gke-gpu"]))
    assert [each.server for each in found] == ["llama-8b"]
    assert left_out == ["server llama-7b: its engine has no continuous batch"]


@pytest.mark.parametrize(("percent", "value"), [(50, 2.0), (90, 4.0), (99, 4.0)])
def test_a_percentile_is_a_value_that_occurred(percent: int, value: float) -> None:
    assert percentile((1.0, 2.0, 3.0, 4.0), percent) == value


def test_the_command_prints_a_table_and_draws(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "run.svg"
    assert main(["gke-tpu", "--load", SHORT, "--plot", str(picture)]) == 0
    assert "node-h" in capsys.readouterr().out
    assert picture.read_text().count("<svg") == 1


def test_the_command_fails_where_a_configuration_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gke-tpu", "--load", LONG]) == 1
    assert "error: servers.llama.autoscaling" in capsys.readouterr().out
