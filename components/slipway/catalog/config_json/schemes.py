"""Formats of quantised weights: bits, scales, and the groups of weights that share one."""

from dataclasses import dataclass
from math import ceil

from slipway.catalog.architecture import Quantisation
from slipway.catalog.config_json.matrix import Matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """One format.

    Attributes:
        kind: the catalog's name for it.
        bits: bits of a weight, without scales.
        scale_bits: bits of a scale, with the zero point if there is one.
        group: weights along the input that share a scale; 0 for all of a row.
        rows: rows that share a scale.
        bound: whether each chip's part of a matrix must hold whole groups.
    """

    kind: Quantisation
    bits: int
    scale_bits: int
    group: int = 0
    rows: int = 1
    bound: bool = True

    def bytes(self, matrix: Matrix) -> float:
        """Return the size of a matrix in this format."""
        along = ceil(matrix.inputs / self.group) if self.group else 1
        scales = matrix.copies * ceil(matrix.outputs / self.rows) * along
        return (matrix.values * self.bits + scales * self.scale_bits) / 8

    def multiple(self, matrix: Matrix) -> int:
        """Return what each chip's part of a matrix must be a multiple of."""
        if not self.bound:
            return 1
        return {"inputs": self.group or 1, "outputs": self.rows, "": 1}[matrix.cut]


FP8 = Scheme(kind="fp8", bits=8, scale_bits=32)
INT8 = Scheme(kind="int8", bits=8, scale_bits=16)
NVFP4 = Scheme(kind="nvfp4", bits=4, scale_bits=8, group=16)
MXFP4 = Scheme(kind="mxfp4", bits=4, scale_bits=8, group=32, bound=False)
"""Kernels pad what a chip gets of it."""
MXFP8 = Scheme(kind="fp8", bits=8, scale_bits=8, group=32)
NF4 = Scheme(kind="int4", bits=4, scale_bits=8, group=64, bound=False)
"""bitsandbytes with doubly quantised scales."""


def int4(group: int) -> Scheme:
    """Return the format of AWQ and GPTQ; a negative group is a whole row, as their files write it."""
    return Scheme(kind="int4", bits=4, scale_bits=20, group=max(group, 0))


def int8(group: int) -> Scheme:
    """Return GPTQ's format with 8 bits."""
    return Scheme(kind="int8", bits=8, scale_bits=24, group=max(group, 0))


def fp8_blocks(rows: int, inputs: int) -> Scheme:
    """Return FP8 with a scale for each block, as of DeepSeek-V3."""
    return Scheme(kind="fp8", bits=8, scale_bits=32, group=inputs, rows=rows)
