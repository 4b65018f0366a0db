"""Judgement over the name of a server's model."""

import difflib

from checks import Finding
from stacks.gpu_servers.server import Models


def model_findings(path: str, name: str, models: Models) -> list[Finding]:
    """Say that a model is unknown, and which ones are named alike."""
    if name in models:
        return []
    closest = difflib.get_close_matches(name, models, n=3) or sorted(models)
    return [
        Finding(
            f"{path}.model",
            f"{name!r} is not in the catalog, so neither its size nor its load time is known",
            f"use {', '.join(closest)}, or add the model to catalog/models/",
        )
    ]
