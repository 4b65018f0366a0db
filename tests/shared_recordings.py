"""Recordings that the workers of one run of the tests share: the first that asks for one makes it."""

import fcntl
import pickle
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from typing_extensions import override

from offline import Recording, record
from offline.stack_config import stack_name


class SharedRecordings(Mapping[str, Recording]):
    """Recordings of stack files by the stack's name; each comes from a folder, and goes there when it is made.

    Args:
        files: the stack files.
        folder: the run's own, so that nothing in it is older than the tree.
    """

    def __init__(self, files: Sequence[Path], folder: Path) -> None:
        self._files = {stack_name(path): path for path in files}
        self._folder = folder
        self._read: dict[str, Recording] = {}

    @override
    def __getitem__(self, name: str) -> Recording:
        if name not in self._read:
            self._read[name] = self._shared(name, self._files[name])
        return self._read[name]

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    @override
    def __len__(self) -> int:
        return len(self._files)

    def _shared(self, name: str, file: Path) -> Recording:
        made = self._folder / f"{name}.pickle"
        with (self._folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.exists():
                made.write_bytes(pickle.dumps(record(file)))
        return pickle.loads(made.read_bytes())
