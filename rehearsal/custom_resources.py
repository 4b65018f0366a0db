"""CustomResourceDefinitions of the kinds that stacks use: prometheus-operator's own, and the others from our models.

A definition from a model lets the API server refuse what the model does not know. It is narrower than the upstream's,
has no status that its controller would write, and is made for a rehearsal only.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel

from rehearsal import build, pins
from rehearsal.client import Client, Json
from rehearsal.structural_schema import structural_schema
from slipway.custom_resources import CLUSTER_SCOPED, MODELS

SCALE_SELECTORS = {"leaderworkersets.leaderworkerset.x-k8s.io": "hpaPodSelector"}
"""Definitions with a scale subresource, and the status field that holds the selector of their pods.

Source: https://github.com/kubernetes-sigs/lws/blob/main/config/crd/bases/leaderworkerset.x-k8s.io_leaderworkersets.yaml
"""

EMBEDDED = {
    "LeaderWorkerSet.leaderWorkerTemplate.leaderTemplate": "io.k8s.api.core.v1.PodTemplateSpec",
    "LeaderWorkerSet.leaderWorkerTemplate.workerTemplate": "io.k8s.api.core.v1.PodTemplateSpec",
    "NimService.env[]": "io.k8s.api.core.v1.EnvVar",
    **{f"NimService.{each}Probe.probe": "io.k8s.api.core.v1.Probe" for each in ("startup", "readiness", "liveness")},
    "NimService.scale.hpa.metrics[]": "io.k8s.api.autoscaling.v2.MetricSpec",
    "NimService.scale.hpa.behavior": "io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerBehavior",
    "ScaledObject.advanced.horizontalPodAutoscalerConfig.behavior": (
        "io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerBehavior"
    ),
}
"""Fields that our models leave open because a Kubernetes type stands there, and its schema's name."""


OPERATED = ("podmonitors", "probes", "prometheuses", "prometheusrules", "servicemonitors")
"""Kinds of prometheus-operator that are played. The others are large, and would take longer than the control plane."""


def prometheus_operator_definitions(binaries: Mapping[str, Path]) -> list[Json]:
    """Return definitions that lie in prometheus-operator's module, of the version that runs here."""
    folder = build.files(pins.PROMETHEUS_OPERATOR, binaries)
    return [yaml.load((folder / f"monitoring.coreos.com_{kind}.yaml").read_bytes(), _Loader) for kind in OPERATED]


def others(client: Client, brought: Iterable[Json]) -> list[Json]:
    """Return definitions of the kinds of our models that are in no group of those that a stack's parts bring."""
    groups = {each["spec"]["group"] for each in brought}
    models = {kind: model for kind, model in MODELS.items() if kind[0].partition("/")[0] not in groups}
    return definitions_of_models(models, kubernetes_schemas(client), cluster_scoped=CLUSTER_SCOPED)


def kubernetes_schemas(client: Client) -> Mapping[str, Json]:
    """Return the API server's own schemas that `EMBEDDED` needs, by names such as `io.k8s.api.core.v1.PodSpec`."""
    documents = (client.request("GET", f"/openapi/v3/{path}") for path in ("api/v1", "apis/autoscaling/v2"))
    return {name: schema for each in documents for name, schema in each["components"]["schemas"].items()}


def definitions_of_models(
    models: Mapping[tuple[str, str], type[BaseModel]],
    schemas: Mapping[str, Json],
    *,
    cluster_scoped: Collection[tuple[str, str]] = (),
) -> list[Json]:
    """Return a definition for each kind; several versions of one kind share it, the last one being stored.

    Args:
        models: the model of each kind's `spec` by apiVersion and kind.
        schemas: what `kubernetes_schemas` returned.
        cluster_scoped: those kinds whose objects lie in no namespace.

    Raises:
        SchemaError: a model says something that a definition cannot.
    """
    versions: dict[tuple[str, str], list[Json]] = defaultdict(list)
    scopes: dict[tuple[str, str], str] = {}
    for (api_version, kind), model in models.items():
        group, _, version = api_version.partition("/")
        schema = {
            "type": "object",
            "required": ["spec"],
            "properties": {"spec": structural_schema(model, schemas, EMBEDDED)},
        }
        versions[group, kind].append(
            {"name": version, "served": True, "storage": False, "schema": {"openAPIV3Schema": schema}}
        )
        scopes[group, kind] = "Cluster" if (api_version, kind) in cluster_scoped else "Namespaced"
    return [_definition(group, kind, scopes[group, kind], found) for (group, kind), found in versions.items()]


def _definition(group: str, kind: str, scope: str, versions: list[Json]) -> Json:
    name = f"{plural(kind)}.{group}"
    versions[-1]["storage"] = True
    if name in SCALE_SELECTORS:
        for version in versions:
            _make_scalable(version, SCALE_SELECTORS[name])
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": name},
        "spec": {
            "group": group,
            "scope": scope,
            "names": {"kind": kind, "listKind": f"{kind}List", "plural": plural(kind), "singular": kind.lower()},
            "versions": versions,
        },
    }


def _make_scalable(version: Json, selector: str) -> None:
    properties = version["schema"]["openAPIV3Schema"]["properties"]
    properties["spec"]["properties"]["replicas"] = {"type": "integer", "format": "int32", "minimum": 0, "default": 1}
    properties["status"] = {
        "type": "object",
        "properties": {"replicas": {"type": "integer", "format": "int32"}, selector: {"type": "string"}},
    }
    version["subresources"] = {
        "status": {},
        "scale": {
            "specReplicasPath": ".spec.replicas",
            "statusReplicasPath": ".status.replicas",
            "labelSelectorPath": f".status.{selector}",
        },
    }


def plural(kind: str) -> str:
    """Return the name of a kind in paths, by the rule of Kubernetes' own tools: `Policy` is `policies`."""
    lower = kind.lower()
    if lower.endswith("s"):
        return f"{lower}es"
    return f"{lower[:-1]}ies" if lower.endswith("y") else f"{lower}s"


class _Loader(yaml.CSafeLoader):
    pass


def _construct_text(loader: _Loader, node: yaml.ScalarNode) -> str:
    return str(node.value)


# YAML 1.1 gives a bare `=`, which stands among a matcher's operators, a type of its own.
_Loader.add_constructor("tag:yaml.org,2002:value", _construct_text)
