"""What a chart reads is found in its templates, however they ask for it."""

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from slipway.catalog import versions
from slipway.catalog.charts import Key, Kind, chart, file_of, keys, lines
from slipway.catalog.charts.refresh.__main__ import known, read

PINS = {
    "aws-efa-k8s-device-plugin": versions.EFA_DEVICE_PLUGIN,
    "aws-load-balancer-controller": versions.LOAD_BALANCER_CONTROLLER,
    "cluster-autoscaler": versions.CLUSTER_AUTOSCALER_CHART,
    "gpu-operator": versions.GPU_OPERATOR,
    "k8s-nim-operator": versions.NIM_OPERATOR,
    "karpenter": versions.KARPENTER,
    "keda": versions.KEDA,
    "kube-prometheus-stack": versions.KUBE_PROMETHEUS_STACK,
    "lws": versions.LEADER_WORKER_SET,
    "metrics-server": versions.METRICS_SERVER,
    "prometheus-adapter": versions.PROMETHEUS_ADAPTER,
}

TEMPLATES: Mapping[str, tuple[str, object, str]] = {
    "a value that is printed": ("{{ .Values.a.b | quote }}", {"a": {"b": ""}}, "a\n  b string"),
    "a value of the root, from within": ("{{ range .Values.a }}{{ $.Values.b }}{{ end }}", {}, "a any\nb any"),
    "a map as what is meant": ("{{ with .Values.a }}{{ .b }}{{ end }}", {"a": {"b": 1}}, "a\n  b int"),
    "what holds without it": ("{{ with .Values.a }}{{ else }}{{ .Values.b }}{{ end }}", {"a": ""}, "a string\nb any"),
    "a second condition": ("{{ if .Values.a }}{{ else if .Values.b }}{{ end }}", {"b": False}, "a any\nb bool"),
    "each of many": (
        "{{ range $name, $each := .Values.a }}{{ $each.b }}{{ end }}",
        {"a": {"main": {"b": True}}},
        "a\n  *\n    b any",
    ),
    "a map that is passed on": ("{{ toYaml .Values.a | nindent 2 }}", {"a": {}}, "a {}"),
    "a map that is passed on and known in part": (
        "{{ toYaml .Values.a }}{{ .Values.a.b }}",
        {"a": {"c": 1}},
        "a {}\n  b any\n  c int",
    ),
    "a list": ("{{ range .Values.a }}{{ .b }}{{ end }}", {"a": []}, "a []"),
    "a name in quotes": ('{{ index .Values "a-b" "c" }}', {"a-b": {"c": 1.5}}, "a-b\n  c float"),
    "a default of another": ("{{ (default .Values.a .Values.b).c }}", {"a": {}, "b": {}}, "a\n  c any\nb\n  c any"),
    "a variable": ("{{ $x := .Values.a }}{{ $x.b }}", {"a": {}}, "a\n  b any"),
    "a template that another includes": (
        '{{ define "t" }}{{ .root.Values.a }}{{ .x.b }}{{ end }}{{ include "t" (dict "root" $ "x" .Values.c) }}',
        {"c": {}},
        "a any\nc\n  b any",
    ),
    "a value that may be of several kinds": ('{{ if kindIs "string" .Values.a }}{{ end }}', {"a": ""}, "a any"),
    "a key that is only looked for": ('{{ if hasKey .Values.a "b" }}{{ end }}', {"a": {}}, "a\n  b any"),
    "nothing in a comment": ("{{- /* .Values.a */ -}}{{ .Values.b }}", {}, "b any"),
    "braces in a text": ('{{ printf "}} %s" .Values.a }}', {"a": 1}, "a int"),
}
"""A template, the defaults, and what is then known."""


def write(folder: Path, template: str, values: object, **more: object) -> Path:
    (folder / "templates").mkdir(parents=True)
    (folder / "templates/all.yaml").write_text(template)
    (folder / "values.yaml").write_text(yaml.safe_dump(values))
    (folder / "Chart.yaml").write_text(yaml.safe_dump({"name": folder.name, **more}))
    return folder


def found(folder: Path) -> str:
    asked, defaults, _ = read(folder)
    return "\n".join(lines(known(asked, defaults)))


@pytest.mark.parametrize("way", TEMPLATES)
def test_a_template_shows_what_it_reads(way: str, tmp_path: Path) -> None:
    template, values, expected = TEMPLATES[way]
    assert found(write(tmp_path / "chart", template, values)) == expected


def test_a_sub_chart_reads_below_its_alias_and_its_condition_is_read_too(tmp_path: Path) -> None:
    part = {"name": "part", "alias": "other", "condition": "other.enabled"}
    folder = write(tmp_path / "chart", "", {"other": {"size": 2}}, dependencies=[part])
    write(folder / "charts/part", "{{ .Values.size }}{{ .Values.global.registry }}", {"size": 1, "name": ""})
    assert found(folder) == "global\n  registry any\nother\n  enabled any\n  global any\n  size int"


def test_a_sub_chart_that_is_missing_is_open(tmp_path: Path) -> None:
    folder = write(tmp_path / "chart", "{{ .Values.a }}", {}, dependencies=[{"name": "part"}])
    assert read(folder)[2] == ["part"]
    assert "part {}" in found(folder)


def test_a_template_that_includes_itself_is_read_once(tmp_path: Path) -> None:
    template = '{{ define "t" }}{{ .Values.a }}{{ include "t" . }}{{ end }}{{ include "t" . }}'
    assert found(write(tmp_path / "chart", template, {})) == "a any"


def test_a_block_without_an_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="has no end"):
        read(write(tmp_path / "chart", "{{ if .Values.a }}", {}))


@pytest.mark.parametrize("name", PINS)
def test_the_values_of_a_pinned_chart_are_those_of_its_version(name: str) -> None:
    run = "run python -m slipway.catalog.charts.refresh on the chart of the new version"
    assert chart(name).version == PINS[name], run


def test_every_file_is_that_of_a_pinned_chart() -> None:
    assert {path.stem for path in file_of("keda").parent.glob("*.txt")} == set(PINS)


KINDS: st.SearchStrategy[Kind] = st.sampled_from(("{}", "[]", "bool", "int", "float", "string", "any"))
NAMES = st.text("aZ9-*", min_size=1, max_size=3)
KEYS: st.SearchStrategy[Key] = st.recursive(
    st.builds(Key, KINDS), lambda below: st.builds(Key, st.just(""), st.dictionaries(NAMES, below)), max_leaves=5
)


@given(below=st.dictionaries(NAMES, KEYS))
def test_what_is_written_is_what_is_read(below: dict[str, Key]) -> None:
    assert keys(lines(Key("", below))).below == below
