"""A release that an update changes reaches what runs of it: the real operator with its Prometheus, and the adapter."""

import base64
import gzip
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from offline import PROGRAM, Recording, stack_config
from offline.stack_config import stack_name
from rehearsal import stack
from rehearsal.client import ApiError
from rehearsal.metrics.operated_config import CONFIG_KEY
from rehearsal.story.setting import Setting, setting
from rehearsal.updates.deployment import Updates
from rehearsal.updates.source import Source
from slipway.project import PROJECT_FILE
from tests.rehearsal.objects import condition, eventually
from tests.stack_paths import STACK_FILES
from tests.stacks.lookup import release

pytestmark = pytest.mark.engine

NAME, SPEED = "eks-nim", 120
LABEL = {"chart": "upgraded"}
METRIC = "pods/upgraded"


def upgraded(file: Path, recording: Recording, folder: Path) -> Path:
    """Return the stack file with a label for Prometheus, and with a further rule of the adapter."""
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    spec = {"prometheus": {"prometheusSpec": {"externalLabels": LABEL}}}
    [own] = release(recording, "prometheus-adapter").inputs["values"]["rules"]["custom"]
    rules = {"custom": [own, {**own, "name": {**own["name"], "as": METRIC.rpartition("/")[2]}}]}
    values = {"kubePrometheusStack": spec, "prometheusAdapter": {"rules": rules}}
    content["config"]["slipway:stack"]["values"] = values
    path = folder / file.name
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def configured(stage: Setting) -> bool:
    """Whether the operator has written the label for its Prometheus."""
    secrets = [each for each in stage.mirrors["Secret"].objects if CONFIG_KEY in each.get("data", {})]
    texts = [gzip.decompress(base64.b64decode(each["data"][CONFIG_KEY])).decode() for each in secrets]
    return any(LABEL.items() <= yaml.safe_load(text)["global"].get("external_labels", {}).items() for text in texts)


def served(stage: Setting) -> bool:
    """Whether the adapter has a metric for the further rule; one that starts knows nobody at first."""
    try:
        found = stage.plane.client.request("GET", "/apis/custom.metrics.k8s.io/v1beta1")["resources"]
    except ApiError:
        return False
    return METRIC in {each["name"] for each in found}


def is_active(stage: Setting) -> bool:
    [server] = stage.stack.servers
    return condition({"status": stage.autoscaler(server)}, "ScalingActive").get("status") == "True"


def test_operator_and_adapter_take_the_new_values_and_the_autoscaler_keeps_its_signal(
    recordings: Mapping[str, Recording], binaries: Mapping[str, Path], tmp_path: Path
) -> None:
    [file] = [path for path in STACK_FILES if stack_name(path) == NAME]
    played, source = stack.read(recordings[NAME]), Source.of(file, recordings[NAME])
    with setting(played, speed=SPEED, binaries=binaries, source=source) as stage:
        assert isinstance(stage.deployment, Updates)
        assert [verdict.text for verdict in stage.deployment.up() if not verdict.ok] == []
        eventually(lambda: is_active(stage), 120)
        assert not configured(stage)
        assert not served(stage)
        config = stack_config.read(
            upgraded(file, recordings[NAME], tmp_path), PROGRAM.parent / PROJECT_FILE, assume_secrets=True
        )
        update = stage.deployment.become(config)
        assert not update.failed, update.errors
        changed = {step.name: step.operation for step in update.steps}
        assert changed == dict.fromkeys([f"Release {NAME}-monitoring", f"Release {NAME}-prometheus-adapter"], "update")
        eventually(lambda: configured(stage), 60)
        eventually(lambda: served(stage), 60)
        eventually(lambda: is_active(stage), 60)
        assert [verdict.text for verdict in stage.deployment.down() if not verdict.ok] == []
