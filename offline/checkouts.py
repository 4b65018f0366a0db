"""A program in another checkout than this one, and the packages that it imports: its own, not those loaded here."""

import io
import subprocess
import sys
import tarfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent.parent
RUNNING = frozenset({"offline", "rehearsal"})
"""Packages that run programs, and that none imports."""


class NoSuchCommitError(Exception):
    """Git has no such commit; the message is Git's."""


@contextmanager
def checked_out(commit: str) -> Generator[Path]:
    """Give a folder with the files of a commit.

    Raises:
        NoSuchCommitError: there is none.
    """
    ran = subprocess.run(["git", "archive", "--format=tar", commit], cwd=HERE, capture_output=True, check=False)
    if ran.returncode:
        raise NoSuchCommitError(f"git archive {commit}: {ran.stderr.decode(errors='replace').strip()}")
    with TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(ran.stdout)) as archive:
            archive.extractall(folder, filter="data")
        yield Path(folder)


@contextmanager
def packages_of(folder: Path) -> Generator[None]:
    """Let the packages of a checkout be imported, while those of the same names from this one are put aside."""
    names = {path.parent.name for part in parts(folder) for path in part.glob("*/__init__.py")} - RUNNING
    if folder == HERE:
        names.clear()
    kept = {name: sys.modules.pop(name) for name in _loaded(names)}
    try:
        yield
    finally:
        for name in _loaded(names):
            del sys.modules[name]
        sys.modules.update(kept)


def parts(folder: Path) -> Sequence[Path]:
    """Return the folders in which packages of a checkout lie."""
    return folder, folder / "components"


def _loaded(names: set[str]) -> list[str]:
    return [name for name in sys.modules if name.partition(".")[0] in names]
