"""The config.json of a model, saved in the project, and the file of ModelOpt's that may lie beside it."""

import json
import re
from pathlib import Path
from typing import cast

from slipway import project
from slipway.catalog.architecture import Model
from slipway.catalog.config_json import ConfigJsonError, model_from_config
from slipway.checks import Finding

INSTEAD = "state the model's numbers instead (source: numbers)"

QUANTISATION_FILE = "hf_quant_config.json"
"""Where ModelOpt writes how a checkpoint is quantised, if not into config.json; vLLM reads both."""

QUANTISED_NAME = re.compile(r"(?i)(?:^|[-_.])(fp8|nvfp4|mxfp4|awq|gptq|int4|int8|w4a16|w8a8|w8a16|bnb)(?:[-_.]|$)")


def read_model(path: str, name: str, file: str) -> Model | Finding:
    """Return the model that a config.json describes, or what is wrong with the file; none outside the project is read.

    Args:
        path: where the stack file names the file.
        name: what the model is called on Hugging Face.
        file: the file, relative to the project.
    """
    within = project.folder()
    place = (within / file).resolve()
    if not place.is_relative_to(within):
        reason = f"{file!r} leads outside the project, where nothing is read"
        remedy = "copy the file into the folder of Pulumi.yaml, and write its path from there"
        return Finding("models.outside-project", path, reason, remedy)
    if not _is_file(place):
        remedy = f"save {_download(name, 'config.json')} there, or {INSTEAD}"
        return Finding("models.no-file", path, f"there is no file {file!r} in the project", remedy)
    content = _object(path, place, file)
    if isinstance(content, Finding):
        return content
    beside = place.with_name(QUANTISATION_FILE)
    if "quantization_config" not in content and _is_file(beside) and beside.resolve().is_relative_to(within):
        quantised = _object(path, beside, str(beside.relative_to(within)))
        if isinstance(quantised, Finding):
            return quantised
        content |= {"quantization_config": quantised.get("quantization")}
    return _model(path, name, file, content)


def _is_file(place: Path) -> bool:
    """Whether there is a file; none has a name that the file system does not take."""
    try:
        return place.is_file()
    except OSError:
        return False


def _model(path: str, name: str, file: str, content: dict[str, object]) -> Model | Finding:
    try:
        row = model_from_config(name, content, source=file)
    except ConfigJsonError as error:
        lines = "; ".join(line.removeprefix(f"{name}: ") for line in str(error).splitlines())
        reason = f"{file!r} describes no model that is known: {lines}"
        return Finding("models.not-known", path, reason, INSTEAD)
    if row.quantisation is None and (format_ := QUANTISED_NAME.search(name)):
        reason = f"{name} has {format_[1]} in its name, and {file!r} says nothing of it: it would be counted at 16 bits"
        remedy = f"save {_download(name, QUANTISATION_FILE)} beside it if there is one, or {INSTEAD}"
        return Finding("models.quantisation", path, reason, remedy)
    return row


def _object(path: str, place: Path, file: str) -> dict[str, object] | Finding:
    """Return what a file holds."""
    try:
        content = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        remedy = f"save it again from Hugging Face, or {INSTEAD}"
        return Finding("models.no-json", path, f"{file!r} cannot be read as JSON: {error}", remedy)
    if not isinstance(content, dict):
        reason = f"{file!r} holds a {type(content).__name__}, not an object"
        return Finding("models.no-object", path, reason, "save the model's config.json there")
    return cast("dict[str, object]", content)


def _download(name: str, file: str) -> str:
    return f"https://huggingface.co/{name}/resolve/main/{file}"
