"""What projects publish is fetched when it is what the tree names, and built when it is not to be had."""

import csv
import hashlib
import io
import platform
import subprocess
import tarfile
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typing_extensions import override

from rehearsal import build, pins, published
from tests.rehearsal.hello import HELLO, said

COLUMNS = ("upstream", "version", "machine", "url", "sha256", "binaries")
SAYS = "#!/bin/sh\nprintf fetched\n"
FILE, ARCHIVE = "/right/other", "/right/hello-1.2.3.linux.tar.gz"


def archive() -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as written:
        for name, text in {"hello-1.2.3/hello": SAYS, "hello-1.2.3/LICENSE": "mine"}.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            written.addfile(member, io.BytesIO(text.encode()))
    return held.getvalue()


CONTENTS = {"hello-1.2.3.linux.tar.gz": archive(), "other": SAYS.encode()}


class Releases(BaseHTTPRequestHandler):
    """Publishes the files below `/right/`, and what is wrong with them below other paths."""

    ended = threading.Event()

    def do_GET(self) -> None:
        kind, name = self.path.removeprefix("/").split("/")
        content = CONTENTS[name]
        if kind == "missing":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if kind == "stuck":
            self.ended.wait()
        elif kind == "truncated":
            self.wfile.write(content[:9])
        else:
            self.wfile.write(content[::-1] if kind == "damaged" else content)

    @override
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def releases() -> Generator[str]:
    Releases.ended.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Releases) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        Releases.ended.set()
        server.shutdown()


def publish(workspace: Path, *urls: str, version: str = "v1.2.3", machine: str = "") -> None:
    rows = [",".join(COLUMNS)]
    for url in urls:
        name = url.rpartition("/")[2]
        binary = name.partition("-")[0]
        here = machine or f"{platform.system()} {platform.machine()}"
        rows.append(f"hello,{version},{here},{url},{hashlib.sha256(CONTENTS[name]).hexdigest()},{binary}")
    (workspace / "published.csv").write_text("\n".join(rows))


def printed(path: Path) -> str:
    return subprocess.run([path], capture_output=True, text=True, check=True).stdout


def test_published_binaries_are_fetched_once_and_lie_where_built_ones_would(workspace: Path, releases: str) -> None:
    publish(workspace, releases + FILE, releases + ARCHIVE)
    found, progress = said()
    assert [printed(found[name]) for name in ("hello", "other")] == ["fetched", "fetched"]
    assert (build.files(HELLO, found) / "file.txt").read_text() == "needed beside the binaries"
    assert sorted(path.name for path in found["hello"].parent.iterdir()) == ["data", "hello", "other"]
    assert "hello v1.2.3 (hello, other): fetched" in progress
    assert "building" not in progress
    assert said() == (found, "")


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("damaged", "is damaged: its 25 bytes have the SHA-256 "),
        ("truncated", "is damaged: its 9 bytes have the SHA-256 "),
        ("missing", "cannot be had (Not Found)"),
        ("stuck", "cannot be had (timed out)"),
        ("refused", "cannot be had ([Errno 111] Connection refused)"),
    ],
)
def test_what_cannot_be_fetched_whole_is_built_with_one_sentence_that_says_why(
    kind: str, says: str, workspace: Path, releases: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published, "ANSWER_SECONDS", 0.5)
    wrong = "http://127.0.0.1:9/right/other" if kind == "refused" else f"{releases}/{kind}/other"
    publish(workspace, releases + ARCHIVE, wrong)
    found, progress = said()
    assert [printed(found[name]) for name in ("hello", "other")] == ["v1.2.3", "v1.2.3"]
    assert [line for line in progress.splitlines() if says in line] == [
        line for line in progress.splitlines() if line.startswith(f"hello is built instead: {wrong} ")
    ]
    assert len([path for path in build.cache_home().iterdir() if path.is_dir()]) == 1


@pytest.mark.parametrize(
    ("urls", "changed"),
    [
        ([FILE, ARCHIVE], {"version": "v1.2.2"}),
        ([FILE, ARCHIVE], {"machine": "Linux pdp11"}),
        ([FILE], {}),
    ],
    ids=["another version", "another machine", "not every binary"],
)
def test_what_the_tree_has_no_checksum_of_is_built(
    urls: list[str], changed: dict[str, str], workspace: Path, releases: str
) -> None:
    publish(workspace, *(releases + url for url in urls), **changed)
    found, progress = said()
    assert printed(found["hello"]) == "v1.2.3"
    assert "fetch" not in progress.partition("\n")[2]


def test_every_checksum_is_of_a_version_that_is_pinned() -> None:
    """A row of another version would never be used: a new pin comes with new checksums, or without rows."""
    rows = list(csv.DictReader((pins.BINARIES / "published.csv").read_text("utf-8").splitlines()))
    pinned = {each.name: each for each in pins.ALL}
    for row in rows:
        assert row["version"] == pinned[row["upstream"]].version, row
        assert {*row["binaries"].split()} <= {*pinned[row["upstream"]].packages}, row
        assert len(bytes.fromhex(row["sha256"])) == hashlib.sha256().digest_size, row
        assert row["url"].startswith("https://"), row
    assert tuple(rows[0]) == COLUMNS
