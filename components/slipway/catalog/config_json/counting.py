"""What follows from the matrices of a network: parameters, bytes of its files, what every chip has whole."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from slipway.catalog.architecture import Model, Quantisation
from slipway.catalog.config_json.block import Block
from slipway.catalog.config_json.matrix import Matrix
from slipway.catalog.config_json.schemes import Scheme
from slipway.catalog.layers import Split

WHOLE_HEADS = ("k_proj", "v_proj")
"""Keys and values are cut by whole heads, and copied beyond as many chips."""

Formatted = tuple[Matrix, Scheme | None]
"""A matrix and its format, which is 16 bits if it is none."""


def counted(shape: Model, block: Block) -> Model:
    """Return the row of a shape with all that its matrices decide."""
    config = block.quantization_config
    parts = [(matrix, config.scheme(matrix) if config else None) for matrix in block.matrices()]
    row = replace(
        shape,
        parameters=sum(matrix.values for matrix, _ in parts) + shape.vision_parameters,
        whole_bytes=round(_bytes(part for part in parts if not part[0].cut)),
    )
    kinds = Counter[Quantisation]()
    for matrix, scheme in parts:
        if scheme is not None:
            kinds[scheme.kind] += matrix.values
    if not kinds:
        return row
    return replace(
        row,
        quantisation=kinds.most_common(1)[0][0],
        quantised_by=config.way if config else "",
        checkpoint_bytes=round(_bytes(parts)) + 2 * shape.vision_parameters,
        splits=tuple(_splits(parts)),
    )


def _bytes(parts: Iterable[Formatted]) -> float:
    return sum(scheme.bytes(matrix) if scheme else 2 * matrix.values for matrix, scheme in parts)


def _splits(parts: Iterable[Formatted]) -> Iterator[Split]:
    """Yield each width that is bound, once."""
    seen: set[tuple[int, int]] = set()
    for matrix, scheme in parts:
        multiple = scheme.multiple(matrix) if scheme else 1
        if multiple > 1 and not matrix.name.endswith(WHOLE_HEADS) and (matrix.width, multiple) not in seen:
            seen.add((matrix.width, multiple))
            yield Split(name=matrix.role, width=matrix.width, multiple=multiple)
