# pyright: basic, reportMissingImports=false
"""Put a model repository together: files of the stack, and links to what the image or a storage holds."""

import argparse
import json
import shutil
from pathlib import Path


def assemble(files: Path, repository: Path, links: dict[str, str]) -> None:
    """Copy the models below `files` to `repository`, without the kubelet's own entries, and add the links.

    Raises:
        SystemExit: what a link leads to is not there; Triton would report a model that is broken for no reason.
    """
    for model in sorted(path for path in files.iterdir() if path.is_dir()):
        shutil.copytree(model, repository / model.name, ignore=shutil.ignore_patterns("..*"), dirs_exist_ok=True)
    missing = sorted(source for source in links.values() if not Path(source).exists())
    if missing:
        raise SystemExit(f"neither the image nor a volume of the pod has {', '.join(missing)}")
    for path, source in links.items():
        link = repository / path
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(source)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=Path, required=True)
    parser.add_argument("--repository", type=Path, required=True)
    parser.add_argument("--links", type=json.loads, required=True)
    given = parser.parse_args()
    assemble(given.files, given.repository, given.links)
