"""What follows from the matrices of a network: parameters, bytes of its files, what every chip has whole."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from catalog.architecture import Model, Quantisation
from catalog.config_json.block import Block
from catalog.config_json.matrix import Matrix
from catalog.config_json.quantisation import QuantisationConfig
from catalog.layers import Split

WHOLE_HEADS = ("k_proj", "v_proj")


def counted(shape: Model, block: Block) -> Model:
    """Return the row of a shape with all that its matrices decide."""
    matrices = list(block.matrices())
    parameters = sum(matrix.values for matrix in matrices) + shape.vision_parameters
    whole = round(sum(_bytes(block, matrix) for matrix in matrices if not matrix.cut))
    row = replace(shape, parameters=parameters, whole_bytes=whole)
    if (config := block.quantization_config) is None:
        return row
    kinds = Counter[Quantisation]()
    for matrix in matrices:
        if (scheme := config.scheme(matrix)) is not None:
            kinds[scheme.kind] += matrix.values
    if not kinds:
        return row
    size = sum(_bytes(block, matrix) for matrix in matrices) + 2 * shape.vision_parameters
    return replace(
        row,
        quantisation=kinds.most_common(1)[0][0],
        checkpoint_bytes=round(size),
        splits=tuple(_splits(config, matrices)),
    )


def _bytes(block: Block, matrix: Matrix) -> float:
    """Return the size of a matrix in the checkpoint; engines cast what is not quantised to 16 bits."""
    scheme = block.quantization_config.scheme(matrix) if block.quantization_config else None
    return scheme.bytes(matrix) if scheme else 2 * matrix.values


def _splits(config: QuantisationConfig, matrices: list[Matrix]) -> Iterator[Split]:
    """Yield each width that is bound, once; keys and values are cut by whole heads, and copied beyond as many."""
    seen: set[tuple[int, int]] = set()
    for matrix in matrices:
        scheme = config.scheme(matrix)
        multiple = scheme.multiple(matrix) if scheme else 1
        if multiple > 1 and not matrix.name.endswith(WHOLE_HEADS) and (matrix.width, multiple) not in seen:
            seen.add((matrix.width, multiple))
            yield Split(name=matrix.role, width=matrix.width, multiple=multiple)
