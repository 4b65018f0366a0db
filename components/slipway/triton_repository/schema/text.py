"""config.pbtxt read into `ModelConfig`, and written from it.

The reading and printing is Google's (google.protobuf.text_format), over a schema made from the types themselves.
Pulumi brings protobuf in any case. Triton's client library has the schema compiled, but brings numpy with it, and would
be a second description of every field.

Comments are not kept. Reading stops at the first error, as Triton's own reading does.
"""

import re
from difflib import get_close_matches

from google.protobuf import json_format, text_format

from slipway.checks import Finding
from slipway.triton_repository.schema.descriptor import PACKAGE, message_class
from slipway.triton_repository.schema.model_config import ModelConfig

_MESSAGE = message_class(ModelConfig)
_UNKNOWN_FIELD = re.compile(rf'type "{PACKAGE}\.(?P<message>[\w.]+)" has no field named "(?P<field>[^"]*)"')
_UNKNOWN_VALUE = re.compile(rf'type "{PACKAGE}\.(?P<enum>[\w.]+)" has no value named (?P<value>\w+)')


class ConfigTextError(ValueError):
    """A config.pbtxt that is no model configuration.

    Attributes:
        finding: what is wrong with it; its path has line and column.
    """

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


def render(config: ModelConfig) -> str:
    """Return the text of config.pbtxt; `parse` of it is equal to `config`."""
    message = json_format.Parse(config.model_dump_json(by_alias=True, exclude_none=True), _MESSAGE())
    return text_format.MessageToString(message, as_utf8=True, use_short_repeated_primitives=True)


def parse(text: str, path: str = "config.pbtxt") -> ModelConfig:
    """Return the configuration that `text` holds.

    Raises:
        ConfigTextError: it is not valid; `path` is how the error names the text.
    """
    try:
        message = text_format.Parse(text, _MESSAGE())
    except text_format.ParseError as error:
        raise ConfigTextError(_finding(error, path)) from None
    return ModelConfig.model_validate(json_format.MessageToDict(message, always_print_fields_with_no_presence=True))


def _finding(error: text_format.ParseError, path: str) -> Finding:
    where = f"{path}:{error.GetLine()}:{error.GetColumn()}" if error.GetLine() else path
    reason = re.sub(r"^\d+:\d+ : ", "", str(error))
    if match := _UNKNOWN_FIELD.search(reason):
        fields = _MESSAGE.DESCRIPTOR.file.message_types_by_name[match["message"].partition(".")[0]].fields_by_name
        message = f"{match['message']} has no field {match['field']!r}"
        return Finding("triton.unknown-field", where, message, _instead(match["field"], [*fields]))
    if match := _UNKNOWN_VALUE.search(reason):
        owner, _, enum = match["enum"].rpartition(".")
        values = _MESSAGE.DESCRIPTOR.file.message_types_by_name[owner].enum_types_by_name[enum].values_by_name
        message = f"{match['value']} is no {enum} of {owner}"
        return Finding("triton.unknown-value", where, message, _instead(match["value"], [*values]))
    return Finding("triton.config-syntax", where, reason.rstrip("."), "correct the file at this line and column")


def _instead(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=1, cutoff=0.7)
    return f"write {close[0]}" if close else f"write one of {', '.join(known)}"
