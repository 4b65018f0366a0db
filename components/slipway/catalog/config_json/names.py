"""Which modules a quantised checkpoint names, in the ways that its tools write them.

- AutoAWQ, AutoGPTQ, FP8 and FBGEMM list modules, whole or by a part of the path: `lm_head`, `mlp.gate`;
- ModelOpt and MXFP4 have shell patterns: `model.layers.0.self_attn*`;
- compressed-tensors has regular expressions beside names: `re:.*self_attn.*`.
"""

import re
from collections.abc import Iterable
from fnmatch import translate

ROOTS = ("", "model.", "language_model.", "model.language_model.", "language_model.model.", "backbone.")
"""What stands before the layers in files of different models and versions."""
EXPRESSION = "re:"


class Named:
    """A set of modules; `layers.0.self_attn.q_proj in named` whatever the file calls the root."""

    def __init__(self, patterns: Iterable[str]) -> None:
        """Take the list of a quantization_config; an expression that is none matches nothing."""
        given = [pattern.strip(".") for pattern in patterns]
        plain = [text for text in given if not text.startswith(EXPRESSION)]
        self._paths = {_rootless(text) for text in plain if "*" not in text}
        shells = [translate(pattern) for text in plain if "*" in text for pattern in (text, f"{text}.*")]
        written = [text.removeprefix(EXPRESSION) for text in given if text.startswith(EXPRESSION)]
        self._expressions = [found for text in ("|".join(shells), *written) if text and (found := _compiled(text))]

    def __contains__(self, name: str) -> bool:
        parts = name.split(".")
        spans = (
            ".".join(parts[first:last]) for first in range(len(parts)) for last in range(first + 1, len(parts) + 1)
        )
        if not self._paths.isdisjoint(spans):
            return True
        return any(expression.match(f"{root}{name}") for expression in self._expressions for root in ROOTS)


def _rootless(path: str) -> str:
    root = max((root for root in ROOTS if path.startswith(root)), key=len)
    return path.removeprefix(root)


def _compiled(expression: str) -> re.Pattern[str] | None:
    try:
        return re.compile(expression)
    except re.error:
        return None
