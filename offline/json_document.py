"""A preview as one JSON document, for other programs."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from offline.comparison import Comparison
from offline.differences import ABSENT
from offline.recording import Recording, Resource
from slipway.checks import Finding


def preview(recording: Recording, comparison: Comparison | None = None) -> str:
    """Return the whole preview of a stack; keys are Pulumi's own. With a base, `comparison` says how they differ."""
    resources = [_resource(resource) for resource in recording.resources]
    further = {} if comparison is None else {"comparison": _comparison(comparison)}
    return _dump(recording.stack, resources, recording.outputs, recording.findings, further)


def refusal(stack: str, findings: Iterable[Finding]) -> str:
    """Return a document of the same shape, with the findings and nothing else."""
    return _dump(stack, [], {}, findings)


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {
        "changes": [
            {
                "name": change.name,
                "effect": change.effect.kind,
                "words": change.effect.words,
                "because": change.because,
                "inputs": [
                    {"path": each.path, "old": _value(each.old), "new": _value(each.new)} for each in change.inputs
                ],
            }
            for change in comparison.changes
        ],
        "figures": [{"name": name, "old": before, "new": after} for name, before, after in comparison.figures],
        "rulesGone": list(comparison.rules),
    }


def _value(value: Any) -> Any:
    return None if value is ABSENT else value


def _dump(
    stack: str,
    resources: list[dict[str, Any]],
    outputs: Any,
    findings: Iterable[Finding],
    further: Mapping[str, Any] | None = None,
) -> str:
    content = {
        "stack": stack,
        "resources": resources,
        "outputs": outputs,
        "findings": [
            {
                "code": item.code,
                "path": item.path,
                "message": item.message,
                "remedy": item.remedy,
                "severity": item.severity,
            }
            for item in findings
        ],
        **(further or {}),
    }
    return json.dumps(content, indent=2)


def _resource(resource: Resource) -> dict[str, Any]:
    return {
        "urn": resource.urn,
        "type": resource.type,
        "name": resource.name,
        "parent": resource.parent,
        "custom": resource.custom,
        "inputs": resource.inputs,
        "provider": resource.provider,
        "dependencies": resource.dependencies,
        "protect": resource.protect,
        "retainOnDelete": resource.retain_on_delete,
        "ignoreChanges": resource.ignore_changes,
        "aliases": resource.aliases,
        "deletedWith": resource.deleted_with,
        "customTimeouts": resource.custom_timeouts,
    }
