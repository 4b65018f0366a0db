"""A model repository whose directory is elsewhere than where it was put together."""

from collections.abc import Mapping

from slipway.triton_repository import (
    External,
    File,
    Repository,
)


def moved_repository(repository: Repository, here: str, there: str) -> Repository:
    """Return a repository whose large files are elsewhere, by the same paths."""

    def moved(files: Mapping[str, File]) -> Mapping[str, File]:
        return {
            path: External(source=file.source.replace(here, there, 1)) if isinstance(file, External) else file
            for path, file in files.items()
        }

    return Repository(
        models=tuple(
            model.model_copy(
                update={
                    "files": moved(model.files),
                    "versions": {version: moved(files) for version, files in model.versions.items()},
                }
            )
            for model in repository.models
        )
    )
