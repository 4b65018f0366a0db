"""Ask a server three questions, in every way that its model can be asked.

    python3 -m clients.ask --url http://llama:8000 --grpc llama:8001 --model llamav2

Models that give scores in place of text need --tokenizer, and the package transformers.
"""

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from .chat import QUESTIONS, find
from .scores import complete, next_token
from .server import RefusedError, Server


def ask(server: Server, model: str, *, max_tokens: int, tokenizer: Any = None) -> Iterator[tuple[str, str, str]]:
    """Yield way, question and answer.

    Raises:
        RefusedError: there is no such model, or it did not answer.
    """
    config = server.get(f"/v2/models/{model}/config")
    outputs = {tensor["name"] for tensor in config["output"]}
    if "output_0" in outputs:
        yield from _scored(server, model, {tensor["name"] for tensor in config["input"]}, tokenizer, max_tokens)
        return
    chat = find(server, model, max_tokens)
    if not chat.decoupled:
        for question, answer in zip(QUESTIONS, chat.by_infer(QUESTIONS), strict=True):
            yield "infer", question, answer
    for question in QUESTIONS:
        yield "generate", question, chat.by_generate(question)
    if server.grpc:
        for question, answer in zip(QUESTIONS, chat.by_grpc(QUESTIONS), strict=True):
            yield "gRPC", question, answer


def _scored(
    server: Server, model: str, inputs: set[str], tokenizer: Any, max_tokens: int
) -> Iterator[tuple[str, str, str]]:
    for question in QUESTIONS:
        if "prompt" in inputs:
            token = next_token(server, model, question)
            yield "infer", question, str(tokenizer.decode([token])) if tokenizer else f"token {token}"
        elif tokenizer is None:
            raise RefusedError(f"{model} takes tokens: say by --tokenizer what makes them")
        else:
            yield "infer", question, complete(server, model, tokenizer, question, max_tokens)


def load_tokenizer(name: str) -> Any:
    """Return a tokenizer of Hugging Face, by its name there or its directory here."""
    from transformers import AutoTokenizer  # pyright: ignore  # The package is in NVIDIA's image of the client SDK.

    return AutoTokenizer.from_pretrained(name)  # pyright: ignore


def main() -> None:
    """Print the answers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://localhost:8000", help="of the server's HTTP endpoint")
    parser.add_argument("--grpc", default="", help="address of its gRPC endpoint; gRPC is left out without one")
    parser.add_argument("--model", default="llamav2", help="name of the model")
    parser.add_argument("--max-tokens", type=int, default=200, help="most tokens of an answer, where a request says so")
    parser.add_argument("--tokenizer", help="name or directory of a tokenizer")
    told = parser.parse_args()
    tokenizer = load_tokenizer(told.tokenizer) if told.tokenizer else None
    try:
        for way, question, answer in ask(
            Server(told.url.rstrip("/"), told.grpc), told.model, max_tokens=told.max_tokens, tokenizer=tokenizer
        ):
            sys.stdout.write(f"{way}: {question}\n    {answer.strip()}\n")
    except (RefusedError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
