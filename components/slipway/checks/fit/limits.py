"""Whether the limits of a batch are some that an engine starts with: length, requests, tokens of a step."""

from collections.abc import Iterator

from slipway.checks import Finding
from slipway.checks.fit.replica import Replica

LEAST_LENGTH = 2
"""A request has a token to read, and one to answer with."""


def limit_findings(path: str, replica: Replica) -> Iterator[Finding]:
    """Judge the limits of a replica; findings name keys below `path`."""
    yield from _length(f"{path}.maxModelLen", replica)
    if not replica.rules.copies:
        yield from _batch(f"{path}.{replica.tokens_key}", replica)


def _length(path: str, replica: Replica) -> Iterator[Finding]:
    longest, length = replica.model.max_positions, replica.max_model_len
    if length > longest:
        message = f"{length} tokens, and {replica.model.name} has {longest} positions"
        yield Finding("fit.context", path, message, f"use at most {longest}")
    if length < LEAST_LENGTH and replica.model.attention_layers:
        message = f"{length} tokens of prompt and answer together: no request leaves room for both"
        yield Finding("fit.context-too-short", path, message, f"write what requests need, up to {longest}")


def _batch(path: str, replica: Replica) -> Iterator[Finding]:
    """A step holds a token of each request: vLLM refuses to start otherwise (vllm/config/scheduler.py; vllm#1658)."""
    tokens, requests = replica.max_num_batched_tokens, replica.max_num_seqs
    if tokens is not None and requests is not None and tokens < requests:
        message = f"{tokens} tokens a step, and up to {requests} requests, each of which takes one at least"
        yield Finding("fit.batch", path, message, f"write {requests} or more, or lower {replica.requests_key}")
