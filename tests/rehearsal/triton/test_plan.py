"""What a server on this machine takes from a pod."""

from rehearsal.client import Json
from rehearsal.triton.pace import MEASURED_MODEL, step_seconds
from rehearsal.triton.plan import plan
from slipway.catalog.machines.chips import A10G
from slipway.catalog.models import model
from tests.rehearsal.triton.conftest import Recorded


def with_command(pod: Json, *options: str) -> Json:
    [container] = pod["containers"]
    return {**pod, "containers": [{**container, "command": [*container["command"], *options]}]}


def test_the_pods_options_are_kept_but_for_its_repository_and_its_time_to_stop(recorded: Recorded) -> None:
    pod = with_command(recorded.pod, "--rate-limit=execution_count", "--log-verbose=1")
    assert any(each.startswith("--exit-timeout-secs=") for each in pod["containers"][0]["command"])
    found = plan(pod, recorded.around, recorded.config_maps)
    assert found.options == ["--rate-limit=execution_count", "--log-verbose=1"]


def test_a_batch_takes_as_long_as_on_the_gpu_that_the_pod_gets(recorded: Recorded) -> None:
    served, chip = model(MEASURED_MODEL), A10G
    assert recorded.plan.step_seconds == step_seconds(served, chip, instances=2, largest_batch=8)
    assert (recorded.plan.gpus, recorded.plan.health_path) == (1, "/v2/health/ready")


def test_a_pod_that_downloads_nothing_itself_takes_as_long(recorded: Recorded) -> None:
    assembles = [each for each in recorded.pod["initContainers"] if each["name"] == "repository"]
    pod = {**recorded.pod, "initContainers": assembles}
    assert plan(pod, recorded.around, recorded.config_maps) == recorded.plan
