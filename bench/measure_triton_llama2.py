"""Measure Llama 2 7B chat with random weights on a real tritonserver and a CUDA device, as the article measured it.

    python -m bench.measure_triton_llama2 /tmp/llama2

Needs 16 GB of disk in that folder, 80 GB of the device, the wheel nvidia-pytriton with numpy 1, PyTorch, transformers
and bitsandbytes. Nothing is downloaded. Repository, model code, server and client are those of the stack
`eks-triton-llama2`; the checkpoint has Llama 2 7B's shape, and its tokenizer makes a token of every word. No answer
ends before its limit, so each has about as many tokens as the article's.
"""
# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bitsandbytes
import torch
import transformers

from bench.triton_llama2 import NAME, chat_model, serving, write_checkpoint
from slipway.triton_repository import Repository
from slipway.triton_repository.clients.ask import load_tokenizer
from slipway.triton_repository.clients.benchmark import BATCHES, measure, tables
from slipway.triton_repository.clients.chat import QUESTIONS, Chat, find

RUNS = 4
CLIENTS = (8, 16)
ROUNDS = 4
"""Questions that each client asks, one after the other, while the dynamic batcher is measured."""


def models(weights: Path) -> Repository:
    """Return every model that is measured; those of which instances are compared do not batch, as in the article."""
    alone = [
        chat_model(f"bits_{bits}_instances_{count}", weights, bits, count, batching=False)
        for bits in (8, 16)
        for count in (1, 2)
    ]
    batched = [chat_model(f"bits_{bits}_batching", weights, bits, 1, batching=True) for bits in (8, 16)]
    return Repository(models=(*alone, *batched))


def merged(chat: Chat, clients: int) -> tuple[float, float]:
    """Let clients ask one question after the other, and return answers a second and the mean size of a batch."""
    before = _counts(chat)
    begun = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(chat.by_generate, [QUESTIONS[0]] * clients * ROUNDS))
    seconds = time.perf_counter() - begun
    inferences, executions = (after - count for after, count in zip(_counts(chat), before, strict=True))
    return inferences / seconds, inferences / executions


def _counts(chat: Chat) -> tuple[int, int]:
    (stats,) = chat.server.get(f"/v2/models/{chat.name}/stats")["model_stats"]
    return int(stats["inference_count"]), int(stats["execution_count"])


def main(folder: Path) -> None:
    """Print versions and, for 8 and 16 bits, the article's tables and what the dynamic batcher makes of clients."""
    write_checkpoint(folder)
    tokenizer = load_tokenizer(str(folder / "checkpoints" / NAME))

    def count(text: str) -> int:
        return len(tokenizer(text, add_special_tokens=False)["input_ids"])

    query = ["nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]
    print(subprocess.run(query, capture_output=True, text=True, check=True).stdout.strip())
    python = ".".join(map(str, sys.version_info[:3]))
    packages = (torch, transformers, bitsandbytes)
    print(f"Python {python}, CUDA {torch.version.cuda}", *(f"{each.__name__} {each.__version__}" for each in packages))
    with serving(folder, models(folder)) as server:
        print(f"tritonserver {server.get('/v2')['version']}", flush=True)
        for bits in (8, 16):
            one, two, batching = (
                find(server, f"bits_{bits}_{name}", max_tokens=0) for name in ("instances_1", "instances_2", "batching")
            )
            measured = measure(one, (0, *BATCHES), RUNS, count) + measure(two, (0,), RUNS, count)
            print(f"\n{bits} bits\n", *measured, f"\n{tables(measured)}\n", sep="\n", flush=True)
            batching.by_generate(QUESTIONS[0])
            for clients in CLIENTS:
                rate, size = merged(batching, clients)
                print(f"{clients} clients, dynamic batching: {rate:.2f} answers/s, {size:.2f} in a batch", flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m bench.measure_triton_llama2 <folder>")
    main(Path(sys.argv[1]))
