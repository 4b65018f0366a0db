import os
import sys
from dataclasses import replace
from pathlib import Path

import pulumi
import pytest

from offline import SECRET, Recording, record
from tests.offline.projects import Project

NAMESPACE = "urn:pulumi:dev::slipway::kubernetes:core/v1:Namespace"

OPTIONS = """
first = k8s.core.v1.Namespace("first", opts=inside)
k8s.core.v1.Namespace(
    "second",
    opts=pulumi.ResourceOptions(
        provider=cluster,
        protect=True,
        retain_on_delete=True,
        delete_before_replace=True,
        ignore_changes=["metadata.annotations"],
        replace_on_changes=["metadata.labels"],
        aliases=[pulumi.Alias(name="former"), "urn:pulumi:dev::slipway::kubernetes:core/v1:Namespace::oldest"],
        deleted_with=first,
        depends_on=[first],
        custom_timeouts=pulumi.CustomTimeouts(create="5m", delete="90s"),
        additional_secret_outputs=["status"],
    ),
)
"""

COMPONENTS = """
class Inner(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("slipway:test:Inner", name, None, opts)
        namespace = k8s.core.v1.Namespace(name, opts=pulumi.ResourceOptions(parent=self, provider=cluster))
        self.register_outputs({"namespace": namespace.metadata.name})


class Outer(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("slipway:test:Outer", name, None, opts)
        Inner(name, opts=pulumi.ResourceOptions(parent=self))
        self.register_outputs({})


Outer("main")
"""

SECRETS = """
config = pulumi.Config()
token = config.require_secret("token")
k8s.core.v1.Secret("credentials", string_data={"token": token.apply(lambda value: f"Bearer {value}")}, opts=inside)
k8s.apps.v1.Deployment(
    "server",
    spec={
        "replicas": pulumi.Output.secret(2),
        "selector": {"match_labels": {"app": "server"}},
        "template": {
            "metadata": {"labels": {"app": "server"}},
            "spec": {"containers": [{"name": "server", "image": "server", "env": [{"name": "TOKEN", "value": token}]}]},
        },
    },
    opts=inside,
)
pulumi.export("token", token)
pulumi.export("plain", "text")
"""


def test_every_option_of_a_resource_is_kept(project: Project) -> None:
    recording = project.record(OPTIONS)
    second = recording.by_urn[f"{NAMESPACE}::second"]
    (provider,) = recording.of("pulumi:providers:kubernetes")
    assert second.protect is True
    assert second.retain_on_delete is True
    assert second.delete_before_replace is True
    assert second.ignore_changes == ("metadata.annotations",)
    assert second.replace_on_changes == ("metadata.labels",)
    assert any("name=former" in alias for alias in second.aliases)
    assert f"{NAMESPACE}::oldest" in second.aliases
    assert second.deleted_with == f"{NAMESPACE}::first"
    assert second.dependencies == (f"{NAMESPACE}::first",)
    assert second.custom_timeouts == {"create": "5m", "delete": "90s"}
    assert second.additional_secret_outputs == ("status",)
    assert second.provider_urn == provider.urn
    assert second.provider == f"{provider.urn}::{provider.id}"


def test_an_option_that_the_program_leaves_out_is_none(project: Project) -> None:
    first = project.record(OPTIONS).by_urn[f"{NAMESPACE}::first"]
    assert (first.protect, first.retain_on_delete, first.delete_before_replace) == (None, None, None)
    assert (first.deleted_with, first.custom_timeouts, first.dependencies) == (None, {}, ())


def test_a_urn_names_the_types_of_all_parents_but_the_stack(project: Project) -> None:
    recording = project.record(COMPONENTS)
    (namespace,) = recording.of("kubernetes:core/v1:Namespace")
    types = "slipway:test:Outer$slipway:test:Inner$kubernetes:core/v1:Namespace"
    assert namespace.urn == f"urn:pulumi:dev::slipway::{types}::main"
    assert namespace.parent == "urn:pulumi:dev::slipway::slipway:test:Outer$slipway:test:Inner::main"


def test_a_component_has_its_registered_outputs_and_no_id(project: Project) -> None:
    recording = project.record(COMPONENTS)
    (inner,) = recording.of("slipway:test:Inner")
    (namespace,) = recording.of("kubernetes:core/v1:Namespace")
    assert inner.state == {"namespace": namespace.state["metadata"]["name"]}
    assert (inner.custom, inner.id, inner.provider) == (False, None, None)
    assert recording.children[inner.urn] == [namespace]


def test_a_secret_shows_nowhere_and_its_path_is_known(project: Project) -> None:
    config = 'slipway:token: {secure: "v1:abc"}'
    recording = project.record(SECRETS, config=config)
    (secret,) = recording.of("kubernetes:core/v1:Secret")
    (server,) = recording.of("kubernetes:apps/v1:Deployment")
    assert secret.inputs["stringData"] == {"token": SECRET}
    assert secret.secrets == ("stringData.token",)
    assert server.secrets == ("spec.replicas", "spec.template.spec.containers[0].env[0].value")
    assert recording.outputs == {"plain": "text", "token": SECRET}
    assert recording.secret_outputs == ("token",)
    assert "[secret slipway:token]" not in repr(recording)


def test_whole_numbers_are_ints_and_others_stay(project: Project) -> None:
    recording = project.record("pulumi.export('numbers', [1, 2.0, 2.5, True])")
    assert repr(recording.outputs["numbers"]) == "[1, 2, 2.5, True]"


def test_kubernetes_objects_get_a_name_and_a_namespace(project: Project) -> None:
    recording = project.record("""
        k8s.core.v1.ConfigMap("auto", data={"key": "value"}, opts=inside)
        k8s.core.v1.ConfigMap("named", metadata={"name": "given", "namespace": "there"}, opts=inside)
        k8s.core.v1.Namespace("space", opts=inside)
    """)
    auto, named = recording.of("kubernetes:core/v1:ConfigMap")
    (space,) = recording.of("kubernetes:core/v1:Namespace")
    assert auto.state["metadata"]["name"].startswith("auto-")
    assert auto.id == f"default/{auto.state['metadata']['name']}"
    assert "metadata" not in auto.inputs
    assert named.id == "there/given"
    assert "namespace" not in space.state["metadata"]


def test_cloud_resources_get_the_outputs_that_others_build_on(project: Project) -> None:
    recording = project.record(
        """
        cluster = gcp.container.Cluster("c", location="us-east5", opts=outside)
        account = gcp.serviceaccount.Account("a", account_id="nodes", opts=outside)
        number = gcp.organizations.get_project_output(opts=pulumi.InvokeOutputOptions(provider=cloud)).number
        pulumi.export("endpoint", cluster.endpoint)
        pulumi.export("certificate", cluster.master_auth.cluster_ca_certificate)
        pulumi.export("email", account.email)
        pulumi.export("link", cluster.self_link)
        pulumi.export("number", number)
    """,
        config="gcp:project: demo",
    )
    assert recording.outputs["endpoint"] == "203.0.113.10"
    assert recording.outputs["certificate"]
    assert recording.outputs["email"] == "nodes@demo.iam.gserviceaccount.com"
    assert "/projects/demo/locations/us-east5/clusters/c-" in recording.outputs["link"]
    assert recording.outputs["number"].isdigit()


def test_the_findings_of_the_program_are_kept(project: Project) -> None:
    recording = project.record("""
        from types import SimpleNamespace
        from slipway.checks import Finding
        from slipway.checks.judged import Judged
        findings = [Finding("a.odd", "a.b", "is odd", "make it even", "warning")]
        loaded = SimpleNamespace(findings=findings, judged=Judged())
    """)
    assert [str(finding) for finding in recording.findings] == ["warning: a.b: is odd; make it even"]


def test_two_recordings_of_one_program_are_equal(project: Project) -> None:
    stack_file = project.write(OPTIONS)
    program = project.folder / "__main__.py"
    assert record(stack_file, program) == record(stack_file, program)


def test_one_recording_leaves_nothing_to_the_next(project: Project) -> None:
    project.record("pulumi.export('one', pulumi.Config().require('only'))", config="slipway:only: here")
    recording = project.record("pulumi.export('two', pulumi.Config().get('only', 'unset'))", stack="other")
    assert recording.stack == "other"
    assert recording.outputs == {"two": "unset"}
    assert [resource.urn.split("::")[0] for resource in recording.resources] == ["urn:pulumi:other"] * 2


def test_a_failed_recording_leaves_nothing_to_the_next(project: Project) -> None:
    assert project.problems("pulumi.export('one', 1)\nraise ValueError('no')")
    assert project.record("pulumi.export('two', 2)").outputs == {"two": 2}


def test_the_process_stays_as_it_was(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG", '{"slipway:key": "leak"}')
    monkeypatch.setenv("GOOGLE_PROJECT", "leak")
    before = dict(os.environ), list(sys.path), pulumi.get_stack()
    recording = project.record("""
        gcp.Provider("bare")
        pulumi.export("key", pulumi.Config().get("key", "unset"))
    """)
    assert (dict(os.environ), list(sys.path), pulumi.get_stack()) == before
    assert "leak" not in repr(recording)


def test_dependencies_and_parents_come_first(recording: Recording) -> None:
    seen: set[str | None] = {None}
    for resource in recording.resources:
        needed = {*resource.dependencies, resource.parent, resource.provider_urn}
        assert needed <= seen, resource.urn
        seen.add(resource.urn)


def test_every_stack_is_recorded_alike_twice(recordings: dict[str, Recording]) -> None:
    stacks = Path(__file__).parents[2] / "stacks"
    name, recording = next(iter(recordings.items()))
    again = record(stacks / f"Pulumi.{name}.yaml")
    assert again.resources == recording.resources
    assert replace(again, resources=()) == replace(recording, resources=())
