import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline import PROGRAM, StackFileError, stack_config
from slipway import yaml_file

PULUMI_YAML = """
name: slipway
stackConfigDir: files
config:
  stack: {type: object}
  gcp:region: us-east5
  size: {type: integer, default: 3}
  pulumi:disable-default-providers: {value: [kubernetes]}
  token: {secret: true, value: ""}
"""

TEXT = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def load(
    folder: Path, stack: str, project: str = PULUMI_YAML, name: str = "Pulumi.dev.yaml"
) -> stack_config.StackConfig:
    (folder / "Pulumi.yaml").write_text(project)
    (folder / name).write_text(stack)
    return stack_config.load(folder / name, folder / "Pulumi.yaml")


def findings(folder: Path, stack: str, project: str = PULUMI_YAML) -> list[str]:
    with pytest.raises(StackFileError) as caught:
        load(folder, stack, project)
    return [str(finding).replace(str(folder), "") for finding in caught.value.findings]


def test_a_typed_secret_with_a_plain_value_is_refused_as_the_engine_does(tmp_path: Path) -> None:
    project = PULUMI_YAML.replace("{secret: true, value", "{type: string, secret: true, default")
    [finding] = findings(tmp_path, "config: {stack: {a: 1}}", project)
    assert "slipway:token: Pulumi.yaml gives a typed secret a plain value" in finding


def test_values_and_defaults_of_the_project_hold_where_the_stack_is_silent(tmp_path: Path) -> None:
    config = load(tmp_path, "config: {stack: {a: 1}}")
    assert config.values == {
        "slipway:stack": '{"a": 1}',
        "gcp:region": "us-east5",
        "slipway:size": "3",
        "pulumi:disable-default-providers": '["kubernetes"]',
        "slipway:token": "",
    }
    assert config.disabled_default_providers == {"kubernetes"}


def test_the_stack_goes_before_the_project(tmp_path: Path) -> None:
    config = load(tmp_path, "config: {slipway:stack: {}, slipway:size: 5, gcp:region: us-west1}")
    assert (config.values["slipway:size"], config.values["gcp:region"]) == ("5", "us-west1")


def test_a_key_without_a_namespace_is_the_projects(tmp_path: Path) -> None:
    assert load(tmp_path, "config: {stack: {}, other: yes}").values["slipway:other"] == "yes"


def test_an_object_is_json_with_sorted_keys_as_the_engine_makes_it(tmp_path: Path) -> None:
    config = load(tmp_path, "config: {slipway:stack: {b: {d: [true, 1.5], c: text}, a: null}}")
    assert config.values["slipway:stack"] == '{"a": null, "b": {"c": "text", "d": [true, 1.5]}}'


def test_a_secret_becomes_a_placeholder_that_names_its_key(tmp_path: Path) -> None:
    config = load(tmp_path, "config: {slipway:stack: {}, slipway:token: {secure: v1:abc}}")
    assert config.values["slipway:token"] == "[secret slipway:token]"
    assert config.secret_keys == {"slipway:token"}


def test_a_secret_within_an_object_makes_the_whole_key_secret(tmp_path: Path) -> None:
    config = load(tmp_path, "config: {slipway:stack: {a: {secure: v1:abc}, b: 1}}")
    assert json.loads(config.values["slipway:stack"]) == {"a": "[secret slipway:stack]", "b": 1}
    assert config.secret_keys == {"slipway:stack"}


def test_the_stack_is_named_by_its_file(tmp_path: Path) -> None:
    assert load(tmp_path, "config: {stack: {}}").stack == "dev"
    assert load(tmp_path, "config: {stack: {}}", name="anything.yaml").stack == "anything"


def test_a_declared_key_without_any_value_is_refused(tmp_path: Path) -> None:
    project = "name: slipway\nconfig: {one: {type: string, secret: true}, two: {type: string}, aws:three: {}}"
    assert findings(tmp_path, "config:", project) == [
        "error: slipway:one: is missing, and Pulumi.yaml declares it without a value or a default; "
        "the file has config; run `pulumi config set --secret one <value>`",
        "error: slipway:two: is missing, and Pulumi.yaml declares it without a value or a default; "
        "the file has config; run `pulumi config set two <value>`",
    ]


def test_a_value_of_another_type_than_declared_is_refused(tmp_path: Path) -> None:
    found = findings(tmp_path, "config: {stack: text, size: true}")
    assert [finding.split(";")[0] for finding in found] == [
        "error: slipway:stack: is 'text', and Pulumi.yaml declares it of type object",
        "error: slipway:size: is True, and Pulumi.yaml declares it of type integer",
    ]
    assert "with all that a stack needs, as in\nconfig:\n  slipway:stack:" in found[0]


def test_a_secret_in_plain_text_is_refused_and_not_repeated(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, "config: {stack: {}, slipway:token: hunter2}")
    assert "slipway:token: is plain text" in found
    assert "hunter2" not in found


def test_a_key_that_is_no_string_is_refused_with_its_path(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, "config: {stack: {ports: {80: http}}}")
    assert found == 'error: slipway:stack.ports: has the key 80, which is no text; write "80" in quotes'


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("config:\n  a: [1\n  b: 2\n", "/Pulumi.dev.yaml:3:4", "expected ',' or ']'"),
        ("config:\n  a: 1\n  a: 2\n", "/Pulumi.dev.yaml:3:3", "the key 'a' stands here and in line 2"),
        ("config:\n\ta: 1\n", "/Pulumi.dev.yaml:2:1", "cannot start any token"),
        ("- a\n", "/Pulumi.dev.yaml", "['a'] is no block of keys"),
        ("config: [a]\n", "/Pulumi.dev.yaml: config", "['a'] is no block of keys"),
    ],
)
def test_a_file_that_is_no_configuration_is_refused_with_line_and_column(
    tmp_path: Path, text: str, where: str, what: str
) -> None:
    (found,) = findings(tmp_path, text)
    assert found.startswith(f"error: {where}: ")
    assert what in found


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("config: {stack: {}, a:b:c: 1}", "config.a:b:c"),
        ("config: {stack: {}, pulumi:disable-default-providers: x}", "pulumi:disable-default-providers"),
        ("config: {stack: {secure: x}}", "slipway:stack"),
    ],
)
def test_what_the_engine_could_not_read_is_refused(tmp_path: Path, text: str, path: str) -> None:
    (found,) = findings(tmp_path, text)
    assert found.startswith(f"error: {path}: ")


def test_a_key_of_the_project_that_nothing_reads_is_known(tmp_path: Path) -> None:
    unread = load(tmp_path, "config: {stack: {}, slipway:sise: 5}").unread
    assert unread["slipway:sise"].startswith("slipway:stack, ")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text(PULUMI_YAML)
    with pytest.raises(StackFileError, match="No such file"):
        stack_config.load(tmp_path / "Pulumi.none.yaml", tmp_path / "Pulumi.yaml")


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_bytes(b"config: {a: \xff}")
    with pytest.raises(yaml_file.UnreadableFileError, match="save the file as UTF-8"):
        yaml_file.load(tmp_path / "Pulumi.dev.yaml")


def test_a_stack_is_found_by_name_in_the_projects_folder(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text(PULUMI_YAML)
    (tmp_path / "files").mkdir()
    for name in ("dev", "prod"):
        (tmp_path / "files" / f"Pulumi.{name}.yaml").touch()
    assert stack_config.find("prod", tmp_path) == tmp_path / "files/Pulumi.prod.yaml"
    assert stack_config.find("some/where.yaml", tmp_path) == Path("some/where.yaml")
    with pytest.raises(StackFileError, match="there is no stack 'test'; name dev or prod"):
        stack_config.find("test", tmp_path)


def test_the_committed_stacks_are_found_by_name() -> None:
    assert stack_config.find("gke-tpu", PROGRAM.parent).name == "Pulumi.gke-tpu.yaml"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("2026-01-01", "2026-01-01"),
        ("12:30:45", "12:30:45"),
        ("0o17", 15),
        ("0x1f", 31),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.36", 1.36),
        ("~", None),
        ("", None),
        ("'5'", "5"),
    ],
)
def test_scalars_are_those_of_the_core_schema(tmp_path: Path, text: str, value: object) -> None:
    (tmp_path / "file.yaml").write_text(f"key: {text}")
    found = yaml_file.load(tmp_path / "file.yaml")["key"]
    assert (found, type(found)) == (value, type(value))


@given(value=JSON)
def test_every_json_value_is_yaml(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    file = tmp_path_factory.getbasetemp() / "round.yaml"
    file.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    assert yaml_file.load(file) == value
