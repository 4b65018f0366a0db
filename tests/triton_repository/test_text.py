"""config.pbtxt read and written: against Triton's own schema, known shapes and random configurations."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf import text_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from hypothesis import HealthCheck, given, settings
from pydantic import ValidationError

from slipway.triton_repository import (
    ConfigTextError,
    ModelConfig,
    ModelDynamicBatching,
    ModelEnsembling,
    parse,
    render,
)
from slipway.triton_repository.schema.descriptor import message_class
from tests.triton_repository.configurations import any_message
from tests.triton_repository.grpc_client import TRITONS_CONFIG, descriptor

SHAPES = sorted((Path(__file__).parent / "shapes").glob("*.pbtxt"))


def shape(message: Descriptor) -> dict[str, object]:
    """Return what text format depends on: each field's name, type and group, and those of the messages below."""
    return {field.name: _shape(field) for field in message.fields}


def _shape(field: FieldDescriptor) -> object:
    group = field.containing_oneof.name if field.containing_oneof else None
    enum = [value.name for value in field.enum_type.values] if field.enum_type else None
    inner = shape(field.message_type) if field.message_type else None
    is_map = bool(field.message_type and field.message_type.GetOptions().map_entry)
    return field.type, field.is_repeated, is_map, group, enum, inner


def fields(message: Descriptor) -> set[str]:
    """Return all fields but those that can only have their default."""
    below = (fields(field.message_type) for field in message.fields if field.message_type)
    choices = (field for field in message.fields if not field.enum_type or len(field.enum_type.values) > 1)
    return {field.full_name for field in choices}.union(*below)


def used_fields(message: Message) -> Iterator[str]:
    for field, value in message.ListFields():
        yield field.full_name
        if field.message_type and field.message_type.GetOptions().map_entry:
            yield from (inner.full_name for inner in field.message_type.fields)
            parts = [part for part in value.values() if isinstance(part, Message)]
        elif field.message_type:
            parts = [value] if isinstance(value, Message) else list(value)
        else:
            parts = []
        for part in parts:
            yield from used_fields(part)


def test_the_types_have_every_field_of_tritons_schema_and_no_other() -> None:
    assert shape(descriptor(message_class(ModelConfig))) == shape(descriptor(TRITONS_CONFIG))


def test_the_shapes_are_many_and_use_every_field_of_the_schema() -> None:
    assert len(SHAPES) >= 40
    used = {
        name for path in SHAPES for name in used_fields(text_format.Parse(path.read_text("utf-8"), TRITONS_CONFIG()))
    }
    assert fields(descriptor(TRITONS_CONFIG)) - used == set()


@pytest.mark.parametrize("path", SHAPES, ids=lambda path: path.stem)
def test_a_known_shape_is_read_and_written_without_loss(path: Path) -> None:
    text = path.read_text("utf-8")
    config = parse(text)
    assert parse(render(config)) == config
    assert text_format.Parse(render(config), TRITONS_CONFIG()) == text_format.Parse(text, TRITONS_CONFIG())


@given(any_message(ModelConfig))
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_any_configuration_reads_back_as_it_was_written_also_by_tritons_schema(config: ModelConfig) -> None:
    text = render(config)
    assert parse(text) == config
    assert parse(text_format.MessageToString(text_format.Parse(text, TRITONS_CONFIG()))) == config


@pytest.mark.parametrize("value", ["inf", "-inf"])
def test_a_number_without_end_reads_back(value: str) -> None:
    text = f"sequence_batching {{ direct {{ minimum_slot_utilization: {value} }} }}"
    assert parse(render(parse(text))) == parse(text)


MISTAKES = [
    ('name: "a"\nentradas [ ]', "2:1", "ModelConfig has no field 'entradas'", "write one of name, platform"),
    ("dynamic_batching { max_queue_delay_us: 3 }", "1:20", "no field 'max_queue_delay_us'", "_microseconds"),
    ("input { data_type: TYPE_TEXT }", "1:20", "TYPE_TEXT is no DataType of ModelInput", "TYPE_STRING"),
    ("instance_group { kind: KIND_TPU }", "1:24", "KIND_TPU is no Kind of ModelInstanceGroup", "write KIND_GPU"),
    ('input {\n  data_type: "TYPE_STRING"\n}', "2:14", 'no value named "TYPE_STRING"', "correct the file"),
    ("max_batch_size: 99999999999", "1:17", "Value out of range", "correct the file"),
    ("max_batch_size: ${triton_max_batch_size}", "1:17", "Couldn't parse integer", "correct the file"),
    ("dynamic_batching {}\nsequence_batching {}", "2:1", 'member of oneof "scheduling_choice"', "correct the file"),
    ('name: "a"\nname: "b"', "2:7", "multiple", "correct the file"),
    ("input { dims: [ 1 2 ] }", "1:19", 'Expected ","', "correct the file"),
    ('backend: "python', "1:10", "String missing ending quote", "correct the file"),
    ("input {", "1:7", "Expected", "correct the file"),
]


@pytest.mark.parametrize(("text", "position", "message", "remedy"), MISTAKES, ids=[text for text, *_ in MISTAKES])
def test_an_error_names_line_column_reason_and_remedy(text: str, position: str, message: str, remedy: str) -> None:
    with pytest.raises(ConfigTextError) as caught:
        parse(text, "model/config.pbtxt")
    finding = caught.value.finding
    assert finding.path == f"model/config.pbtxt:{position}".rstrip(":")
    assert message in finding.message
    assert remedy in finding.remedy


def test_two_schedulers_exclude_each_other_in_the_types_too() -> None:
    with pytest.raises(ValidationError, match="dynamic_batching and ensemble_scheduling exclude each other"):
        ModelConfig(dynamic_batching=ModelDynamicBatching(), ensemble_scheduling=ModelEnsembling())


def test_yaml_names_are_those_of_protobufs_json() -> None:
    config = parse('max_batch_size: 4 parameters { key: "k" value { string_value: "v" } }')
    given = {"maxBatchSize": 4, "parameters": {"k": "v"}}
    assert ModelConfig.model_validate(given) == config
    assert ModelConfig.model_validate(config.model_dump(by_alias=True)) == config
