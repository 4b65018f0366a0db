"""What docs/library.md shows of the library does what it says; its YAML is tried with the plugin, and its JSON with the
policy pack."""

import importlib
import inspect
import re
from pathlib import Path

import pytest

from tests.offline.projects import Project

PAGE = Path(__file__).parents[2] / "docs/library.md"
TEXT = PAGE.read_text(encoding="utf-8")

BEFORE = """
from slipway.addons.stackdriver_adapter import ManagedCollection
from slipway.existing.nodes import ExistingNodes
from slipway.existing.settings import ExistingPoolArgs
from slipway.servers.serving import Serving
from slipway.serving.site import Site
from slipway.serving.storage import NodeDisk
from slipway.serving.token import existing_secret

pool = ExistingNodes(
    ExistingPoolArgs.model_validate(
        {
            "machineType": "ct6e-standard-4t",
            "topology": "2x2",
            "nodeSelector": {"pool": "v6e"},
            "maxNodes": 3,
            "diskGib": 100,
        }
    )
)
site = Site(
    namespace="llm",
    service_account="default",
    priority_class="servers",
    metrics=ManagedCollection(),
    storage=NodeDisk(),
    hugging_face=existing_secret("hugging-face", "token"),
)
"""
"""What stands before the page's server in a program: nodes and a site; the provider `cluster` is the project's."""


NAMES = re.findall(r"`(slipway\.[\w.]+)(?:\(([^`]*)\))?`", TEXT)
"""Each name on the page, with what stands in parentheses after it."""


def test_the_server_of_the_page_is_made(tmp_path: Path) -> None:
    [block] = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    recording = Project(tmp_path).record(BEFORE + block)
    assert [each.name for each in recording.of("slipway:serving:VllmServer")] == ["llama"]


@pytest.mark.parametrize(("name", "given"), sorted(set(NAMES)))
def test_a_name_of_the_page_is_there_and_takes_what_is_said(name: str, given: str) -> None:
    module, _, thing = name.rpartition(".")
    found = getattr(importlib.import_module(module), thing)
    if given:
        assert set(re.findall(r"(\w+)=", given)) <= inspect.signature(found).parameters.keys()
