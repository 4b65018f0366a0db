"""How a checkpoint is quantised, by the `quantization_config` of its config.json; keys differ by the tool behind it."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from slipway.catalog.config_json import schemes
from slipway.catalog.config_json.matrix import Matrix
from slipway.catalog.config_json.names import Named
from slipway.catalog.config_json.quantities import Count
from slipway.catalog.config_json.schemes import Scheme

MODELOPT: Mapping[str, Scheme] = {
    "FP8": schemes.FP8,
    "FP8_PB_WO": schemes.fp8_blocks(128, 128),
    "FP8_PER_CHANNEL_PER_TOKEN": schemes.FP8,
    "NVFP4": schemes.NVFP4,
    "W4A16_NVFP4": schemes.NVFP4,
    "MXFP8": schemes.MXFP8,
    "W4A16_AWQ": schemes.int4(128),
}
EVERYTHING = "Linear"
"""The target of compressed-tensors that means every linear layer."""


class _Weights(BaseModel):
    type: str | None = None
    num_bits: int | None = None
    group_size: int | None = None
    block_structure: tuple[Count, Count] | None = None

    @property
    def scheme(self) -> Scheme | None:
        """The format; None if it is not known."""
        match self.type, self.num_bits:
            case "float", 8:
                return schemes.fp8_blocks(*self.block_structure) if self.block_structure else schemes.FP8
            case "float", 4:
                return schemes.MXFP4 if self.group_size == schemes.MXFP4.group else schemes.NVFP4
            case "int", 4:
                return schemes.int4(self.group_size or 0)
            case "int", 8:
                return schemes.int8(self.group_size) if self.group_size else schemes.INT8
            case _:
                return None


class _Group(BaseModel):
    weights: _Weights | None = None
    targets: tuple[str, ...] = (EVERYTHING,)


class _Layer(BaseModel):
    quant_algo: str
    group_size: int | None = None


class QuantisationConfig(BaseModel):
    """What FP8, FBGEMM, MXFP4, AWQ, GPTQ, bitsandbytes, ModelOpt and compressed-tensors write."""

    model_config = ConfigDict(frozen=True)

    quant_method: str = "modelopt"
    bits: int | None = None
    group_size: int | None = None
    weight_block_size: tuple[Count, Count] | None = None
    load_in_4bit: bool = False
    load_in_8bit: bool = False
    quant_algo: str | None = None
    format: str | None = None
    config_groups: dict[str, _Group] = Field(default_factory=dict[str, _Group])
    quantized_layers: dict[str, _Layer] = Field(default_factory=dict[str, _Layer])
    modules_to_not_convert: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    exclude_modules: tuple[str, ...] | None = None
    llm_int8_skip_modules: tuple[str, ...] | None = None

    def scheme(self, matrix: Matrix) -> Scheme | None:
        """Return the format of a matrix; None where it keeps 16 bits."""
        if not matrix.linear or matrix.name in self._kept:
            return None
        if self.quant_method == "mxfp4" and "experts" not in matrix.name:
            return None
        return next((scheme for modules, scheme in self._schemes if modules is None or matrix.name in modules), None)

    @property
    def way(self) -> str:
        """What vLLM calls it: ModelOpt's FP4 has a name of its own (vllm/model_executor/layers/quantization)."""
        fp4 = self.quant_method == "modelopt" and (self.quant_algo or "").upper().endswith("FP4")
        return "modelopt_fp4" if fp4 else self.quant_method

    @cached_property
    def _kept(self) -> Named:
        lists = (self.modules_to_not_convert, self.ignore, self.exclude_modules, self.llm_int8_skip_modules)
        return Named(name for names in lists for name in names or ())

    @cached_property
    def _schemes(self) -> tuple[tuple[Named | None, Scheme], ...]:
        """The formats, each with the modules that have it; None for all that are left."""
        return tuple(self._read())

    def _read(self) -> Iterator[tuple[Named | None, Scheme]]:
        if self.quantized_layers:
            for algorithm in sorted({layer.quant_algo for layer in self.quantized_layers.values()}):
                names = [name for name, layer in self.quantized_layers.items() if layer.quant_algo == algorithm]
                yield Named(names), _required(MODELOPT.get(algorithm.upper()), f"quant_algo {algorithm}")
        elif self.quant_method == "compressed-tensors":
            for name, group in self.config_groups.items():
                found = _required(group.weights and group.weights.scheme, f"the weights of config group {name}")
                yield None if EVERYTHING in group.targets else Named(group.targets), found
        else:
            yield None, _required(self._of_tool(), self._words())

    def _of_tool(self) -> Scheme | None:
        match self.quant_method.lower(), self.bits:
            case (("fp8" | "fbgemm_fp8"), _):
                return schemes.fp8_blocks(*self.weight_block_size) if self.weight_block_size else schemes.FP8
            case "mxfp4", _:
                return schemes.MXFP4
            case (("awq" | "gptq"), 4):
                return schemes.int4(self.group_size or 0)
            case (("awq" | "gptq"), 8):
                return schemes.int8(self.group_size or 0)
            case "bitsandbytes", _ if self.load_in_4bit or self.load_in_8bit:
                return schemes.NF4 if self.load_in_4bit else schemes.INT8
            case (("modelopt" | "modelopt_fp4"), _):
                return MODELOPT.get((self.quant_algo or "").upper())
            case _:
                return None

    def _words(self) -> str:
        more = {"bits": self.bits, "quant_algo": self.quant_algo}
        return " ".join([self.quant_method, *(f"{key} {value}" for key, value in more.items() if value is not None)])

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        if not self._schemes:
            raise ValueError(f"{self.quant_method} names no format; {_KNOWN}")
        return self


_KNOWN = "FP8, INT8, INT4, MXFP4 and NVFP4 of FP8, FBGEMM, AWQ, GPTQ, bitsandbytes, ModelOpt and compressed-tensors are"


def _required(scheme: Scheme | None, what: str) -> Scheme:
    if scheme is None:
        raise ValueError(f"{what} is not a format whose size is known; {_KNOWN}")
    return scheme
