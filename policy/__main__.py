"""Slipway's rules on any program: `pulumi preview --policy-pack policy`.

They are those that an API server evaluates (slipway.serving.admission_rules), in the same CEL. What a Helm chart makes
is no resource of a program, and is not seen here.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, cast

import celpy
from celpy.adapter import json_to_cel
from celpy.celtypes import MapType, StringType
from celpy.evaluation import CELEvalError
from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)

from slipway.serving.admission_rules import Rules, containers, rules

CEL: Any = celpy.Environment()
NAMES = {"type": "array", "items": {"type": "string"}}
SETTINGS = PolicyConfigSchema(
    properties={
        # Where objects are judged; everywhere by default.
        "namespaces": {**NAMES, "default": []},
        # What images begin with.
        "registries": {**NAMES, "default": ["docker.io/", "nvcr.io/"]},
        # Metrics that HorizontalPodAutoscalers may follow; any by default.
        "metrics": {**NAMES, "default": []},
    }
)


def judge(args: ResourceValidationArgs, report: ReportViolation) -> None:
    """Report each rule that a Kubernetes object breaks."""
    settings = args.get_config()
    wanted = rules(containers(settings["registries"], operated=False), metrics=settings["metrics"])
    for each in wanted.values():
        if _is_about(each, args.resource_type):
            found = _plain(args.props)
            if not settings["namespaces"] or found["metadata"].get("namespace") in settings["namespaces"]:
                for message in _broken(each, found):
                    report(message, None)


def _is_about(each: Rules, token: str) -> bool:
    """Tell whether rules are for a type such as `kubernetes:apps/v1:Deployment`."""
    package, _, rest = token.partition(":")
    version, _, kind = rest.partition(":")
    group = version.partition("/")[0].removeprefix("core")
    plural = f"{kind.lower()}{'es' if kind.endswith('s') else 's'}"
    return package == "kubernetes" and plural in each.resources.get(group, ())


def _broken(each: Rules, found: dict[str, Any]) -> list[str]:
    known: dict[str, Any] = {"object": json_to_cel(found), "variables": MapType()}
    for name, expression in each.variables.items():
        known["variables"][StringType(name)] = _evaluated(expression, known)
    return [
        validation.get("message") or str(_evaluated(validation["message_expression"], known))
        for validation in cast("Sequence[Mapping[str, str]]", each.validations)
        if not _evaluated(validation["expression"], known)
    ]


@cache
def _program(expression: str) -> Any:
    # Kubernetes brings what CEL itself does not have.
    return CEL.program(CEL.compile(expression), functions={"join": _joined})


def _evaluated(expression: str, known: Mapping[str, Any]) -> Any:
    try:
        return _program(expression).evaluate(known)
    except CELEvalError:
        return None  # As in the cluster: what cannot be judged is refused.


def _joined(parts: Sequence[object], between: object) -> StringType:
    return StringType(str(between).join(map(str, parts)))


def _plain(value: Any) -> Any:
    """Return inputs as plain data. What is unknown in a preview raises, and the engine says that it was not judged."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(each) for each in cast("Sequence[Any]", value)]
    return value


PolicyPack(
    "slipway",
    policies=[
        ResourceValidationPolicy(
            "admission",
            "Images with a version from known registries, limits, no privileges, no open Services, known metrics",
            judge,
            enforcement_level=EnforcementLevel.MANDATORY,
            config_schema=SETTINGS,
        )
    ],
)
