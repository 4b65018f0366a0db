"""What a stack gives people to look at: dashboards that Grafana loads, and rules that Prometheus reads."""

import json
from collections.abc import Mapping

import pytest

from offline import Recording, Resource
from slipway.addons.monitoring_settings import SELECTED
from tests.offline.projects import Project
from tests.stacks.lookup import one

CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
RULE = "kubernetes:monitoring.coreos.com/v1:PrometheusRule"

PROGRAM = """
from slipway.catalog.engines import TRITON
from slipway.checks.signals import Export, Workload
from slipway.addons.kube_prometheus_stack import KubePrometheusStack
from slipway.addons.monitor_definitions import MonitorDefinitions
from slipway.addons.observability import Observability
from slipway.addons.observed import ObservedServer
from slipway.addons.settings import MonitoringArgs
from slipway.serving.recording_rules import QUEUE_COMPUTE_RATIO, expressions

monitoring = KubePrometheusStack(
    "dev",
    MonitoringArgs(),
    storage_class=None,
    priority_class="dev-signals",
    definitions=MonitorDefinitions("dev", opts=inside).release,
    opts=inside,
)
export = Export(
    path="servers.gpt2",
    engine=TRITON,
    version="26.07",
    workload=Workload("Deployment", "triton", "gpt2"),
    labels={},
    ports={},
    mode="synchronous",
)
Observability(
    "dev",
    namespace=monitoring.namespace,
    servers=[ObservedServer(export=export, signal=QUEUE_COMPUTE_RATIO, target=1)],
    recorded=expressions(15),
    operator=[monitoring.release],
    opts=inside,
)
"""


@pytest.fixture
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("project"))


@pytest.fixture
def triton(project: Project) -> Recording:
    return project.record(PROGRAM)


def dashboards(recording: Recording) -> list[Resource]:
    return [one for one in recording.of(CONFIG_MAP) if "grafana_dashboard" in one.inputs["metadata"].get("labels", {})]


@pytest.mark.parametrize("stack", ["eks-nim", "existing", "eks-choices"])
def test_a_stack_has_a_dashboard_for_its_engine_and_alerts_for_each_server(
    stack: str, recordings: Mapping[str, Recording]
) -> None:
    recording = recordings[stack]
    servers = recording.outputs["endpoints"].keys()
    chosen: set[str] = set()
    for dashboard in dashboards(recording):
        metadata = dashboard.inputs["metadata"]
        assert metadata["labels"] == {"grafana_dashboard": "1"}
        assert metadata["namespace"] == "monitoring"
        [(file, text)] = dashboard.inputs["data"].items()
        document = json.loads(text)
        assert file == f"{document['uid']}.json"
        chosen |= {*document["templating"]["list"][0]["query"].split(",")}
    assert chosen == servers
    assert {rule.inputs["metadata"]["name"] for rule in recording.of(RULE)} >= {f"{name}-alerts" for name in servers}


def test_rules_have_the_label_by_which_prometheus_reads_them(
    recordings: Mapping[str, Recording], triton: Recording
) -> None:
    own = [each for each in recordings.values() if each.judged.there is None or not each.judged.there.releases]
    rules = [rule for recording in (*own, triton) for rule in recording.of(RULE)]
    assert rules
    assert all(rule.inputs["metadata"]["labels"] == SELECTED for rule in rules)


def test_what_is_recorded_is_evaluated_at_each_scrape(triton: Recording) -> None:
    [recorded] = [rule for rule in triton.of(RULE) if rule.inputs["metadata"]["name"] == "recorded"]
    [group] = recorded.inputs["spec"]["groups"]
    assert group["interval"] == "15s"
    assert "triton:queue_compute:ratio" in {rule["record"] for rule in group["rules"]}


def test_a_stack_without_triton_records_nothing(recordings: Mapping[str, Recording]) -> None:
    assert "recorded" not in {rule.inputs["metadata"]["name"] for rule in recordings["eks-nim"].of(RULE)}


def test_dashboards_and_rules_are_created_after_what_reads_them(triton: Recording) -> None:
    release = one(triton, "kubernetes:helm.sh/v3:Release", "dev-monitoring")
    for resource in (*dashboards(triton), *triton.of(RULE)):
        assert release.urn in resource.dependencies, resource.urn
