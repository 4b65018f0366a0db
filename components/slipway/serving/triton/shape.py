"""What the objects of a Triton server say beside every server's. Plain data: importing it loads no cloud SDK."""

from dataclasses import dataclass

from slipway.serving.shape import Shape
from slipway.serving.triton.command import Dtype


@dataclass(frozen=True, slots=True, kw_only=True)
class TritonShape(Shape):
    """What the objects of a Triton server say.

    Attributes:
        image: the image with its tag.
        dtype: what engines calculate in that are built.
        downloads: whether a model is downloaded for which Hugging Face may want a token.
    """

    image: str
    dtype: Dtype
    downloads: bool
