"""Upstreams of a few lines, which need nothing from a registry, and the workspace that pins them."""

import io
from pathlib import Path

from rich.console import Console

from rehearsal import build, pins

MAIN = """package main

import "os"

var version = "none"

func main() { os.Stdout.WriteString(version) }
"""
HELLO = pins.Upstream(
    name="hello",
    module="example.com/pinned",
    packages={"hello": "example.com/hello", "other": "example.com/hello/other"},
    version_variable="main.version",
    files="data",
)
ALONE = pins.Upstream(
    name="alone",
    module="example.com/pinned",
    packages={"alone": "example.com/alone"},
    version_variable="main.version",
    apart=True,
)


def write_workspace(folder: Path) -> Path:
    """Write a Go workspace with one upstream of two binaries and one that stands apart, and return its folder."""
    home = folder / "binaries"
    for path, text in {
        "go.work": "go 1.26.0\n\nuse (\n\t./hello\n\t./pinned\n)\n",
        "hello/go.mod": "module example.com/hello\n\ngo 1.26.0\n\nrequire example.com/pinned v1.2.3\n",
        "hello/go.sum": "",
        "hello/main.go": MAIN,
        "hello/other/main.go": MAIN,
        "alone/go.mod": "module example.com/alone\n\ngo 1.26.0\n\nrequire example.com/pinned v1.2.3\n\n"
        "replace example.com/pinned => ../pinned\n",
        "alone/main.go": MAIN,
        "pinned/go.mod": "module example.com/pinned\n\ngo 1.26.0\n",
        "pinned/data/file.txt": "needed beside the binaries",
    }.items():
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_text(text)
    return home


def said(upstream: pins.Upstream = HELLO) -> tuple[dict[str, Path], str]:
    """Make an upstream, and return its binaries and what was printed."""
    output = io.StringIO()
    return build.ensure([upstream], console=Console(file=output)), output.getvalue()
