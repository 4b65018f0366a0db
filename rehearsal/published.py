"""The binaries that upstream projects publish: fetched in place of being built, if they are what the tree says.

`binaries/published.csv` has a row for each file: the version and the machine that it is for, its address, its SHA-256,
and the binaries that it is or, as an archive, holds. A version without rows is built.

Sources of the checksums: for Kubernetes the table of kops (kubernetes/kops, pkg/assets/assetdata/k8s-1.36.yaml), for
kwok the packages of AUR and of Nix, which agree, for Prometheus the sha256sums.txt of its release. No source was at
hand for etcd 3.7.3, prometheus-operator 0.93.1 and the Pulumi CLI 3.274.1; prometheus-adapter publishes images only,
and the provider of Kubernetes objects has a main package of ours.
"""

import csv
import hashlib
import http.client
import platform
import shutil
import tarfile
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from rehearsal import pins
from rehearsal.pins import Upstream

ANSWER_SECONDS = 10.0
"""For each piece of an answer."""
FILE_SECONDS = 300.0
"""For a file of a hundred megabytes; a network that is slower loses to compiling."""
CHUNK_BYTES = 1 << 20
ARCHIVE = ".tar.gz"


class FetchError(Exception):
    """A published file cannot be had, or is not the one that the tree names."""


@dataclass(frozen=True, slots=True)
class Published:
    """A published file.

    Attributes:
        binaries: the names of those that it is or holds.
    """

    url: str
    sha256: str
    binaries: tuple[str, ...]


def files(upstream: Upstream) -> list[Published]:
    """Return the files that have all binaries of an upstream for this machine; none where some have no checksum."""
    try:
        rows = list(csv.DictReader((pins.BINARIES / "published.csv").read_text("utf-8").splitlines()))
    except FileNotFoundError:
        return []
    wanted = (upstream.name, upstream.version, f"{platform.system()} {platform.machine()}")
    found = [
        Published(row["url"], row["sha256"], tuple(row["binaries"].split()))
        for row in rows
        if (row["upstream"], row["version"], row["machine"]) == wanted
    ]
    return found if {name for each in found for name in each.binaries} == {*upstream.packages} else []


def fetch(found: list[Published], folder: Path, took: Callable[[int], None]) -> None:
    """Put the binaries of published files into a folder.

    Args:
        found: the files.
        folder: where the binaries go.
        took: is told the bytes of each piece.

    Raises:
        FetchError: one of them did not come, or is not what its checksum says.
    """
    for each in found:
        path = folder / each.url.rpartition("/")[2]
        try:
            _download(each, path, took)
        except (OSError, http.client.HTTPException) as error:
            reason = error.reason if isinstance(error, URLError) else error
            raise FetchError(f"{each.url} cannot be had ({reason or type(error).__name__})") from None
        if path.name.endswith(ARCHIVE):
            _unpack(path, each.binaries)
            path.unlink()
        else:
            path.rename(folder / each.binaries[0])
        for name in each.binaries:
            (folder / name).chmod(0o755)


def _download(each: Published, path: Path, took: Callable[[int], None]) -> None:
    digest, end = hashlib.sha256(), time.monotonic() + FILE_SECONDS
    with urlopen(each.url, timeout=ANSWER_SECONDS) as answer, path.open("wb") as file:
        while piece := answer.read1(CHUNK_BYTES):
            digest.update(piece)
            file.write(piece)
            took(len(piece))
            if time.monotonic() > end:
                raise FetchError(f"{each.url} has not come within {FILE_SECONDS:.0f} seconds")
    if (seen := digest.hexdigest()) != each.sha256:
        size = path.stat().st_size
        raise FetchError(f"{each.url} is damaged: its {size:,} bytes have the SHA-256 {seen}, and not {each.sha256}")


def _unpack(path: Path, binaries: Collection[str]) -> None:
    with tarfile.open(path) as archive:
        for member in archive:
            name = Path(member.name).name
            if name in binaries and (content := archive.extractfile(member)):
                with content, (path.parent / name).open("wb") as file:
                    shutil.copyfileobj(content, file)
