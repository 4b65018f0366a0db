import logging

import pulumi
import pytest

from offline import RecordingError
from tests.offline.projects import PULUMI_YAML, Project

NAMESPACE = "urn:pulumi:dev::slipway::kubernetes:core/v1:Namespace"


def test_a_urn_registered_twice_is_a_problem(project: Project) -> None:
    (problem,) = project.problems("""
        k8s.core.v1.Namespace("same", opts=inside)
        k8s.core.v1.Namespace("same", opts=inside)
    """)
    assert problem == f"{NAMESPACE}::same is registered twice; give one of the two another name"


@pytest.mark.parametrize("call", ["get_folder", "get_folder_output"])
def test_a_lookup_that_nothing_answers_is_a_problem(project: Project, call: str) -> None:
    options = "InvokeOutputOptions" if call.endswith("output") else "InvokeOptions"
    (problem,) = project.problems(f"gcp.organizations.{call}(folder='one', opts=pulumi.{options}(provider=cloud))")
    assert "calls gcp:organizations/getFolder:getFolder, which has no answer" in problem


def test_reading_what_exists_is_a_problem(project: Project) -> None:
    (problem,) = project.problems("k8s.core.v1.Service.get('found', 'default/found', opts=inside)")
    assert "reads the existing kubernetes:core/v1:Service 'default/found' as 'found'" in problem


def test_an_output_in_a_string_is_a_problem_with_its_line(project: Project) -> None:
    (problem,) = project.problems("""
        namespace = k8s.core.v1.Namespace("one", opts=inside)
        pulumi.export("broken", f"name: {namespace.metadata.name}")
    """)
    assert "__main__.py:" in problem
    assert "Calling __str__ on an Output[T] is not supported" in problem


def test_an_exception_in_an_apply_is_a_problem(project: Project) -> None:
    (problem,) = project.problems("""
        namespace = k8s.core.v1.Namespace("one", opts=inside)
        namespace.metadata.apply(lambda metadata: metadata["nothing"]["here"])
    """)
    assert "__main__.py:" in problem


def test_an_exception_of_the_program_names_file_and_line(project: Project) -> None:
    (problem,) = project.problems("raise ValueError('no such thing')")
    line = len((project.folder / "__main__.py").read_text().splitlines())
    assert problem == f"__main__.py:{line}: ValueError: no such thing"


def test_an_error_that_the_program_logs_is_a_problem(project: Project) -> None:
    assert project.problems("pulumi.log.error('it went wrong')") == ("it went wrong",)


def test_what_the_program_refuses_comes_out_as_it_is(project: Project) -> None:
    with pytest.raises(pulumi.RunError, match="not like this"):
        project.record("raise pulumi.RunError('not like this')")


def test_nothing_is_logged(project: Project, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert project.problems("raise ValueError('no')")
    assert caplog.records == []


def test_a_secret_in_plain_text_is_a_problem(project: Project) -> None:
    problems = project.problems(
        """
        token = pulumi.Config().require("token")
        k8s.core.v1.ConfigMap("leak", data={"url": f"https://{token}@host"}, opts=inside)
        pulumi.export("token", token)
        """,
        config='slipway:token: {secure: "v1:abc"}',
    )
    assert len(problems) == 2
    assert "ConfigMap::leak: data.url: the secret slipway:token arrives in plain text" in problems[0]
    assert problems[1].startswith("output token: the secret slipway:token")


def test_a_resource_without_a_provider_is_a_problem_where_the_default_one_is_disabled(project: Project) -> None:
    program = "k8s.core.v1.Namespace('bare')"
    (problem,) = project.problems(program)
    assert "has no provider, and the default one of 'kubernetes' is disabled" in problem
    permissive = PULUMI_YAML.replace("[kubernetes, gcp]", "[gcp]")
    assert len(project.record(program, pulumi_yaml=permissive).resources) == 3


def test_every_problem_is_reported_at_once(project: Project) -> None:
    problems = project.problems("""
        k8s.core.v1.Namespace("bare")
        k8s.core.v1.ConfigMap("number", data={"key": 1}, opts=inside)
        k8s.core.v1.ConfigMap("twice", opts=inside)
        k8s.core.v1.ConfigMap("twice", opts=inside)
    """)
    assert [problem.split("::")[-1].split(";")[0] for problem in problems] == [
        "twice is registered twice",
        "bare: has no provider, and the default one of 'kubernetes' is disabled",
        'number: data.key: 1 is not of types "null", "string"',
    ]


def test_a_recording_error_lists_its_problems_one_a_line() -> None:
    assert str(RecordingError(["one", "two"])) == "one\ntwo"
