"""Whether the sizes of a server's batch go together."""

from collections.abc import Iterator

from checks import Finding


def batch_findings(path: str, max_num_seqs: int, max_num_batched_tokens: int) -> Iterator[Finding]:
    """Say that vLLM does not start with fewer tokens a step than requests a batch (`vllm/config/scheduler.py`)."""
    if max_num_batched_tokens < max_num_seqs:
        message = (
            f"{max_num_batched_tokens} tokens a step are fewer than maxNumSeqs {max_num_seqs}, each taking one, "
            "and vLLM does not start"
        )
        yield Finding("batch.tokens", f"{path}.maxNumBatchedTokens", message, f"write {max_num_seqs} or more")
