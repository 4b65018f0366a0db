# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
"""A real tritonserver on a CUDA device with the stack's own Llama 2 models, whose weights are random.

PyTorch, transformers and bitsandbytes are no dependencies of this repository; see `bench.measure_triton_llama2`.
"""

import contextlib
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, Literal

import bitsandbytes
import torch
import transformers
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from transformers import PreTrainedTokenizerFast

from bench.random_network import build
from rehearsal.triton.server import Ports, command, remove_leftovers
from rehearsal.triton.wheel import Wheel, lay_out_backends
from rehearsal.triton.wheel import find as find_wheel
from slipway.catalog.models import model
from slipway.serving.settings import LoadClients
from slipway.serving.triton.llama2 import llama2
from slipway.serving.triton.settings import Llama2
from slipway.triton_repository import Model, Repository, write
from slipway.triton_repository.clients.server import Server

NAME = "meta-llama/Llama-2-7b-chat-hf"
BITS: dict[int, Literal["python", "python-8-bit"]] = {8: "python-8-bit", 16: "python"}
"""The stack's variants."""
MAX_LENGTH = 70
"""Tokens of prompt and answer; half of them are the answer's, about as many as the article's batches of one have."""
START_SECONDS = 300
LOG_CHARACTERS = 6000
ADDRESS = "127.0.0.1"
PORTS = Ports(http=8000, grpc=8001, metrics=8002)
REGION = f"measure_{os.getpid()}"


def write_checkpoint(weights: Path) -> None:
    """Write a checkpoint of the model's shape in 16 bits, and a tokenizer with a word for each token."""
    shape = model(NAME)
    network = build(shape, "llama", fp8=False).half()
    network.generation_config.eos_token_id = network.config.eos_token_id = None
    folder = weights / "checkpoints" / NAME
    network.save_pretrained(folder)
    words = {"<unk>": 0, "<s>": 1, "</s>": 2} | {f"w{number}": number for number in range(3, shape.vocabulary)}
    tokenizer = Tokenizer(WordLevel(words, unk_token="<unk>"))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    special = {"unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>"}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special).save_pretrained(folder)
    del network
    torch.cuda.empty_cache()


def chat_model(name: str, weights: Path, bits: int, instances: int, *, batching: bool) -> Model:
    """Return the stack's model by another name, so many times, and with or without the dynamic batcher."""
    told = Llama2(source="llama-2", variant=BITS[bits], model=NAME, max_model_len=MAX_LENGTH)
    (made,) = llama2(told, str(weights), 1, LoadClients()).repository.models
    (group,) = made.config.instance_group
    changed: dict[str, Any] = {
        "name": name,
        "instance_group": (group.model_copy(update={"count": instances}),),
    }
    if not batching:
        changed["dynamic_batching"] = None
    return made.model_copy(update={"config": made.config.model_copy(update=changed)})


def packages(wheel: Wheel) -> Iterator[Path]:
    """Yield what models import, from wherever this Python has it: the server's stub finds only what lies beside it."""
    seen = {"numpy", "numpy.libs", "__pycache__"}
    for module in (bitsandbytes, torch, transformers):
        assert module.__file__
        for path in sorted(Path(module.__file__).parents[1].iterdir()):
            if path.name not in seen and not path.name.startswith(("numpy-", "pytriton", wheel.server.parent.name)):
                seen.add(path.name)
                yield path


@contextlib.contextmanager
def serving(folder: Path, repository: Repository) -> Generator[Server]:
    """Run the server with all models, and stop it."""
    wheel = find_wheel()
    for name in ("backends", "repository"):
        (folder / name).mkdir()
    write(repository, folder / "repository")
    started = command(
        wheel,
        backends=lay_out_backends(wheel, folder / "backends", packages(wheel)),
        repository=folder / "repository",
        address=ADDRESS,
        ports=PORTS,
        region=REGION,
        options=("--exit-timeout-secs=5",),
    )
    libraries = f"{wheel.environment['LD_LIBRARY_PATH']}:{os.environ.get('LD_LIBRARY_PATH', '')}"
    log = folder / "tritonserver.log"
    with log.open("wb") as out:
        environment = os.environ | {"LD_LIBRARY_PATH": libraries}
        child = subprocess.Popen(started, stdout=out, stderr=out, env=environment)
    server = Server(f"http://{ADDRESS}:{PORTS.http}")
    try:
        until = time.monotonic() + START_SECONDS
        while not _is_ready(server):
            if child.poll() is not None or time.monotonic() > until:
                sys.exit(f"the server is not ready:\n{log.read_text(errors='replace')[-LOG_CHARACTERS:]}")
            time.sleep(1)
        yield server
    finally:
        child.terminate()
        child.wait()
        remove_leftovers(REGION)


def _is_ready(server: Server) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(f"{server.url}/v2/health/ready") as answer:
        return answer.status == 200
    return False
