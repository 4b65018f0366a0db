import io
import json
import re
from collections import Counter

import pytest

from offline import Recording, json_document, markdown, text
from offline.outline import short_type
from slipway.checks import Finding
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
from slipway.checks import Finding
from slipway.checks.judged import Judged
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


def plain(recording: Recording, *, tree: bool = False) -> str:
    file = io.StringIO()
    text.write(recording, file, tree=tree)
    return file.getvalue()


def test_the_answer_comes_first_and_the_tree_on_request(project: Project) -> None:
    recording = project.record(STACK)
    answer = """\
dev: 0 servers, 5 resources
costs    no figure: what runs there is bought elsewhere
findings 1 warning: servers.llama
findings
  warning: servers.llama: costs a|b
    use `less`
outputs
  endpoints: {llama: 'http://llama'}
  token: '[secret]'
"""
    tree = """\
resources
  provider kubernetes cluster
  provider gcp cloud
  Server llama
    autoscaling/v2 HorizontalPodAutoscaler llama  target=llama  min=1  max=3  metric=waiting  average=5
  gcp.storage.Bucket bucket  location=us-east5
"""
    assert plain(recording) == answer
    assert plain(recording, tree=True) == answer + tree


def test_a_terminal_gets_the_same_words_in_colour(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    recording = project.record(STACK)
    file = Terminal()
    text.write(recording, file, tree=True)
    assert "\x1b" in file.getvalue()
    assert re.sub(r"\x1b\[[0-9;]*m", "", file.getvalue()) == plain(recording, tree=True)


def test_nothing_on_a_terminal_is_broken_within_a_value(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    command = f"gcloud container clusters get-credentials {'x' * 80} --location us-east5"
    recording = project.record(f'pulumi.export("credentialsCommand", "{command}")')
    file = Terminal()
    text.write(recording, file)
    assert command in file.getvalue()


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
    assert document.startswith("### Preview of `dev`\n\n```\ndev: 0 servers, 5 resources\n")
    assert "| `gcp.storage.Bucket` | 1 |" in document
    folded = document.partition("<details>")[2].partition("</details>")[0]
    assert "\n- `Server` **llama**\n  - `autoscaling/v2 HorizontalPodAutoscaler` **llama**, target `llama`" in folded
    assert "- **warning** `servers.llama`: costs a|b; use `less`" in document
    assert "hunter2" not in document


def test_a_table_cell_in_markdown_stays_one_cell() -> None:
    recording = Recording(stack="dev", resources=(), outputs={"odd": "a|b`c\nd"})
    (row,) = [line for line in markdown.preview(recording).splitlines() if "odd" in line]
    assert row == "| `odd` | `` a\\|b`c d `` |"


def test_every_resource_of_every_stack_is_one_line_of_the_tree(recording: Recording) -> None:
    lines = plain(recording, tree=True).splitlines()
    assert not [line for line in lines if "\x1b" in line]
    tree = lines[lines.index("resources") + 1 :]
    shown = Counter(line.strip().split("  ")[0] for line in tree)
    assert shown == Counter(f"{short_type(resource)} {resource.name}" for resource in recording.resources)
