"""A preview as one JSON document, for other programs."""

import json
from collections.abc import Iterable
from typing import Any

from checks import Finding
from offline.recording import Recording, Resource


def preview(recording: Recording) -> str:
    """Return the whole preview of a stack; keys are Pulumi's own."""
    resources = [_resource(resource) for resource in recording.resources]
    return _dump(recording.stack, resources, recording.outputs, recording.findings)


def refusal(stack: str, findings: Iterable[Finding]) -> str:
    """Return a document of the same shape, with the findings and nothing else."""
    return _dump(stack, [], {}, findings)


def _dump(stack: str, resources: list[dict[str, Any]], outputs: Any, findings: Iterable[Finding]) -> str:
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
