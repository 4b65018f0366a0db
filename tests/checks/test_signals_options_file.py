"""Options that a server reads from a ConfigMap."""

import json
from typing import Any

import pytest

from slipway.checks.signals.options_file import file_options

POD: dict[str, Any] = {"volumes": [{"name": "config", "configMap": {"name": "llama-options"}}]}
CONTAINER: dict[str, Any] = {"volumeMounts": [{"name": "config", "mountPath": "/etc/slipway"}]}


def config_map(text: str, name: str = "llama-options") -> dict[str, Any]:
    return {"kind": "ConfigMap", "metadata": {"name": name}, "data": {"options.yaml": text}}


@pytest.mark.parametrize("flag", ["--config", "--extra_llm_api_options"])
def test_the_file_that_the_command_line_names_is_read(flag: str) -> None:
    objects = [config_map("{}", "another"), config_map(json.dumps({"return_perf_metrics": True}))]
    given = {flag: "/etc/slipway/options.yaml"}
    assert file_options(objects, POD, CONTAINER, given) == {"return_perf_metrics": True}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("{}", "/etc/slipway/other.yaml"),
        ('{"max_batch_size": 8}', "/srv/options.yaml"),
        ("not: json", "/etc/slipway/options.yaml"),
        ('{"max_batch_size": 8}', ""),
    ],
)
def test_a_file_that_is_elsewhere_or_cannot_be_read_says_nothing(text: str, path: str) -> None:
    assert file_options([config_map(text)], POD, CONTAINER, {"--config": path} if path else {}) == {}
