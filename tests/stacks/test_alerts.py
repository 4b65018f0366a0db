"""Alerts reach somebody where a stack file says whom, and nothing shows where."""

from typing import Any, cast

import pytest
import yaml

import stacks
from slipway.checks import errors
from tests.stacks.conftest import STACKS
from tests.stacks.edits import Deploy, Edit, Refuse, Stack
from tests.stacks.lookup import release

ADDRESS = {"slipway:alertAddress": {"secure": "AAABAFakeAddressCiphertext=="}}
SECRET = "kubernetes:core/v1:Secret"


def told(to: str) -> Edit:
    def edit(stack: Stack) -> None:
        stack["monitoring"] = {"alerts": to}

    return edit


@pytest.mark.parametrize(
    ("to", "key", "file"),
    [
        ("slack", "slack_configs", "api_url_file"),
        ("pagerduty", "pagerduty_configs", "routing_key_file"),
        ("webhook", "webhook_configs", "url_file"),
    ],
)
def test_alertmanager_reads_the_address_from_a_secret_that_is_there_first(
    to: str, key: str, file: str, deployed: Deploy
) -> None:
    recording = deployed(told(to), stack="eks-nim", config=ADDRESS)
    installed = release(recording, "kube-prometheus-stack")
    values = installed.inputs["values"]["alertmanager"]
    [secret] = [each for each in recording.of(SECRET) if each.inputs["metadata"]["name"] == "alert-address"]

    [receiver] = [each for each in values["config"]["receivers"] if key in each]
    assert values["enabled"]
    assert values["config"]["route"]["receiver"] == receiver["name"]
    assert receiver[key][0][file] == "/etc/alertmanager/secrets/alert-address/address"
    assert values["alertmanagerSpec"]["secrets"] == ["alert-address"]
    assert secret.inputs["metadata"]["namespace"] == installed.inputs["namespace"]
    assert [*secret.inputs["stringData"]] == ["address"]
    assert "stringData" in str(secret.secrets)
    assert secret.urn in installed.dependencies


def test_prometheus_is_not_blamed_for_an_alertmanager_that_nobody_asked_for(deployed: Deploy) -> None:
    alone = release(deployed(stack="eks-nim"), "kube-prometheus-stack").inputs["values"]
    asked = release(deployed(told("slack"), stack="eks-nim", config=ADDRESS), "kube-prometheus-stack").inputs["values"]

    assert alone["alertmanager"] == {"enabled": False}
    assert alone["defaultRules"]["disabled"] == {"PrometheusNotConnectedToAlertmanagers": True}
    assert "defaultRules" not in asked


def test_alerts_without_an_address_are_refused(refused: Refuse) -> None:
    finding = refused(told("pagerduty"), stack="eks-nim")["slipway:alertAddress"]
    assert finding.code == "keys.alert-address"
    assert "pulumi config set --secret slipway:alertAddress" in finding.remedy
    assert "integration key" in finding.remedy


@pytest.mark.parametrize(
    ("address", "receivers"),
    [
        ("https://hooks.slack.com/services/T0/B0/x", {"slack", "webhook"}),
        ("https://alerts.example.com/slipway?token=x", {"webhook"}),
        ("http://alerts.ops.svc:8080/", set[str]()),
        ("0123456789abcdef0123456789abcdef", {"pagerduty"}),
        ("[secret slipway:alertAddress]", {"slack", "pagerduty", "webhook"}),
        ("", set[str]()),
    ],
)
def test_an_address_tells_by_its_form_who_answers_there(address: str, receivers: set[str]) -> None:
    assert {*stacks.alert_receivers(address)} == receivers


def test_the_address_of_another_receiver_is_refused() -> None:
    stack = yaml.safe_load((STACKS / "Pulumi.eks-nim.yaml").read_text())["config"]["slipway:stack"]
    told("slack")(stack)
    given = cast("Any", "given")
    surroundings = stacks.Surroundings(alert_address=given, alert_receivers=("webhook",), ngc_api_key=given)
    with pytest.raises(stacks.Refused) as caught:
        stacks.load(stack, surroundings)
    [finding] = errors(caught.value.findings)
    assert finding.code == "keys.alert-address-form"
    assert "hooks.slack.com/services" in finding.remedy


def test_a_server_on_an_existing_cluster_with_its_own_metrics_has_no_alertmanager_of_slipways(refused: Refuse) -> None:
    finding = refused(told("slack"), stack="existing-tpu", config=ADDRESS)["monitoring.alerts"]
    assert finding.code == "cluster.alerts"


CHANNEL = "projects/my-project/notificationChannels/1234567890"
POLICY = "gcp:monitoring/alertPolicy:AlertPolicy"


def channel(name: str) -> Edit:
    def edit(stack: Stack) -> None:
        stack["alertChannels"] = [name]

    return edit


def test_on_google_cloud_each_alert_is_a_policy_that_tells_the_channels(deployed: Deploy) -> None:
    recording = deployed(channel(CHANNEL))
    policies = {each.name: each.inputs for each in recording.of(POLICY)}
    [server] = recording.judged.servers
    assert {name.rpartition("-")[2] for name in policies} >= {"ScalingNotActive", "SignalAbsent", "KvCacheNearlyFull"}
    [cluster] = recording.of("gcp:container/cluster:Cluster")
    for policy in policies.values():
        [condition] = policy["conditions"]
        told = condition["conditionPrometheusQueryLanguage"]
        assert policy["notificationChannels"] == [CHANNEL]
        assert policy["severity"] in ("CRITICAL", "WARNING")
        assert int(told["duration"].removesuffix("s")) % 60 == 0
        assert told["query"].count(f'cluster="{cluster.state["name"]}"') == told["query"].count('namespace="')
        assert told["labels"]["server"] == server
        assert "{{" not in policy["documentation"]["content"]


def test_managed_prometheus_collects_the_state_that_alerts_ask_for_and_none_without_them(deployed: Deploy) -> None:
    def components(*edits: Edit) -> list[str]:
        [cluster] = deployed(*edits).of("gcp:container/cluster:Cluster")
        return cluster.inputs["monitoringConfig"]["enableComponents"]

    assert components() == ["SYSTEM_COMPONENTS"]
    assert components(channel(CHANNEL)) == ["SYSTEM_COMPONENTS", "DEPLOYMENT", "HPA", "POD"]


def test_a_channel_of_another_project_is_refused(refused: Refuse) -> None:
    finding = refused(channel("projects/other-project/notificationChannels/1"))["alertChannels"]
    assert "other-project" in finding.message
    assert refused(channel("1234567890"))["alertChannels.0"]
