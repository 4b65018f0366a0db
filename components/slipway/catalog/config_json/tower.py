"""What vision towers are made of."""

from itertools import pairwise

from pydantic import BaseModel, ConfigDict


def layers(count: int, width: int, feed_forward: int, *, gated: bool, bias: bool, norm: int) -> int:
    """Return the parameters of layers of full attention; `norm` is the vectors of each of their two norms."""
    matrices = 4 * width**2 + (3 if gated else 2) * width * feed_forward
    biases = (4 * width + (2 if gated else 1) * feed_forward + width) if bias else 0
    return count * (matrices + biases + 2 * norm * width)


def projected(sizes: tuple[int, ...], *, bias: bool) -> int:
    """Return the parameters of linear layers one after the other, from size to size."""
    return sum(first * second + (second if bias else 0) for first, second in pairwise(sizes))


class Tower(BaseModel):
    """A tower; `parameters` takes the width of the language model."""

    model_config = ConfigDict(frozen=True)

    def parameters(self, text: int) -> int:
        """Return all parameters beside the language model's, whose width is `text`."""
        raise NotImplementedError
