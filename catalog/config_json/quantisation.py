"""How a checkpoint is quantised, by the `quantization_config` of its config.json; keys differ by the tool behind it."""

from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from catalog.architecture import Quantisation

BITS: dict[int | None, Quantisation] = {4: "int4", 8: "int8"}
MODELOPT: dict[str, Quantisation] = {"FP8": "fp8", "NVFP4": "nvfp4"}


class _Weights(BaseModel):
    type: str | None = None
    num_bits: int | None = None


class _Group(BaseModel):
    weights: _Weights = _Weights()


class QuantisationConfig(BaseModel):
    """What FP8, FBGEMM, MXFP4, AWQ, GPTQ, bitsandbytes, ModelOpt and compressed-tensors write."""

    model_config = ConfigDict(frozen=True)

    quant_method: str
    bits: int | None = None
    load_in_4bit: bool = False
    load_in_8bit: bool = False
    quant_algo: str | None = None
    format: str | None = None
    config_groups: dict[str, _Group] = {}

    @property
    def kind(self) -> Quantisation:
        """The kind of quantisation that the catalog has.

        Raises:
            ValueError: the tool or its number of bits is not known, or groups of layers differ.
        """
        match self.quant_method.lower():
            case "fp8" | "fbgemm_fp8":
                return "fp8"
            case "mxfp4":
                return "mxfp4"
            case "awq" | "gptq" if self.bits in BITS:
                return BITS[self.bits]
            case "bitsandbytes" if self.load_in_4bit or self.load_in_8bit:
                return "int4" if self.load_in_4bit else "int8"
            case "modelopt" if (algorithm := MODELOPT.get((self.quant_algo or "").upper())) is not None:
                return algorithm
            case "compressed-tensors" if self.format == "nvfp4-pack-quantized":
                return "nvfp4"
            case "compressed-tensors" if (kind := self._kind_of_groups()) is not None:
                return kind
            case _:
                raise ValueError("only FP8, INT8, INT4, MXFP4 and NVFP4 of known tools can be counted")

    def _kind_of_groups(self) -> Quantisation | None:
        kinds = {(group.weights.type, group.weights.num_bits) for group in self.config_groups.values()}
        if kinds == {("float", 8)}:
            return "fp8"
        return BITS.get(next(iter(kinds))[1]) if kinds in ({("int", 4)}, {("int", 8)}) else None

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        _ = self.kind
        return self
