"""Turns the JSON schema of a pydantic model into the structural form that a CustomResourceDefinition must have.

The structural form (Kubernetes' documentation, "Specifying a structural schema") knows neither references nor the null
type, and a strict API server refuses each key that it does not name. So nothing is passed through unread here: what the
form cannot say is an error. Left out are descriptions, defaults and patterns of the keys of maps.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from rehearsal.client import Json

_KEPT = {
    *("type", "enum", "required", "pattern", "minimum", "maximum", "multipleOf", "minLength", "maxLength"),
    *("minItems", "maxItems", "minProperties", "maxProperties"),
}
_DROPPED = {
    *("title", "description", "default", "examples", "discriminator", "$defs", "uniqueItems", "deprecated"),
    *("x-kubernetes-list-map-keys", "x-kubernetes-list-type", "x-kubernetes-map-type", "x-kubernetes-unions"),
    *("x-kubernetes-patch-merge-key", "x-kubernetes-patch-strategy"),
}
_HANDLED = {
    *("$ref", "allOf", "anyOf", "oneOf", "const", "exclusiveMinimum", "exclusiveMaximum", "format"),
    *("properties", "additionalProperties", "propertyNames", "items"),
}
_FORMATS = {"int32", "int64", "double", "byte", "date-time"}
_INT_OR_STRING = ({"integer", "string"}, {"number", "string"})


class SchemaError(Exception):
    """A model says something that the structural form cannot; the message has the place in the model."""


def structural_schema(
    model: type[BaseModel], kubernetes: Mapping[str, Json], embedded: Mapping[str, str] | None = None
) -> Json:
    """Return the structural schema of what `model` reads, by the aliases of its fields.

    Args:
        model: a pydantic model without recursion.
        kubernetes: the Kubernetes API's own schemas by name.
        embedded: for each field that holds a Kubernetes type in wire form, such as `Model.field.template`, the name of
            that type's schema in `kubernetes`.

    Raises:
        SchemaError: the model holds a value of any type, a tuple, a recursion, or a union that the form cannot say.
    """
    schema = model.model_json_schema(by_alias=True)
    known = {f"#/$defs/{name}": each for name, each in schema.get("$defs", {}).items()}
    known |= {f"#/components/schemas/{name}": each for name, each in kubernetes.items()}
    places = {path: {"$ref": f"#/components/schemas/{name}"} for path, name in (embedded or {}).items()}
    return _Converter(known, places).convert(schema, model.__name__, ())


class _Converter:
    def __init__(self, definitions: Mapping[str, Json], places: Mapping[str, Json]) -> None:
        self._definitions = definitions
        self._places = places

    def convert(self, schema: Json, path: str, through: tuple[str, ...]) -> Json:
        """Convert one node; `through` holds the references that led to it."""
        if unknown := sorted(schema.keys() - _KEPT - _DROPPED - _HANDLED):
            raise SchemaError(f"{path}: the structural form has no {', '.join(unknown)}")
        if reference := _reference(schema):
            if reference in through:
                raise SchemaError(f"{path}: {reference} holds itself; the structural form has no recursion")
            if reference not in self._definitions:
                raise SchemaError(f"{path}: there is no schema {reference}")
            return self.convert(self._definitions[reference], path, (*through, reference))
        if branches := schema.get("anyOf") or schema.get("oneOf"):
            return self._union(branches, path, through)
        if "type" not in schema:
            raise SchemaError(f"{path}: its type is open; name one, or a Kubernetes type for this path")
        return self._plain(schema, path, through)

    def _plain(self, schema: Json, path: str, through: tuple[str, ...]) -> Json:
        kept = {key: value for key, value in schema.items() if key in _KEPT}
        if schema.get("format") in _FORMATS:
            kept["format"] = schema["format"]
        if "const" in schema:
            kept["enum"] = [schema["const"]]
        for bound in ("Minimum", "Maximum"):
            if f"exclusive{bound}" in schema:
                kept |= {bound.lower(): schema[f"exclusive{bound}"], f"exclusive{bound}": True}
        if schema["type"] == "array":
            if "items" not in schema:
                raise SchemaError(f"{path}: the structural form has no tuples; use a list of one type")
            kept["items"] = self.convert(self._places.get(f"{path}[]", schema["items"]), f"{path}[]", through)
        if "properties" in schema:
            kept["properties"] = {
                name: self.convert(self._places.get(f"{path}.{name}", each), f"{path}.{name}", through)
                for name, each in schema["properties"].items()
            }
        elif schema["type"] == "object":
            kept |= self._map(schema, path, through)
        return kept

    def _map(self, schema: Json, path: str, through: tuple[str, ...]) -> Json:
        values: Json | bool = schema.get("additionalProperties", False)
        if values is False:
            return {}
        if values is True:
            raise SchemaError(
                f"{path}: its values may be anything; name their type, or a Kubernetes type for this path"
            )
        converted = self.convert(values, f"{path}.*", through)
        keys: Json = schema.get("propertyNames", {})
        if names := keys.get("enum", [keys["const"]] if "const" in keys else []):
            return {"properties": dict.fromkeys(names, converted)}
        return {"additionalProperties": converted}

    def _union(self, branches: Sequence[Json], path: str, through: tuple[str, ...]) -> Json:
        present = [branch for branch in branches if branch.get("type") != "null"]
        merged = merge([self.convert(branch, path, through) for branch in present], path)
        return merged if len(present) == len(branches) else {**merged, "nullable": True}


def merge(branches: Sequence[Json], path: str) -> Json:
    """Return the structural schema of a value that one of the structural schemas `branches` describes."""
    if all(branch == branches[0] for branch in branches):
        return branches[0]
    types = {branch.get("type", "") for branch in branches}
    if types in _INT_OR_STRING:
        return {"x-kubernetes-int-or-string": True}
    if len(types) > 1 or types <= {"", "array"}:
        raise SchemaError(f"{path}: the structural form has no union of {', '.join(sorted(types))}")
    if types == {"object"}:
        return _merge_objects(branches, path)
    return {"type": types.pop(), "anyOf": [_without(branch, "type") for branch in branches]}


def _merge_objects(branches: Sequence[Json], path: str) -> Json:
    if not all("properties" in branch for branch in branches):
        raise SchemaError(f"{path}: the structural form has no union of maps")
    names = list(dict.fromkeys(name for branch in branches for name in branch["properties"]))
    properties = {
        name: merge(
            [branch["properties"][name] for branch in branches if name in branch["properties"]], f"{path}.{name}"
        )
        for name in names
    }
    return {"type": "object", "properties": properties, "anyOf": [_validation(branch, names) for branch in branches]}


def _validation(branch: Json, names: Sequence[str]) -> Json:
    """What one branch of a union of objects demands: its fields, the values that tell it apart, none of the others'."""
    own: Mapping[str, Any] = branch["properties"]
    demanded: Json = {}
    if chosen := {name: {"enum": each["enum"]} for name, each in own.items() if "enum" in each}:
        demanded["properties"] = chosen
    if branch.get("required"):
        demanded["required"] = branch["required"]
    if others := [{"required": [name]} for name in names if name not in own]:
        demanded["not"] = {"anyOf": others}
    return demanded


def _reference(schema: Json) -> str:
    if "allOf" in schema and len(schema["allOf"]) == 1:
        return schema["allOf"][0].get("$ref", "")
    return schema.get("$ref", "")


def _without(schema: Json, key: str) -> Json:
    return {name: value for name, value in schema.items() if name != key}
