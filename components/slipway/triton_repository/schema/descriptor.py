"""The types of this package as a protobuf schema, so that Google's parser and printer do the reading and writing.

Text format knows fields by name, so their numbers are simply counted and are not Triton's: no message made here may be
sent in binary. A test compares names, types and groups with the schema in Triton's own client library.
"""

from collections.abc import Mapping
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message as ProtobufMessage
from google.protobuf.message_factory import GetMessageClass

from slipway.triton_repository.schema.message import Message, Scalar, Wrapped

PACKAGE = "inference"
_SCALARS: Mapping[type, str] = {str: "string", bool: "bool"}


def message_class(root: type[Message]) -> type[ProtobufMessage]:
    """Return the protobuf class of `root`, with all messages that it needs."""
    file = FileDescriptorProto(name=f"{PACKAGE}.proto", package=PACKAGE, syntax="proto3")
    _Schema(file).add(root)
    pool = DescriptorPool()
    pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.{root.__name__}"))


class _Schema:
    """A file of messages, each named as its class."""

    def __init__(self, file: FileDescriptorProto) -> None:
        self._file = file
        self._done: set[str] = set()

    def add(self, message: type[Message]) -> None:
        if message.__name__ in self._done:
            return
        self._done.add(message.__name__)
        described = self._file.message_type.add(name=message.__name__)
        groups = {name: group for group, names in enumerate(message.one_of.values()) for name in names}
        for group in message.one_of:
            described.oneof_decl.add(name=group)
        hints = get_type_hints(message, include_extras=True)
        for name in message.model_fields:
            field = described.field.add(name=name.rstrip("_"), number=len(described.field) + 1)
            self._describe(described, field, hints[name])
            if name in groups:
                field.oneof_index = groups[name]

    def _describe(self, owner: DescriptorProto, field: FieldDescriptorProto, hint: Any) -> None:
        field.label = FieldDescriptorProto.LABEL_OPTIONAL
        annotations: tuple[Any, ...] = ()
        if get_origin(hint) is Annotated:
            hint, *rest = get_args(hint)
            annotations = tuple(rest)
        if scalar := next((item for item in annotations if isinstance(item, Scalar)), None):
            self._set_scalar(field, scalar.name)
        elif isinstance(hint, type) and issubclass(hint, Message):
            self.add(hint)
            self._set_message(field, hint.__name__)
        elif hint in _SCALARS:
            self._set_scalar(field, _SCALARS[hint])
        else:
            wrapped = next((item for item in annotations if isinstance(item, Wrapped)), None)
            self._describe_composed(owner, field, hint, wrapped)

    def _describe_composed(
        self, owner: DescriptorProto, field: FieldDescriptorProto, hint: Any, wrapped: Wrapped | None
    ) -> None:
        origin, arguments = get_origin(hint), get_args(hint)
        if origin is Literal:
            self._set_enum(owner, field, arguments)
        elif origin is tuple:
            self._describe(owner, field, arguments[0])
            field.label = FieldDescriptorProto.LABEL_REPEATED
        elif origin is dict:
            self._set_map(owner, field, arguments[0], arguments[1], wrapped)
        else:
            (inner,) = (part for part in arguments if part is not NoneType)
            self._describe(owner, field, inner)

    def _set_scalar(self, field: FieldDescriptorProto, name: str) -> None:
        field.type = FieldDescriptorProto.Type.Value(f"TYPE_{name.upper()}")

    def _set_message(self, field: FieldDescriptorProto, name: str) -> None:
        field.type = FieldDescriptorProto.TYPE_MESSAGE
        field.type_name = f".{PACKAGE}.{name}"

    def _set_enum(self, owner: DescriptorProto, field: FieldDescriptorProto, names: tuple[str, ...]) -> None:
        enum = owner.enum_type.add(name=_camel(field.name))
        for number, name in enumerate(names):
            enum.value.add(name=name, number=number)
        field.type = FieldDescriptorProto.TYPE_ENUM
        field.type_name = f".{PACKAGE}.{owner.name}.{enum.name}"

    def _set_map(
        self, owner: DescriptorProto, field: FieldDescriptorProto, key: Any, value: Any, wrapped: Wrapped | None
    ) -> None:
        entry = owner.nested_type.add(name=f"{_camel(field.name)}Entry")
        entry.options.map_entry = True
        self._describe(entry, entry.field.add(name="key", number=1), key)
        target = entry.field.add(name="value", number=2)
        self._describe(entry, target, wrapped.message if wrapped else value)
        field.label = FieldDescriptorProto.LABEL_REPEATED
        field.type = FieldDescriptorProto.TYPE_MESSAGE
        field.type_name = f".{PACKAGE}.{owner.name}.{entry.name}"


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
