import pytest

from offline import Recording
from offline.kubernetes_schemas import KUBERNETES_MINOR
from tests.offline.projects import Project

CLUSTER = 'gcp.container.Cluster("c", location="us-east5", {}, opts=outside)'

DEPLOYMENT = """
k8s.apps.v1.Deployment(
    "d",
    spec={{
        "selector": {{"match_labels": {{"app": "d"}}}},
        "template": {{
            "metadata": {{"labels": {{"app": "d"}}}},
            "spec": {{"containers": [{{"name": "c", "image": "i", {container}}}], {pod}}},
        }},
        {spec}
    }},
    opts=inside,
)
"""

PRODUCT = "from tests.offline.product_sdk import Thing\n"


def thing(project: Project, inputs: str) -> list[str]:
    """Return what is wrong with the inputs of a resource whose SDK has every kind of annotation, without its URN."""
    problems = project.problems(f"{PRODUCT}Thing('t', {inputs})")
    return [problem.removeprefix("urn:pulumi:dev::slipway::test:index:Thing::t: ") for problem in problems]


def cluster(project: Project, inputs: str) -> list[str]:
    problems = project.problems(CLUSTER.format(inputs))
    return [problem.split("Cluster::c: ")[1] for problem in problems]


def deployment(project: Project, container: str = "", pod: str = "", spec: str = "") -> list[str]:
    problems = project.problems(DEPLOYMENT.format(container=container, pod=pod, spec=spec))
    return [problem.split("Deployment::d: ")[1] for problem in problems]


def test_an_unknown_key_deep_in_a_cloud_resource_has_its_path_and_the_likely_name(project: Project) -> None:
    found = cluster(project, 'private_cluster_config={"enable_private_node": True}')
    assert found == [
        "privateClusterConfig.enable_private_node: there is no such input; did you mean 'enablePrivateNodes'?"
    ]


def test_a_missing_key_of_a_nested_cloud_input_is_found(project: Project) -> None:
    assert cluster(project, "database_encryption={}") == ["databaseEncryption.state: is required"]


def test_a_list_of_the_wrong_items_has_the_index_in_its_path(project: Project) -> None:
    (found,) = cluster(project, 'node_config={"oauth_scopes": ["a", 1]}')
    assert found == "nodeConfig.oauthScopes[1]: got 1, wanted a string"


def test_a_scalar_of_the_wrong_type_is_found(project: Project) -> None:
    assert cluster(project, 'initial_node_count="1"') == ["initialNodeCount: got '1', wanted a whole number"]
    assert cluster(project, "enable_autopilot=1") == ["enableAutopilot: got 1, wanted true or false"]
    assert cluster(project, "initial_node_count=1.5") == ["initialNodeCount: got 1.5, wanted a whole number"]


def test_a_scalar_in_place_of_a_map_is_found(project: Project) -> None:
    (found,) = cluster(project, "node_config='e2-medium'")
    assert found == "nodeConfig: got 'e2-medium', wanted a map of ClusterNodeConfigArgs"


def test_right_inputs_of_a_cloud_resource_pass(project: Project) -> None:
    program = CLUSTER.format('initial_node_count=1, node_config={"oauth_scopes": ["a"], "labels": {"a.b/c": "d"}}')
    assert len(project.record(program).resources) == 3


def test_the_encoded_inputs_of_a_provider_are_checked_as_what_they_mean(project: Project) -> None:
    program = 'k8s.Provider("p", enable_server_side_apply=True, kube_client_settings={{"{}": 5}})'
    assert len(project.record(program.format("burst")).resources) == 3
    (problem,) = project.problems(program.format("brust"))
    assert "kubeClientSettings.brust: there is no such input; did you mean 'burst'?" in problem


def test_a_value_outside_an_enumeration_is_found_with_the_allowed_ones(project: Project) -> None:
    assert thing(project, "size='medium'") == ["size: got 'medium', allowed are 'small', 'large'"]
    assert thing(project, "mode='maybe'") == ["mode: got 'maybe', allowed are 'on', 'off'"]


def test_every_wrong_item_is_found(project: Project) -> None:
    assert thing(project, "parts=[{'weight': 1}, {'label': 'x'}, {'weight': 'heavy'}]") == [
        "parts[1].weight: is required",
        "parts[2].weight: got 'heavy', wanted a number",
    ]


def test_a_value_of_a_map_is_checked_under_its_quoted_key(project: Project) -> None:
    assert thing(project, "tags={'a.b': 1}") == ['tags["a.b"]: got 1, wanted a string']


def test_a_union_takes_any_of_its_types_and_no_other(project: Project) -> None:
    for right in ("either=1", "either=[1, 2]"):
        assert project.record(f"{PRODUCT}Thing('t', {right})")
    (found,) = thing(project, "either='one'")
    assert found.startswith("either: got 'one', which is none of a whole number")


def test_a_secret_passes_as_any_type(project: Project) -> None:
    assert project.record(f"{PRODUCT}Thing('t', size=pulumi.Output.secret('small'), either=pulumi.Output.secret(1))")


def test_a_type_that_no_sdk_registers_is_a_problem(project: Project) -> None:
    (problem,) = project.problems("pulumi.CustomResource('test:index:Unknown', 'u', {}, outside)")
    assert "no loaded SDK registers" in problem


def test_an_unknown_key_deep_in_a_pod_has_its_path_and_the_likely_name(project: Project) -> None:
    assert deployment(project, container='"ports": [{"container_port": 80, "nmae": "http"}]') == [
        "spec.template.spec.containers[0].ports[0].nmae: there is no such input; did you mean 'name'?"
    ]


def test_a_snake_case_key_that_the_sdk_does_not_know_is_found(project: Project) -> None:
    assert deployment(project, pod='"host_netwrok": True') == [
        "spec.template.spec.host_netwrok: there is no such input; did you mean 'hostNetwork'?"
    ]


def test_a_closed_set_of_the_kubernetes_api_is_kept(project: Project) -> None:
    assert deployment(project, container='"image_pull_policy": "Sometimes"') == [
        "spec.template.spec.containers[0].imagePullPolicy: got 'Sometimes', "
        "allowed are 'Always', 'IfNotPresent', 'Never'"
    ]


def test_a_missing_key_of_a_kubernetes_object_is_found(project: Project) -> None:
    assert deployment(project, container='"volume_mounts": [{"name": "data"}]') == [
        "spec.template.spec.containers[0].volumeMounts[0].mountPath: is required"
    ]


def test_every_mistake_in_a_kubernetes_object_is_found(project: Project) -> None:
    found = deployment(project, container='"stdim": True', pod='"restart_policy": "Mostly"', spec='"replicas": "two",')
    assert sorted(problem.split(":")[0] for problem in found) == [
        "spec.replicas",
        "spec.template.spec.containers[0].stdim",
        "spec.template.spec.restartPolicy",
    ]


def test_a_quantity_may_be_a_number_or_a_text(project: Project) -> None:
    limits = '"resources": {"limits": {"cpu": 1, "memory": "1Gi"}}'
    assert project.record(DEPLOYMENT.format(container=limits, pod="", spec=""))


def custom(api_version: str, kind: str, spec: str, metadata: str = '{"name": "one"}') -> str:
    inputs = f'api_version="{api_version}", kind="{kind}", spec={spec}, metadata={metadata}'
    return f'k8s.apiextensions.CustomResource("one", {inputs}, opts=inside)'


MONITORING = ("monitoring.googleapis.com/v1", "PodMonitoring")
ENDPOINT = '{"port": "http", "path": "/metrics", "interval": "15s"}'
SPEC = '{"selector": {"matchLabels": {"app": "a"}}, "endpoints": [' + ENDPOINT + "]}"


def test_a_right_custom_resource_passes(project: Project) -> None:
    assert project.record(custom(*MONITORING, SPEC))


@pytest.mark.parametrize(
    ("right", "wrong", "path"),
    [
        ("matchLabels", "match_labels", "spec.selector.matchLabels"),
        ("endpoints", "endpoint", "spec.endpoints"),
        ('"15s"', '"soon"', "spec.endpoints[0].interval"),
    ],
)
def test_a_mistake_in_the_spec_of_a_custom_resource_has_its_path(
    project: Project, right: str, wrong: str, path: str
) -> None:
    problems = project.problems(custom(*MONITORING, SPEC.replace(right, wrong)))
    assert any(f"::one: {path}: " in problem for problem in problems)


def test_a_mistake_in_the_metadata_of_a_custom_resource_is_found(project: Project) -> None:
    (problem,) = project.problems(custom(*MONITORING, SPEC, '{"name": "one", "labelz": {"a": "b"}}'))
    assert "metadata.labelz: there is no such input; did you mean 'labels'?" in problem


def test_a_custom_resource_without_a_model_is_a_problem(project: Project) -> None:
    (problem,) = project.problems(custom("example.com/v1", "Unknown", "{}"))
    assert "is a Unknown of example.com/v1, which is neither in the API" in problem


def test_a_kind_in_the_wrong_group_is_a_problem(project: Project) -> None:
    (problem,) = project.problems(custom("apps.example.com/v1", "Deployment", "{}"))
    assert "is a Deployment of apps.example.com/v1" in problem


def test_no_stack_asks_for_an_older_api_than_the_schemas_describe(recording: Recording) -> None:
    def minor(version: str) -> tuple[int, int]:
        first, second = version.split(".")[:2]
        return int(first), int(second)

    asked = [cluster.inputs.get("minMasterVersion") for cluster in recording.of("gcp:container/cluster:Cluster")]
    assert all(minor(version) >= minor(KUBERNETES_MINOR) for version in asked if version)
