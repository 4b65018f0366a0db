"""Stack files that extend another: what they inherit, what they change, and where a mistake comes from."""

from pathlib import Path

import pytest
import yaml

from offline import Recording, record
from slipway.checks import errors
from slipway.stack_files import extended
from stacks import Refused

HEAD = "config:\n  gcp:project: my-project\n  slipway:stack:\n"


def written(folder: Path, stack: str, *lines: str) -> Path:
    file = folder / f"Pulumi.{stack}.yaml"
    file.write_text(HEAD + "".join(f"    {line}\n" for line in lines))
    return file


def codes(recording: Recording) -> set[str]:
    return {finding.code for finding in recording.findings}


def test_an_environment_of_three_lines_is_its_base_under_another_name(tmp_path: Path) -> None:
    recording = record(written(tmp_path, "staging", "extends: gke-tpu", "name: staging", "budget: 50"))
    assert recording.outputs["endpoints"] == {"llama": "http://llama.vllm.svc:8000"}
    assert recording.outputs["clusterName"].startswith("staging-")


def test_blocks_are_merged_and_lists_replaced(tmp_path: Path) -> None:
    written(tmp_path, "base", "a: {b: 1, c: [1, 2]}", "kept: true", "gone: 1")
    found = extended({"extends": "base", "a": {"c": [3], "d": 4}, "gone": None}, tmp_path)
    assert found.stack == {"a": {"b": 1, "c": [3], "d": 4}, "kept": True}
    assert found.origins == {"a.b": "base", "kept": "base"}


def test_a_block_of_another_kind_takes_the_place_of_the_base_s(tmp_path: Path) -> None:
    written(tmp_path, "base", "capacity: {type: reservation, name: ours}")
    found = extended({"extends": "base", "capacity": {"type": "spot"}}, tmp_path)
    assert found.stack == {"capacity": {"type": "spot"}}


def test_a_base_may_extend_another(tmp_path: Path) -> None:
    written(tmp_path, "first", "a: 1", "b: 1", "c: {d: 1}")
    written(tmp_path, "second", "extends: first", "b: 2")
    found = extended({"extends": "second", "c": {"e": 3}}, tmp_path)
    assert found.stack == {"a": 1, "b": 2, "c": {"d": 1, "e": 3}}
    assert found.origins == {"a": "first", "b": "second", "c.d": "first"}


@pytest.mark.parametrize("chain", [("one",), ("one", "two"), ("one", "two", "three")])
def test_a_circle_is_refused_by_the_names_in_it(tmp_path: Path, chain: tuple[str, ...]) -> None:
    for stack, base in zip(chain, (*chain[1:], chain[0]), strict=True):
        written(tmp_path, stack, f"extends: {base}")
    found = extended({"extends": "one"}, tmp_path)
    assert found.stack is None
    assert [finding.message for finding in found.findings] == [f"{' extends '.join((*chain, 'one'))}: no end"]


def test_a_base_that_is_not_there_is_refused_with_those_named_alike(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        record(written(tmp_path, "staging", "extends: gke-tpuu", "name: staging"))
    (finding,) = refused.value.findings
    assert finding.path == "extends"
    assert "gke-tpu" in finding.remedy


def test_a_mistake_says_from_which_file_it_comes(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        record(
            written(tmp_path, "staging", "extends: gke-tpu", "name: staging", "cluster: {pools: {v6e: {maxNodes: 1}}}")
        )
    (finding,) = errors(refused.value.findings)
    assert finding.path == "servers.llama.autoscaling.maxReplicas"
    assert finding.message.endswith("(from stack 'gke-tpu')")


def test_two_files_with_one_name_in_one_account_are_noticed(tmp_path: Path) -> None:
    gke_tpu = yaml.safe_load((Path(__file__).parents[2] / "stacks" / "Pulumi.gke-tpu.yaml").read_text())
    first, second = (tmp_path / f"Pulumi.{name}.yaml" for name in ("first", "second"))
    first.write_text(yaml.safe_dump(gke_tpu))
    second.write_text(yaml.safe_dump(gke_tpu))
    assert "stack-file.name" in codes(record(first))
    gke_tpu["config"]["gcp:project"] = "another"
    second.write_text(yaml.safe_dump(gke_tpu))
    assert "stack-file.name" not in codes(record(first))


def test_secrets_are_assumed_on_request_and_said(tmp_path: Path) -> None:
    file = written(tmp_path, "ours", "extends: eks-nim", "name: ours", "ngc: {source: pulumi}")
    with pytest.raises(Refused):
        record(file)
    recording = record(file, assume_secrets=True)
    assumed = next(finding for finding in recording.findings if finding.code == "stack-file.assumed")
    assert "slipway:ngcApiKey" in assumed.message


def test_a_secure_value_counts_as_given(tmp_path: Path) -> None:
    file = written(tmp_path, "ours", "extends: eks-nim", "name: ours", "ngc: {source: pulumi}")
    file.write_text(file.read_text() + "  slipway:ngcApiKey:\n    secure: v1:abcdef\n")
    assert "stack-file.assumed" not in codes(record(file))
