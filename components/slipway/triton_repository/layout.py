"""A repository as directories and files: written, and read back."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from slipway.checks import Finding
from slipway.triton_repository.model import CONFIG_FILE, External, File, Model, Repository
from slipway.triton_repository.schema.text import ConfigTextError, parse, render

SMALL_BYTES = 256 * 1024
"""A larger file is left where it is when a directory is read: a ConfigMap holds 1 MiB in all."""


class RepositoryError(ValueError):
    """A directory that is no repository.

    Attributes:
        findings: everything that is wrong with it.
    """

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Layout:
    """What a repository's directory holds, by path relative to it.

    Attributes:
        directories: version directories, which exist even where they are empty.
        files: contents, encoded.
        links: what is elsewhere, by the absolute path that it has in the server's container.
    """

    directories: list[str] = field(default_factory=list[str])
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    links: dict[str, str] = field(default_factory=dict[str, str])


def layout(repository: Repository) -> Layout:
    """Return what the directory of `repository` holds."""
    held = Layout()
    for model in repository.models:
        held.files[f"{model.name}/{CONFIG_FILE}"] = render(model.config).encode()
        for path, file in _files_of(model):
            if isinstance(file, External):
                held.links[path] = file.source
            else:
                held.files[path] = file.encode() if isinstance(file, str) else file
        held.directories.extend(f"{model.name}/{version}" for version in model.versions)
    return held


def write(repository: Repository, directory: Path) -> None:
    """Write `repository` below `directory`; what is elsewhere becomes a symbolic link, which Triton follows.

    Raises:
        FileExistsError: a file or link of it is there already.
    """
    held = layout(repository)
    for path in held.directories:
        (directory / path).mkdir(parents=True, exist_ok=True)
    for path, content in held.files.items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            file.write(content)
    for path, source in held.links.items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(source)


def read(directory: Path) -> Repository:
    """Return the repository below `directory`.

    A directory of a model whose name is no version is kept among the model's files, where the checks find it.

    Raises:
        RepositoryError: a model has no config.pbtxt, one that is not valid, or another name than its directory.
    """
    findings: list[Finding] = []
    models: list[Model] = []
    for folder in sorted(path for path in directory.iterdir() if path.is_dir()):
        try:
            models.append(_read_model(folder))
        except ConfigTextError as error:
            findings.append(error.finding)
    if findings:
        raise RepositoryError(findings)
    return Repository(models=tuple(models))


def _files_of(model: Model) -> Iterator[tuple[str, File]]:
    for path, file in model.files.items():
        yield f"{model.name}/{path}", file
    for version, files in model.versions.items():
        for path, file in files.items():
            yield f"{model.name}/{version}/{path}", file


def _read_model(folder: Path) -> Model:
    source = folder / CONFIG_FILE
    place = f"{folder.name}/{CONFIG_FILE}"
    if not source.is_file():
        message = "there is no such file, and what Triton would make up is unknown"
        remedy = f"write one; a server that loads the model shows it at /v2/models/{folder.name}/config"
        raise ConfigTextError(Finding("triton.config-missing", place, message, remedy))
    config = parse(source.read_text(encoding="utf-8"), place)
    if config.name not in {"", folder.name}:
        message = f"name is {config.name!r}, but the directory is {folder.name!r}: Triton wants them equal"
        remedy = f'write name: "{folder.name}" or rename the directory'
        raise ConfigTextError(Finding("triton.config-name", place, message, remedy))
    versions: dict[int, dict[str, File]] = {}
    files: dict[str, File] = {}
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and is_version(entry.name):
            versions[int(entry.name)] = dict(_read_files(entry))
        elif entry.is_dir():
            files |= {f"{entry.name}/{path}": file for path, file in _read_files(entry)}
        elif entry.name != CONFIG_FILE:
            files[entry.name] = _read_file(entry)
    return Model(config=config.model_copy(update={"name": folder.name}), versions=versions, files=files)


def is_version(name: str) -> bool:
    """Return whether Triton takes a directory of this name for a version, and for that number."""
    return name.isdecimal() and name.isascii() and str(int(name)) == name


def _read_files(folder: Path) -> Iterator[tuple[str, File]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(PurePosixPath(path.relative_to(folder))), _read_file(path)


def _read_file(path: Path) -> File:
    if path.stat().st_size > SMALL_BYTES:
        return External(source=str(path.resolve()))
    content = path.read_bytes()
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content
