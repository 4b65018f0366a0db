"""A network as the matrices that it is made of: what is counted, cut over chips and quantised."""

from typing import Literal, NamedTuple

Cut = Literal["inputs", "outputs", ""]
"""Which side of a matrix tensor parallelism shares out; neither where every chip has it whole."""


class Matrix(NamedTuple):
    """A matrix, or several alike.

    Attributes:
        name: as files list it, without what stands before the layers: `layers.3.mlp.down_proj`.
        inputs: values that go in.
        outputs: values that come out.
        copies: how many there are of it, as of experts.
        linear: whether tools that quantise a network take it for a linear layer; embeddings, routers and norms are not.
    """

    name: str
    inputs: int
    outputs: int
    cut: Cut = ""
    copies: int = 1
    linear: bool = True

    @property
    def values(self) -> int:
        """All its numbers."""
        return self.inputs * self.outputs * self.copies

    @property
    def width(self) -> int:
        """The side that chips share out; 1 if they do not."""
        return {"inputs": self.inputs, "outputs": self.outputs, "": 1}[self.cut]

    @property
    def role(self) -> str:
        """The name without the numbers of layers and experts: `mlp.experts.down_proj`."""
        return ".".join(part for part in self.name.split(".") if not part.isdigit() and part != "layers")


def vector(name: str, values: int) -> Matrix:
    """Return numbers that are no matrix: norms, biases, positions."""
    return Matrix(name, 1, values, linear=False)
