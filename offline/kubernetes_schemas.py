"""Holds Kubernetes objects against the published API schemas, and custom resources against their models.

The schemas are the strict ones that the package kubernetes-validate carries: an unknown key is an error. They know
neither formats nor rules that span fields; a real API server does, and a rehearsal asks one.
"""

import importlib.util
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
from pydantic import ValidationError

from offline.recording import Resource
from offline.sdk_types import unknown_key
from offline.wire import SECRET, UNKNOWN, join
from slipway.checks.settings import Settings

KUBERNETES_MINOR = "1.35"
"""The API whose schemas hold: the oldest that a committed stack asks for, since newer ones keep what it has."""

_DEFINITIONS = "https://kubernetes.io/api/_definitions.json"

ENUMS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "autoscaling.v2.HPAScalingPolicy": {"type": ("Percent", "Pods")},
    "autoscaling.v2.HPAScalingRules": {"selectPolicy": ("Disabled", "Max", "Min")},
    "autoscaling.v2.MetricSpec": {"type": ("ContainerResource", "External", "Object", "Pods", "Resource")},
    "autoscaling.v2.MetricTarget": {"type": ("AverageValue", "Utilization", "Value")},
    "apps.v1.DeploymentStrategy": {"type": ("Recreate", "RollingUpdate")},
    "apps.v1.StatefulSetSpec": {"podManagementPolicy": ("OrderedReady", "Parallel")},
    "core.v1.Container": {"imagePullPolicy": ("Always", "IfNotPresent", "Never")},
    "core.v1.ContainerPort": {"protocol": ("SCTP", "TCP", "UDP")},
    "core.v1.NodeSelectorRequirement": {"operator": ("DoesNotExist", "Exists", "Gt", "In", "Lt", "NotIn")},
    "core.v1.PersistentVolumeClaimSpec": {"volumeMode": ("Block", "Filesystem")},
    "core.v1.PodSpec": {
        "dnsPolicy": ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
        "restartPolicy": ("Always", "Never", "OnFailure"),
    },
    "core.v1.SeccompProfile": {"type": ("Localhost", "RuntimeDefault", "Unconfined")},
    "core.v1.ServicePort": {"protocol": ("SCTP", "TCP", "UDP")},
    "core.v1.ServiceSpec": {
        "externalTrafficPolicy": ("Cluster", "Local"),
        "type": ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort"),
    },
    "core.v1.Toleration": {
        "effect": ("NoExecute", "NoSchedule", "PreferNoSchedule"),
        "operator": ("Equal", "Exists", "Gt", "Lt"),
    },
    "core.v1.TopologySpreadConstraint": {"whenUnsatisfiable": ("DoNotSchedule", "ScheduleAnyway")},
    "networking.v1.HTTPIngressPath": {"pathType": ("Exact", "ImplementationSpecific", "Prefix")},
}
"""Closed sets that the published schema leaves out, by definition and property (`types.go` of kubernetes/api)."""


def problems(resource: Resource) -> Iterator[str]:
    """Yield what the schema of an object's kind does not allow in it, each with its property path."""
    api_version, kind = resource.inputs["apiVersion"], resource.inputs["kind"]
    schema = _schema(api_version, kind)
    if schema is None:
        yield (
            f"is a {kind} of {api_version}, which is neither in the API of Kubernetes {KUBERNETES_MINOR} nor in "
            "slipway.custom_resources"
        )
        return
    yield from _schema_problems(resource.inputs, _validator(api_version, kind), schema)


def custom_resource_problems(resource: Resource, model: type[Settings]) -> Iterator[str]:
    """Yield what the model does not allow in a custom resource's spec, and what no metadata can have."""
    envelope = {**resource.inputs}
    spec = envelope.pop("spec", {})
    schema = _metadata_schema()
    yield from _schema_problems(envelope, _metadata_validator(), schema)
    try:
        model.model_validate(spec, by_alias=True, by_name=False)
    except ValidationError as error:
        for detail in error.errors():
            if detail["input"] not in (SECRET, UNKNOWN):
                yield f"{_path('spec', detail['loc'])}: {detail['msg']} (got {detail['input']!r})"


def _schema_problems(
    value: Mapping[str, Any], validator: jsonschema_rs.Draft202012Validator, schema: Mapping[str, Any]
) -> Iterator[str]:
    if validator.is_valid(value):
        return
    for error in validator.iter_errors(value):
        path = _path("", error.instance_path)
        kind = error.kind
        if error.instance in (SECRET, UNKNOWN):
            continue
        if isinstance(kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
            known = _node(schema, error.schema_path[:-1]).get("properties", {})
            for key in kind.unexpected:
                yield unknown_key(path, key, list(known))
        elif isinstance(kind, jsonschema_rs.ValidationErrorKind.Required):
            yield f"{join(path, kind.property)}: is required"
        elif isinstance(kind, jsonschema_rs.ValidationErrorKind.Enum):
            allowed = ", ".join(repr(option) for option in kind.options if option is not None)
            yield f"{path}: got {error.instance!r}, allowed are {allowed}"
        else:
            yield f"{path}: {error.message}"


def _path(root: str, steps: Sequence[str | int]) -> str:
    path = root
    for step in steps:
        path = join(path, step)
    return path


def _node(schema: Mapping[str, Any], steps: Sequence[str | int]) -> Mapping[str, Any]:
    """Return the part of a schema at this path; behind a reference the path starts in the definitions."""
    node: Any = _definitions() if steps[:1] == ["$defs"] else schema
    for step in steps:
        node = node[step]
    return node


@cache
def _folder() -> Path:
    # The package's own code would import a validator that is not used here.
    spec = importlib.util.find_spec("kubernetes_validate")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "kubernetes-json-schema" / f"v{KUBERNETES_MINOR}.0-local-strict"


@cache
def _definitions() -> dict[str, Any]:
    content = json.loads((_folder() / "_definitions.json").read_bytes())
    for name, enums in ENUMS.items():
        properties = content["$defs"][f"io.k8s.api.{name}"]["properties"]
        for key, values in enums.items():
            properties[key]["enum"] = [None, *values]
    return content


@cache
def _registry() -> jsonschema_rs.Registry:
    return jsonschema_rs.Registry([(_DEFINITIONS, _definitions())])


@cache
def _schema(api_version: str, kind: str) -> dict[str, Any] | None:
    group = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", api_version)
    file = _folder() / f"{kind.lower()}-{group}.json"
    if not file.exists():
        return None
    schema = json.loads(file.read_bytes())
    # Files are named by the group's first label alone.
    return schema if api_version in schema["properties"]["apiVersion"]["enum"] else None


@cache
def _validator(api_version: str, kind: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(_schema(api_version, kind) or {}, registry=_registry())


@cache
def _metadata_schema() -> dict[str, Any]:
    metadata = {"$ref": f"{_DEFINITIONS}#/$defs/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}
    return {
        "properties": {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": metadata},
        "additionalProperties": False,
    }


@cache
def _metadata_validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(_metadata_schema(), registry=_registry())
