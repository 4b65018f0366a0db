"""The real binaries that a rehearsal runs: found in a cache outside the tree, fetched, or built of pinned Go modules.

Each folder below `binaries/` is a Go module whose go.mod pins one upstream and names its commands as tools. A Go
workspace (go.work) gives those that it lists one version of what they share, which nearly halves the work of compiling;
an upstream that does not compile with these versions stands apart. What its project publishes and the tree has a
checksum of is fetched instead, where the network lets it through (`published`). What was made lies in
`$XDG_CACHE_HOME/slipway/rehearsal/<upstream>-<key>/`; the key covers the pins, the Go version and the build flags.
Nothing is started here.
"""

import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from rehearsal import go_toolchain, installed, pins, published
from rehearsal.build_progress import BuildProgress
from rehearsal.go_toolchain import GoToolchain
from rehearsal.pins import ALL, PULUMI, Upstream
from rehearsal.published import FetchError

_SOURCES = ("go.mod", "go.sum", "*.go")


def ensure(upstreams: Iterable[Upstream] = ALL, *, console: Console | None = None) -> dict[str, Path]:
    """Make what the cache lacks, and return where each binary of `upstreams` lies, by its name.

    A Pulumi CLI that is installed is not made. What has to be built takes minutes the first time; progress goes to
    `console`, by default stderr.

    Raises:
        GoError: there is no usable Go toolchain, or a build failed.
    """
    found, wanted = _installed(upstreams)
    go = _toolchain(wanted)
    progress = BuildProgress(console or Console(stderr=True), _unbuilt(wanted, go))
    with progress:
        for upstream in wanted:
            home = _home(upstream, go)
            if not home.is_dir():
                with _locked(home, progress):
                    if not home.is_dir():
                        _make(upstream, go, home, progress)
            found |= {name: home / name for name in upstream.packages}
    return found


def missing(upstreams: Iterable[Upstream]) -> list[str]:
    """Return the names of those that would have to be built.

    Raises:
        GoError: there is no usable Go toolchain.
    """
    _, wanted = _installed(upstreams)
    go = _toolchain(wanted)
    return _unbuilt(wanted, go)


def files(upstream: Upstream, binaries: Mapping[str, Path]) -> Path:
    """Return the copy of `upstream.files` that lies beside its binaries, as `ensure` returned them."""
    return binaries[next(iter(upstream.packages))].parent / Path(upstream.files).name


def cache_home() -> Path:
    """Return where the binaries of all versions lie."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "slipway" / "rehearsal"


def _installed(upstreams: Iterable[Upstream]) -> tuple[dict[str, Path], tuple[Upstream, ...]]:
    """Return what is installed, and the upstreams that it does not take the place of."""
    wanted = tuple(upstreams)
    if PULUMI in wanted and (path := installed.pulumi()):
        return {"pulumi": path}, tuple(each for each in wanted if each is not PULUMI)
    return {}, wanted


def _toolchain(upstreams: Iterable[Upstream]) -> GoToolchain:
    needed = [pins.BINARIES / "go.work", *(pins.BINARIES / each.name / "go.mod" for each in upstreams)]
    return go_toolchain.find(max(map(_go_version, needed)))


def _go_version(path: Path) -> tuple[int, ...]:
    needed = re.search(r"^go (\S+)$", path.read_text(), re.MULTILINE)
    assert needed, f"{path} states no Go version"
    return go_toolchain.version_number(needed[1])


def _home(upstream: Upstream, go: GoToolchain) -> Path:
    work = pins.BINARIES / "go.work"
    together = sorted(re.findall(r"^\s+\./(\S+)$", work.read_text(), re.MULTILINE))
    modules = [pins.BINARIES / name for name in ([upstream.name] if upstream.apart else together)]
    files = [work, *sorted(path for each in modules for name in _SOURCES for path in each.rglob(name))]
    text = "\n".join([*(path.read_text() for path in files), go.version, repr(upstream)])
    return cache_home() / f"{upstream.name}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _unbuilt(upstreams: Iterable[Upstream], go: GoToolchain) -> list[str]:
    return [each.name for each in upstreams if not _home(each, go).is_dir()]


def _make(upstream: Upstream, go: GoToolchain, home: Path, progress: BuildProgress) -> None:
    staging = Path(tempfile.mkdtemp(prefix=f".{upstream.name}-", dir=home.parent))
    try:
        if not _fetched(upstream, staging, progress):
            _build(upstream, go, staging, progress)
        if upstream.files:
            asked = ["list", "-m", "-f", "{{.Dir}}", upstream.module]
            source = go.run(asked, folder=_folder(upstream), workspace=not upstream.apart).strip()
            shutil.copytree(Path(source) / upstream.files, staging / Path(upstream.files).name)
        staging.chmod(0o755)
        staging.rename(home)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _fetched(upstream: Upstream, staging: Path, progress: BuildProgress) -> bool:
    """Return whether an upstream's binaries were fetched."""
    found = published.files(upstream)
    if not found:
        return False
    try:
        with (
            tempfile.TemporaryDirectory(prefix=staging.name, dir=staging.parent) as half,
            progress.fetching(upstream.name, upstream.version, upstream.packages),
        ):
            published.fetch(found, Path(half), progress.took)
            for name in upstream.packages:
                (Path(half) / name).rename(staging / name)
    except FetchError as error:
        progress.say(f"{upstream.name} is built instead: {error}")
        return False
    return True


def _build(upstream: Upstream, go: GoToolchain, staging: Path, progress: BuildProgress) -> None:
    stamp = f" -X {upstream.version_variable}={upstream.version}" if upstream.version_variable else ""
    # go names a lone binary after its package, which is not always the binary's name.
    target = staging / next(iter(upstream.packages)) if len(upstream.packages) == 1 else staging
    flags = [
        "-trimpath",
        f"-gcflags=all={upstream.compiler}",
        f"-ldflags=-s -w{stamp}",
        f"-tags={','.join(upstream.tags)}",
    ]
    with progress.building(upstream.name, upstream.version, upstream.packages):
        go.run(
            ["build", "-v", *flags, "-o", str(target), *upstream.packages.values()],
            folder=_folder(upstream),
            workspace=not upstream.apart,
            on_line=progress.line,
        )


def _folder(upstream: Upstream) -> Path:
    return pins.BINARIES / upstream.name if upstream.apart else pins.BINARIES


@contextmanager
def _locked(home: Path, progress: BuildProgress) -> Generator[None]:
    home.parent.mkdir(parents=True, exist_ok=True)
    with home.with_name(home.name + ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.waiting(home.name)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
