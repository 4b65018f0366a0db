"""The series that a simulation can follow: what each generation of engines calls its signals."""

from collections.abc import Mapping, Sequence

from catalog.engines import TRTLLM_SERVE, VLLM, Signal
from catalog.engines.nim import host as nim

_GENERATIONS: Sequence[Mapping[Signal, str]] = [
    {signal: series.name for signal, series in signals.items()}
    for signals in (VLLM.signals, nim.signals("1.0.0"), TRTLLM_SERVE.signals)
]
"""vLLM and NIM 2.x, NIM 1.x, then trtllm-serve."""

SIGNALS: Mapping[str, Signal] = {name: signal for names in _GENERATIONS for signal, name in names.items()}
"""Each signal by the names of its series."""


def sibling(series: str, signal: Signal) -> str:
    """Return what the engine that exports a series calls another signal."""
    return next(names[signal] for names in _GENERATIONS if series in names.values())
