"""Text from a model that gives the scores of the next token: the client chooses token after token.

With a tokenizer on the server one request gives the token after the prompt; what follows needs one on the client.
"""

from typing import Any

from .server import Server, tensor


def next_token(server: Server, model: str, prompt: str) -> int:
    """Return the most probable token after a prompt that the server tokenizes."""
    return _best(server.infer(model, [tensor("prompt", "BYTES", [[prompt]])]))


def complete(server: Server, model: str, tokenizer: Any, prompt: str, max_tokens: int) -> str:
    """Return the most probable text after a prompt that is tokenized here: one request a token.

    Args:
        tokenizer: of the package transformers.
    """
    given: list[int] = [*tokenizer(prompt)["input_ids"]]
    chosen: list[int] = []
    while len(chosen) < max_tokens and (not chosen or chosen[-1] != tokenizer.eos_token_id):
        tokens = given + chosen
        inputs = [tensor("input_ids", "INT64", [tokens]), tensor("attention_mask", "INT64", [[1] * len(tokens)])]
        chosen.append(_best(server.infer(model, inputs)))
    return str(tokenizer.decode(chosen, skip_special_tokens=True))


def _best(scores: list[float]) -> int:
    return max(range(len(scores)), key=scores.__getitem__)
