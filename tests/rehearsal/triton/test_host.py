"""Real servers with the repository of a stack's pod, at addresses that pods have."""

import json
import signal
import time

import httpx2
import psutil
import pytest

from rehearsal.client import Json
from rehearsal.engine import triton_pod
from rehearsal.engine.fleet import Shape
from rehearsal.engine.steady import steady
from rehearsal.processes import ProcessError
from rehearsal.stack import PlayedStack
from rehearsal.triton import host
from rehearsal.triton.clients import Asked, Clients
from rehearsal.triton.server import SHARED_MEMORY
from tests.rehearsal.objects import eventually
from tests.rehearsal.triton.conftest import SPEED, Recorded, Stage

ADDRESSES = ("127.76.4.2", "127.76.4.3")
START_SECONDS = 30
REQUESTS = 48
SECONDS = 4
"""Long enough for many batches, which take a fifth of a second each."""


def asked(played: PlayedStack, clients: int, *addresses: str) -> Asked:
    """Return what the stack's load clients ask, of servers at these addresses."""
    [server] = played.servers
    environment = server.clients["spec"]["template"]["spec"]["containers"][0]["env"]
    told = {each["name"]: each["value"] for each in environment}
    return Asked([f"http://{each}:8000{told['REQUEST_PATH']}" for each in addresses], told["REQUEST"], clients)


def counters(address: str) -> dict[str, float]:
    """Return the counters of the only model by their names without prefix and unit."""
    lines = httpx2.get(f"http://{address}:8002/metrics").text.splitlines()
    split = (line.rpartition(" ") for line in lines if line.startswith("nv_inference_"))
    return {name.partition("{")[0].removeprefix("nv_inference_"): float(value) for name, _, value in split}


def wait_until_ready(stage: Stage, recorded: Recorded, address: str) -> None:
    """Wait for it; raises ProcessError when a server has ended."""

    def is_ready() -> bool:
        stage.processes.check()
        return host.is_ready(address, recorded.plan)

    assert eventually(is_ready, START_SECONDS)


def left(stage: Stage) -> list[str]:
    """Return the processes and the shared memory that servers of this stage have."""
    commands: list[list[str]] = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    return [
        *(" ".join(command) for command in commands if any(stage.region in word for word in command)),
        *map(str, SHARED_MEMORY.glob(f"{stage.region}*")),
    ]


def test_a_pods_own_repository_answers_the_stacks_request_at_the_pods_own_address(
    stage: Stage, recorded: Recorded, llama: PlayedStack
) -> None:
    with stage.host.serve("one", recorded.pod, recorded.plan, recorded.config_maps, address=ADDRESSES[0]):
        wait_until_ready(stage, recorded, ADDRESSES[0])
        what = asked(llama, 1, ADDRESSES[0])
        answer = httpx2.post(what.urls[0], content=what.body, timeout=START_SECONDS)
        assert answer.json().keys() >= {"generated_text", "model_name"}, answer.text
        tokens = len(json.loads(answer.text)["generated_text"].split())
        compute = counters(ADDRESSES[0])["compute_infer_duration_us"] / 1e6
        assert compute > 0.95 * tokens * recorded.plan.step_seconds[0] / SPEED  # A busy machine makes it longer.
    assert left(stage) == []
    assert not (stage.folder / "one").exists()


def test_the_queueing_model_foretells_the_ratio_that_real_servers_measure(
    stage: Stage, recorded: Recorded, llama: PlayedStack
) -> None:
    engine = triton_pod.read(recorded.pod, recorded.around)
    assert engine is not None
    expected = steady(engine, "triton:queue_compute:ratio", REQUESTS, Shape(10, 16))
    with stage.host.serve("one", recorded.pod, recorded.plan, recorded.config_maps, address=ADDRESSES[0]):
        wait_until_ready(stage, recorded, ADDRESSES[0])
        with Clients(SPEED) as clients:
            clients.asked = {"llama": asked(llama, REQUESTS, ADDRESSES[0])}
            eventually(lambda: clients.answered("llama") > REQUESTS)
            before = counters(ADDRESSES[0])
            time.sleep(SECONDS)
            after = counters(ADDRESSES[0])
            assert clients.problem("llama") == ""
    grown = {name: after[name] - before[name] for name in after}
    ratio = grown["queue_duration_us"] / grown["compute_infer_duration_us"]
    assert ratio == pytest.approx(expected, rel=0.25)
    assert grown["count"] / grown["exec_count"] > 6
    assert left(stage) == []


def test_two_pods_have_servers_of_their_own(stage: Stage, recorded: Recorded, llama: PlayedStack) -> None:
    with (
        stage.host.serve("one", recorded.pod, recorded.plan, recorded.config_maps, address=ADDRESSES[0]),
        stage.host.serve("two", recorded.pod, recorded.plan, recorded.config_maps, address=ADDRESSES[1]),
        Clients(SPEED) as clients,
    ):
        for address in ADDRESSES:
            wait_until_ready(stage, recorded, address)
        clients.asked = {"llama": asked(llama, 16, *ADDRESSES)}
        assert eventually(lambda: all(counters(each)["count"] > 4 for each in ADDRESSES))


def test_nothing_is_left_of_a_server_that_was_killed(stage: Stage, recorded: Recorded) -> None:
    with stage.host.serve("one", recorded.pod, recorded.plan, recorded.config_maps, address=ADDRESSES[0]):
        wait_until_ready(stage, recorded, ADDRESSES[0])
        server = psutil.Process(stage.processes.pids["one"])
        assert len(server.children()) == 2
        server.send_signal(signal.SIGKILL)
        assert left(stage)
    assert eventually(lambda: left(stage) == [])


def test_a_model_that_does_not_load_ends_the_server_and_its_log_says_why(stage: Stage, recorded: Recorded) -> None:
    def without_a_parameter(config_map: Json) -> Json:
        texts = config_map.get("data", {}).items()
        changed = {key: text.replace("max_answer", "longest") if key.endswith("pbtxt") else text for key, text in texts}
        return {**config_map, "data": changed}

    maps = {name: without_a_parameter(each) for name, each in recorded.config_maps.items()}
    with stage.host.serve("one", recorded.pod, recorded.plan, maps, address=ADDRESSES[0]):
        with pytest.raises(ProcessError, match="failed to load all models"):
            wait_until_ready(stage, recorded, ADDRESSES[0])
        assert "KeyError: 'max_answer'" in stage.processes.log("one").read_text()
