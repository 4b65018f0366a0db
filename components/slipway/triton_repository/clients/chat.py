"""A chat model on a server, whatever runs it: prompts in, texts out."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from .server import RefusedError, Server, tensor

QUESTIONS = ("Onde fica o Uruguai?", "Quem é George Washington?", "Quem é Lionel Messi?")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How an engine's model calls what goes in and out.

    vLLM's may repeat the prompt before its answer, which is taken away.

    Attributes:
        engine: the engine's name.
        has_limit: whether a request says how many tokens its answer has at most; otherwise the repository does.
    """

    engine: str
    prompt: str
    answer: str
    has_limit: bool


DIALECTS = (
    Dialect("HF", "prompt", "generated_text", has_limit=False),
    Dialect("vLLM", "text_input", "text_output", has_limit=True),
)


@dataclass(frozen=True, slots=True)
class Chat:
    """A model that answers prompts.

    Attributes:
        decoupled: whether it may answer in pieces; it takes no batch then.
        instances: how many copies of it there are; a decoupled model hands requests to one engine.
        max_tokens: most tokens of an answer, where a request says so.
    """

    server: Server
    name: str
    dialect: Dialect
    decoupled: bool
    instances: int
    max_tokens: int

    def by_infer(self, prompts: Sequence[str]) -> list[str]:
        """Return the answers to a batch, by one request over HTTP; a decoupled model refuses it."""
        rows = [[prompt] for prompt in prompts]
        return [str(text) for text in self.server.infer(self.name, [tensor(self.dialect.prompt, "BYTES", rows)])]

    def by_generate(self, prompt: str) -> str:
        """Return the answer to a prompt, by `generate`."""
        body = {name: text for name, (text,) in self._inputs([prompt]).items()}
        answer = str(self.server.post(f"/v2/models/{self.name}/generate", body)[self.dialect.answer])
        return answer.removeprefix(prompt)

    def by_grpc(self, prompts: Sequence[str]) -> list[str]:
        """Return the answers to a batch, by gRPC; it needs the package tritonclient[grpc]."""
        from .by_grpc import ask_by_grpc

        output = self.dialect.answer
        if not self.decoupled:
            return ask_by_grpc(self.server, self.name, self._inputs(prompts), output, stream=False)
        streams = (ask_by_grpc(self.server, self.name, self._inputs([each]), output, stream=True) for each in prompts)
        return [answer.removeprefix(prompt) for prompt, (answer,) in zip(prompts, streams, strict=True)]

    def answers(self, prompts: Sequence[str]) -> list[str]:
        """Return the answers to prompts that belong in one batch: one request if the model takes batches, or else as
        many at once, of which its engine makes a batch."""
        if not self.decoupled:
            return self.by_infer(prompts)
        with ThreadPoolExecutor(len(prompts)) as pool:
            return list(pool.map(self.by_generate, prompts))

    def _inputs(self, prompts: Sequence[str]) -> dict[str, Sequence[str]]:
        if not self.dialect.has_limit:
            return {self.dialect.prompt: prompts}
        sampling = json.dumps({"max_tokens": self.max_tokens, "temperature": 0})
        return {self.dialect.prompt: prompts, "sampling_parameters": [sampling] * len(prompts)}


def find(server: Server, name: str, max_tokens: int) -> Chat:
    """Return the chat model of this name.

    Raises:
        RefusedError: there is no such model, or it takes or gives something other than text.
    """
    config = server.get(f"/v2/models/{name}/config")
    inputs, outputs = ({tensor["name"] for tensor in config[side]} for side in ("input", "output"))
    dialect = next((each for each in DIALECTS if each.prompt in inputs and each.answer in outputs), None)
    if dialect is None:
        raise RefusedError(f"{name} takes {sorted(inputs)} and gives {sorted(outputs)}: it is no chat model")
    decoupled = bool(config.get("model_transaction_policy", {}).get("decoupled"))
    instances = 1 if decoupled else sum(group["count"] for group in config["instance_group"])
    return Chat(server, name, dialect, decoupled, instances, max_tokens)
