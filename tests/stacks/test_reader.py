"""What the reader says of files that are far from right: everything, in words of a stack file, and within bounds."""

from pathlib import Path
from typing import Any

import pytest
import yaml

import stacks
from offline import StackFileError, record
from offline.stack_config import stack_name
from slipway import yaml_file
from slipway.checks import Finding, errors
from tests.stack_paths import COMMITTED
from tests.stacks.edits import Change, Refuse

SURROUNDINGS = stacks.Surroundings(project="my-project")


def refusal(raw: dict[str, Any]) -> dict[str, Finding]:
    with pytest.raises(stacks.Refused) as caught:
        stacks.load(raw, SURROUNDINGS)
    return {finding.path: finding for finding in errors(caught.value.findings)}


@pytest.mark.parametrize("path", COMMITTED, ids=stack_name)
def test_servers_to_begin_with_run_on_the_files_own_pool(path: Path) -> None:
    raw = yaml.safe_load(path.read_text())["config"]["slipway:stack"]
    if "extends" in raw:
        pytest.skip("its servers are another file's")
    del raw["servers"]
    remedy = refusal(raw)["servers"].remedy
    raw |= yaml.safe_load(remedy.partition("; it says")[0].removeprefix("write "))
    try:
        found = list(stacks.load(raw, SURROUNDINGS).findings)
    except stacks.Refused as error:
        found = errors(error.findings)
    assert not [finding for finding in found if finding.path.startswith("servers") and finding.severity == "error"]


def test_the_word_for_a_block_is_answered_with_that_block(refused: Refuse) -> None:
    found = refused(lambda stack: stack["cluster"]["pools"]["l40s"].update(capacity="spot"), stack="eks-nim")
    assert found["cluster.pools.l40s.capacity"].remedy == "write capacity: {type: spot}"


def test_a_key_that_is_no_text_hides_nothing_else(changed: Change) -> None:
    def edit(stack: dict[str, Any]) -> None:
        stack["servers"]["llama"]["maxModelLen"] = 10**6
        stack["cluster"][7] = 1

    with pytest.raises(StackFileError) as caught:
        record(changed(edit))
    found = {finding.path for finding in errors(caught.value.findings)}
    assert found == {"slipway:stack.cluster", "cluster.7", "servers.llama.maxModelLen", "servers.llama"}


def test_a_key_is_taken_for_another_only_where_they_are_nearly_the_same(refused: Refuse) -> None:
    [finding] = refused(lambda stack: stack.update(alerts={"receiver": "slack"}), stack="eks-nim").values()
    assert (finding.path, finding.remedy[:10]) == ("alerts", "use one of")


def test_a_name_of_a_server_is_answered_with_a_name(refused: Refuse) -> None:
    found = refused(lambda stack: stack["servers"].update(Llama=stack["servers"].pop("llama")))
    assert found["servers.Llama"].remedy == "write llama in its place"


def test_of_very_many_mistakes_the_first_are_said_and_the_others_counted() -> None:
    found = refusal({f"key{index}": 1 for index in range(5000)})
    assert "beside the 500 that are shown" in found["slipway:stack"].message
    assert len(found) == 501


def test_a_message_stays_short_whatever_was_written(refused: Refuse) -> None:
    [finding] = refused(lambda stack: stack["servers"]["llama"].update(model="x/" * 100_000)).values()
    assert len(str(finding)) < 1000


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: !!int abc", "the tag 'tag:yaml.org,2002:int'"),
        ("a: !!bool maybe", "the tag 'tag:yaml.org,2002:bool'"),
        ("a: !!map text", "the tag 'tag:yaml.org,2002:map'"),
        ("a: !!binary aGVsbG8=", "the tag 'tag:yaml.org,2002:binary'"),
        (f"? {'k' * 2000}\n: 1", "a key of more than 1024 characters"),
        ("a: 1\n---\na: 2", "expected a single document in the stream, but found another document"),
        ("a: \x00", "control characters are not allowed"),
    ],
)
def test_yaml_that_says_no_configuration_is_refused_in_one_line(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "file.yaml").write_text(text)
    with pytest.raises(yaml_file.UnreadableFileError) as caught:
        yaml_file.load(tmp_path / "file.yaml")
    assert problem in caught.value.finding.message
    assert "\n" not in str(caught.value.finding)


def test_digits_of_no_number_are_text(tmp_path: Path) -> None:
    (tmp_path / "file.yaml").write_text("a: 0x_")
    assert yaml_file.load(tmp_path / "file.yaml") == {"a": "0x_"}
