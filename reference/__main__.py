"""`python -m reference FOLDER`: write the pages."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from reference import catalog_pages, findings, keys

PAGES: Mapping[str, Callable[[], str]] = {
    "keys.md": keys.page,
    "models.md": catalog_pages.models,
    "machines.md": catalog_pages.machines,
    "engines.md": catalog_pages.engines,
    "findings.md": findings.page,
}


def write(folder: Path) -> None:
    """Write all pages into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
