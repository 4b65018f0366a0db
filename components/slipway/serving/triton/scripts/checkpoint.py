# pyright: basic, reportMissingImports=false
"""Download a model of Hugging Face, once for each storage.

The token is read from the file that HF_TOKEN_PATH names.
"""

import argparse
from pathlib import Path

from finished import make
from huggingface_hub import snapshot_download

FILES = ("*.safetensors", "*.json", "*.model", "*.txt")
"""Weights in one format only, configuration and tokenizer."""


def checkpoint(weights: Path, model: str) -> Path:
    """Return the directory that holds the model; it is downloaded if it is not there."""
    directory = weights / "checkpoints" / model

    def download(target: Path) -> None:
        snapshot_download(model, local_dir=target, allow_patterns=list(FILES), ignore_patterns=["original/*"])

    make(directory, download)
    return directory


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--model", required=True)
    given = parser.parse_args()
    checkpoint(given.weights, given.model)
