"""What a Triton server is scaled on: which signals mean something for what it serves."""

from slipway.catalog.engines import TRITON, Mode, Series
from slipway.checks import Finding
from slipway.serving.recording_rules import QUEUE_COMPUTE_RATIO, WAITING_REQUESTS
from slipway.serving.triton.served import ANYWHERE, Served, served
from slipway.serving.triton.settings import QueueComputeRatio, TensorRtLlmEngine, TritonArgs
from slipway.triton_repository import RepositoryError


def what_it_serves(args: TritonArgs) -> Served | None:
    """Return what a server serves; None where its directory holds no repository, of which a finding tells."""
    try:
        return served(args.serving, ANYWHERE, args.load_clients)
    except (RepositoryError, OSError):
        return None


def followed(args: TritonArgs) -> Series:
    """Return the series behind the signal."""
    if isinstance(args.autoscaling.metric, QueueComputeRatio):
        return QUEUE_COMPUTE_RATIO
    serves = what_it_serves(args)
    batched = serves is not None and serves.mode == "tensorrtllm"
    return WAITING_REQUESTS if batched else TRITON.signals["waiting-requests"]


def legal_findings(args: TritonArgs, path: str) -> list[Finding]:
    """Say why a signal tells nothing about what is served, and what to do."""
    serves = what_it_serves(args)
    reason = followed(args).blind.get(serves.mode) if serves else None
    if serves is None or reason is None:
        return []
    signal = args.autoscaling.metric.signal
    message = f"{signal!r} does not move under load where clients ask {serves.entry}: {reason}"
    return [Finding("triton.legal", f"{path}.signal", message, _way_out(args))]


def judged_mode(args: TritonArgs) -> Mode:
    """Return how Triton runs what clients ask; a signal that is blind there has a finding already."""
    serves = what_it_serves(args)
    return serves.mode if serves and not legal_findings(args, "") else ""


def _way_out(args: TritonArgs) -> str:
    if isinstance(args.serving, TensorRtLlmEngine):
        return "write signal: waiting-requests, which the batcher counts, or front.type: gate"
    return (
        "put a model before it that waits for the answers, or serve the model with vLLM itself, which counts its queue"
    )
