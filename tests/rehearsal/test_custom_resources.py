"""Definitions made from models refuse what the models do not know; prometheus-operator's are its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from rehearsal import custom_resources, lifecycle
from rehearsal.client import Client, Json
from rehearsal.control_plane import ControlPlane
from rehearsal.structural_schema import SchemaError, structural_schema
from slipway.checks.settings import Settings
from slipway.custom_resources import MODELS
from tests.rehearsal.objects import container


class Spread(Settings):
    kind: Literal["spread"] = "spread"
    max_skew: int = Field(ge=1)


class Pack(Settings):
    kind: Literal["pack"] = "pack"
    host: str = Field(pattern=r"^[a-z]+$", max_length=20)


class Gadget(Settings):
    size: int | None = Field(default=None, gt=0, le=10)
    port: int | str
    mode: Literal["a", "b"] | None = None
    labels: dict[str, str] | None = None
    only: dict[Literal["known"], str] | None = None
    placement: Annotated[Spread | Pack, Field(discriminator="kind")]
    spreads: list[Spread] = Field(default_factory=list[Spread])
    template: dict[str, Any] = Field(default_factory=dict[str, Any])


KIND = ("test.slipway/v1", "Gadget")
EMBEDDED = {"Gadget.template": "io.k8s.api.core.v1.PodTemplateSpec"}
SPREAD = {"kind": "spread", "maxSkew": 1}


def gadget(space: str, **spec: Any) -> Json:
    return {
        "apiVersion": KIND[0],
        "kind": KIND[1],
        "metadata": {"name": "gadget", "namespace": space},
        "spec": {"port": 80, "placement": SPREAD, **spec},
    }


@pytest.fixture(scope="module")
def schemas(plane: ControlPlane) -> Mapping[str, Json]:
    return custom_resources.kubernetes_schemas(plane.client)


@pytest.fixture(scope="module", autouse=True)
def definitions(plane: ControlPlane, schemas: Mapping[str, Json]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(custom_resources, "EMBEDDED", {**custom_resources.EMBEDDED, **EMBEDDED})
        made = custom_resources.definitions_of_models({KIND: Gadget}, schemas)
    assert not lifecycle.apply(plane.client, [*made, *custom_resources.others(plane.client, [])])


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"size": 10, "port": "http", "mode": "b", "labels": {"any/key": "v"}, "only": {"known": "v"}},
        {"placement": {"kind": "pack", "host": "abc"}, "spreads": [SPREAD]},
        {"template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [container({"cpu": "1"})]}}},
    ],
)
def test_what_the_model_knows_is_accepted(client: Client, space: str, spec: Json) -> None:
    manifest = gadget(space, **spec)
    Gadget.model_validate(manifest["spec"])
    assert [str(each) for each in lifecycle.apply(client, [manifest])] == []
    assert (client.get(manifest) or {})["spec"] == manifest["spec"]


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"sise": 1}, "sise"),
        ({"size": 0}, "size"),
        ({"size": 11}, "size"),
        ({"port": 1.5}, "port"),
        ({"mode": "c"}, "mode"),
        ({"labels": {"a": 1}}, "labels"),
        ({"only": {"unknown": "v"}}, "unknown"),
        ({"placement": {"kind": "pack"}}, "placement"),
        ({"placement": {"kind": "pack", "host": "A"}}, "host"),
        ({"placement": {"kind": "spread", "maxSkew": 0}}, "maxSkew"),
        ({"placement": {"kind": "spread", "maxSkew": 1, "host": "a"}}, "placement"),
        ({"placement": {"kind": "none", "maxSkew": 1}}, "kind"),
        ({"spreads": [{**SPREAD, "extra": 1}]}, "extra"),
        ({"template": {"spec": {"containers": [{**container(), "imge": "x"}]}}}, "imge"),
        ({"template": {"spec": {"containers": [{"image": "x"}]}}}, "name"),
    ],
)
def test_what_the_model_does_not_know_is_refused(client: Client, space: str, spec: Json, words: str) -> None:
    [refused] = lifecycle.apply(client, [gadget(space, **spec)])
    assert words in refused.message


def test_a_definition_with_a_scale_can_be_scaled(client: Client, space: str) -> None:
    template = {"spec": {"containers": [container()]}}
    group = {
        "apiVersion": "leaderworkerset.x-k8s.io/v1",
        "kind": "LeaderWorkerSet",
        "metadata": {"name": "llm", "namespace": space},
        "spec": {
            "leaderWorkerTemplate": {
                "size": 2,
                "restartPolicy": "RecreateGroupOnPodRestart",
                "leaderTemplate": template,
                "workerTemplate": template,
            },
            "rolloutStrategy": {
                "type": "RollingUpdate",
                "rollingUpdateConfiguration": {"maxSurge": 1, "maxUnavailable": 0},
            },
        },
    }
    assert [str(each) for each in lifecycle.apply(client, [group])] == []
    client.scale(group, 3)
    assert (client.get(group) or {})["spec"]["replicas"] == 3


def test_prometheus_operators_own_definitions_are_applied(
    client: Client, space: str, binaries: Mapping[str, Path]
) -> None:
    definitions = custom_resources.prometheus_operator_definitions(binaries)
    assert {"PodMonitor", "ServiceMonitor", "PrometheusRule", "Prometheus"} <= {
        each["spec"]["names"]["kind"] for each in definitions
    }
    assert not lifecycle.apply(client, [each for each in definitions if each["spec"]["names"]["kind"] == "PodMonitor"])
    good, bad = (
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PodMonitor",
            "metadata": {"name": name, "namespace": space},
            "spec": {"selector": {"matchLabels": {"app": "llm"}}, endpoints: [{"port": "http"}]},
        }
        for name, endpoints in (("good", "podMetricsEndpoints"), ("bad", "podMetricEndpoints"))
    )
    [refused] = lifecycle.apply(client, [good, bad])
    assert "podMetricEndpoints" in refused.message


def test_kinds_of_a_group_that_a_part_brings_are_not_made_of_our_models(
    client: Client, binaries: Mapping[str, Path]
) -> None:
    brought = custom_resources.prometheus_operator_definitions(binaries)
    groups = {each["spec"]["group"] for each in custom_resources.others(client, brought)}
    assert "monitoring.coreos.com" not in groups
    assert {"monitoring.googleapis.com", "leaderworkerset.x-k8s.io"} <= groups
    assert len(custom_resources.others(client, [])) > len(custom_resources.others(client, brought))


class Open(BaseModel):
    anything: dict[str, Any]


class Untyped(BaseModel):
    anything: Any


class Pair(BaseModel):
    pair: tuple[int, str]


class Loop(BaseModel):
    next: "Loop | None" = None


class Torn(BaseModel):
    either: list[str] | str


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (Open, r"Open\.anything: its values may be anything"),
        (Untyped, r"Untyped\.anything: its type is open"),
        (Pair, r"Pair\.pair: the structural form has no prefixItems"),
        (Loop, r"recursion"),
        (Torn, r"Torn\.either: the structural form has no union of array, string"),
    ],
)
def test_what_a_definition_cannot_say_is_an_error_with_its_place(model: type[BaseModel], reason: str) -> None:
    with pytest.raises(SchemaError, match=reason):
        structural_schema(model, {})


def test_nothing_is_ever_passed_through_unread(schemas: Mapping[str, Json]) -> None:
    made = custom_resources.definitions_of_models(MODELS, schemas)
    assert "preserve-unknown" not in str(made)
    assert "additionalProperties': True" not in str(made)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("PodMonitor", "podmonitors"), ("SecretProviderClass", "secretproviderclasses"), ("Policy", "policies")],
)
def test_a_kinds_plural_follows_kubernetes_tools(kind: str, name: str) -> None:
    assert custom_resources.plural(kind) == name
