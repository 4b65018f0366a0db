import io
import json
import re
from collections import Counter

import pytest

from checks import Finding
from offline import Recording, json_document, markdown, text
from offline.outline import short_type
from tests.offline.projects import Project

STACK = """
class Server(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("slipway:test:Server", name)
        child = pulumi.ResourceOptions(parent=self, provider=cluster)
        k8s.autoscaling.v2.HorizontalPodAutoscaler(
            name,
            spec={
                "scale_target_ref": {"api_version": "apps/v1", "kind": "Deployment", "name": name},
                "min_replicas": 1,
                "max_replicas": 3,
                "metrics": [
                    {
                        "type": "Pods",
                        "pods": {
                            "metric": {"name": "waiting"},
                            "target": {"type": "AverageValue", "average_value": "5"},
                        },
                    },
                ],
            },
            opts=child,
        )
        self.register_outputs({})


Server("llama")
gcp.storage.Bucket("bucket", location="us-east5", opts=outside)
pulumi.export("endpoints", {"llama": "http://llama"})
pulumi.export("token", pulumi.Output.secret("hunter2"))

from types import SimpleNamespace
from checks import Finding
from checks.judged import Judged
findings = [Finding("cost.stale", "servers.llama", "costs a|b", "use `less`", "warning")]
loaded = SimpleNamespace(findings=findings, judged=Judged())
"""

KEYS = {
    "urn",
    "type",
    "name",
    "parent",
    "custom",
    "inputs",
    "provider",
    "dependencies",
    "protect",
    "retainOnDelete",
    "ignoreChanges",
    "aliases",
    "deletedWith",
    "customTimeouts",
}


class Terminal(io.StringIO):
    def isatty(self) -> bool:  # pyright: ignore[reportImplicitOverride]
        return True


def plain(recording: Recording) -> str:
    file = io.StringIO()
    text.write(recording, file)
    return file.getvalue()


def test_the_text_shows_components_with_their_resources_and_what_matters(project: Project) -> None:
    assert (
        plain(project.record(STACK))
        == """\
dev: 5 resources
  provider kubernetes cluster
  provider gcp cloud
  Server llama
    autoscaling/v2 HorizontalPodAutoscaler llama  target=llama  min=1  max=3  metric=waiting  average=5
  gcp.storage.Bucket bucket  location=us-east5
outputs
  endpoints: {llama: 'http://llama'}
  token: '[secret]'
findings
  warning: servers.llama: costs a|b
    use `less`
"""
    )


def test_a_terminal_gets_a_tree_with_the_same_words(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    recording = project.record(STACK)
    file = Terminal()
    text.write(recording, file)
    assert "├" in file.getvalue()
    assert re.sub(r"\x1b\[[0-9;]*m|[│├└─]", "", file.getvalue()).split() == plain(recording).split()


def test_the_json_document_has_one_shape(project: Project) -> None:
    document = json.loads(json_document.preview(project.record(STACK)))
    assert document.keys() == {"stack", "resources", "outputs", "findings"}
    assert all(resource.keys() == KEYS for resource in document["resources"])
    assert document["findings"] == [
        {
            "code": "cost.stale",
            "path": "servers.llama",
            "message": "costs a|b",
            "remedy": "use `less`",
            "severity": "warning",
        }
    ]
    assert document["outputs"] == {"endpoints": {"llama": "http://llama"}, "token": "[secret]"}


def test_a_refusal_in_json_has_the_same_shape_and_no_resources() -> None:
    document = json.loads(
        json_document.refusal(
            "dev",
            [Finding("a.wrong", "a.b", "is wrong", "put it right")],
        )
    )
    assert document == {
        "stack": "dev",
        "resources": [],
        "outputs": {},
        "findings": [
            {"code": "a.wrong", "path": "a.b", "message": "is wrong", "remedy": "put it right", "severity": "error"}
        ],
    }


def test_the_markdown_counts_folds_and_lists(project: Project) -> None:
    document = markdown.preview(project.record(STACK))
    assert document.startswith("### Preview of `dev`\n\n5 resources")
    assert "| `gcp.storage.Bucket` | 1 |" in document
    folded = document.partition("<details>")[2].partition("</details>")[0]
    assert "\n- `Server` **llama**\n  - `autoscaling/v2 HorizontalPodAutoscaler` **llama**, target `llama`" in folded
    assert "- **warning** `servers.llama`: costs a|b; use `less`" in document
    assert "hunter2" not in document


def test_a_table_cell_in_markdown_stays_one_cell() -> None:
    recording = Recording(stack="dev", resources=(), outputs={"odd": "a|b`c\nd"})
    (row,) = [line for line in markdown.preview(recording).splitlines() if "odd" in line]
    assert row == "| `odd` | `` a\\|b`c d `` |"


def test_every_resource_of_every_stack_is_one_line_of_text(recording: Recording) -> None:
    lines = plain(recording).splitlines()
    assert "\x1b" not in plain(recording)
    assert lines[0] == f"{recording.stack}: {len(recording.resources)} resources"
    tree = lines[1 : len(recording.resources) + 1]
    shown = Counter(line.strip().split("  ")[0] for line in tree)
    assert shown == Counter(f"{short_type(resource)} {resource.name}" for resource in recording.resources)
