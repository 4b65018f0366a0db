"""A model repository: directories of models, each with its config.pbtxt, its versions and their files."""

import posixpath
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from slipway.checks.settings import Settings
from slipway.triton_repository.schema.model_config import ModelConfig

CONFIG_FILE = "config.pbtxt"


def _inside(path: str) -> str:
    if path != posixpath.normpath(path) or path.startswith("/") or path == "." or path.split("/")[0] == "..":
        msg = f"{path!r} is no path inside the directory; write it without a leading slash, '.' and '..'"
        raise ValueError(msg)
    return path


RelativePath = Annotated[str, AfterValidator(_inside)]
Version = Annotated[int, Field(ge=0)]
"""The name of a version directory."""


class External(Settings):
    """A file or directory that comes with the pod: from a bucket, a file system or the image."""

    source: str = Field(pattern=r"^/")
    """Where the server's container has it."""


File = str | bytes | External
"""The contents of a file, or where it is."""


class Model(Settings):
    """One directory of a repository, which has the model's name."""

    config: ModelConfig
    """What its config.pbtxt says."""
    versions: Mapping[Version, Mapping[RelativePath, File]]
    """The files of each version directory; that of an ensemble has none."""
    files: Mapping[RelativePath, File] = Field(default_factory=dict[str, File])
    """Files beside config.pbtxt, such as labels."""
    instance_memory_gib: float | None = Field(default=None, gt=0)
    """Memory that one instance takes on each of its GPUs, GiB, if its engine does not say so itself."""

    @property
    def name(self) -> str:
        """The model's name."""
        return self.config.name


class Repository(Settings):
    """The models of one server."""

    models: tuple[Model, ...]
    """The models; their order has no meaning."""

    def model(self, name: str) -> Model | None:
        """Return the model of this name."""
        return next((model for model in self.models if model.name == name), None)
