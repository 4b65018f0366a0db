"""The values under `config` of a stack file and of Pulumi.yaml, put together by the engine's own rules.

The rules are those of https://github.com/pulumi/pulumi/blob/master/pkg/workspace/config.go.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from slipway.checks import Finding
from slipway.checks.wording import nearest, shown
from slipway.project import PROJECT_FILE

KEY = re.compile(r"[^:\s]+(:(config:)?[^:\s]+)?")

PLACEHOLDER = "[secret "
"""How the placeholder of each configured secret begins; the key and `]` follow."""

SKELETON = """\
config:
  slipway:stack:
    name: ours
    cluster:
      provider: existing
      access: {source: context}
      pools:
        l40s:
          machineType: g6e.xlarge
          nodeSelector: {node.kubernetes.io/instance-type: g6e.xlarge}
          maxNodes: 1
          diskGib: 120
    huggingFace: {source: kubernetes, secret: hf-secret}
    servers:
      llama:
        engine: vllm
        model: meta-llama/Llama-3.1-8B-Instruct
        pool: l40s
        tensorParallel: 1
        maxModelLen: 8192
        maxNumSeqs: 32
        maxNumBatchedTokens: 2048
        autoscaling:
          metric: {signal: waiting-requests, target: 4}
          minReplicas: 1
          maxReplicas: 1"""
"""A whole stack file, to begin with."""


class Reader:
    """Collects the configuration, and everything that is wrong with it.

    Args:
        project: its name.
        assume_secrets: count each secret that the project declares as given.

    Attributes:
        values: by full key, such as `slipway:stack`; an object is JSON with sorted keys.
        secret_keys: the keys whose values are secret.
        assumed: those of them that nobody has given.
        unread: keys of the project's own that it does not declare, with those that may be meant.
        findings: what the engine would refuse.
    """

    def __init__(self, project: str, *, assume_secrets: bool) -> None:
        self._project = project
        self._assume_secrets = assume_secrets
        self.assumed: list[str] = []
        self._raw: dict[str, Any] = {}
        self.unread: Mapping[str, str] = {}
        self._stated: tuple[str, ...] = ()
        self.values: dict[str, str] = {}
        self.secret_keys: set[str] = set()
        self.findings: list[Finding] = []

    def read_stack(self, config: Mapping[str, Any], beside: Iterable[Any]) -> None:
        """Take what a stack file sets.

        Args:
            beside: the keys of the file itself, which are shown where it sets nothing.
        """
        for key, value in cast("Mapping[Any, Any]", config).items():
            if isinstance(key, str) and KEY.fullmatch(key):
                self._set(key, value)
            else:
                message = f"{shown(key)} is no key: a key is text, such as slipway:stack"
                remedy = "write a namespace, a colon and a name" if isinstance(key, str) else f'write "{key}" in quotes'
                self.findings.append(Finding("stack-file.key", f"config.{key}", message, remedy))
        self._stated = tuple(sorted(self._raw) or map(str, beside))

    def apply_project(self, config: Mapping[str, Any]) -> None:
        """Take what the project declares: each value that it gives, and each that it asks for."""
        declared = {self._full(key): key for key in config}
        own = [key for key in self._stated if key.startswith(f"{self._project}:")]
        self.unread = {key: nearest(key, declared) for key in own if key not in declared}
        for key, declared in config.items():
            declaration = cast("Mapping[str, Any]", declared if isinstance(declared, dict) else {"value": declared})
            given = next((declaration[name] for name in ("default", "value") if name in declaration), None)
            if self._full(key) in self.values:
                self._check(key, declaration)
            elif declaration.get("secret") and self._assume_secrets:
                self._set(key, {"secure": "assumed"})
                self.assumed.append(self._full(key))
            elif given is not None:
                self._set(key, given)
                if declaration.get("secret") and "type" in declaration:
                    message = f"{PROJECT_FILE} gives a typed secret a plain value, which the engine refuses"
                    self._report(key, message, "leave out its type, or its value and its default")
            elif self._full(key).startswith(f"{self._project}:"):
                found = ", ".join(self._stated) or "nothing"
                self._report(
                    key,
                    f"is missing, and {PROJECT_FILE} declares it without a value or a default; the file has {found}",
                    self._how_to_set(key, declaration),
                )

    def _how_to_set(self, key: str, declaration: Mapping[str, Any]) -> str:
        if declaration.get("type") == "object":
            return f"write `{self._full(key)}:` below `config:`, with all that a stack needs, as in\n{SKELETON}"
        return f"run `pulumi config set {'--secret ' * bool(declaration.get('secret'))}{key} <value>`"

    def _full(self, key: str) -> str:
        return key if ":" in key else f"{self._project}:{key}"

    def _report(self, key: str, message: str, remedy: str) -> None:
        self.findings.append(Finding("stack-file.report", self._full(key), message, remedy))

    def _set(self, key: str, value: Any) -> None:
        full = self._full(key)
        self._raw[full] = value
        plain = self._plain(full, value, full)
        self.values[full] = plain if isinstance(plain, str) else json.dumps(plain, sort_keys=True)

    def _plain(self, key: str, value: Any, path: str) -> Any:
        if isinstance(value, dict):
            members = cast("Mapping[Any, Any]", value)
            if set(members) == {"secure"} and isinstance(members["secure"], str):
                self.secret_keys.add(key)
                return f"{PLACEHOLDER}{key}]"
            for name in members:
                if not isinstance(name, str):
                    self._report(path, f"has the key {name!r}, which is no text", f'write "{name}" in quotes')
            return {str(name): self._plain(key, member, f"{path}.{name}") for name, member in members.items()}
        if isinstance(value, list):
            items = cast("Sequence[Any]", value)
            return [self._plain(key, item, f"{path}[{index}]") for index, item in enumerate(items)]
        return value

    def _check(self, key: str, declaration: Mapping[str, Any]) -> None:
        full = self._full(key)
        if declaration.get("secret") and full not in self.secret_keys:
            message = f"is plain text, and {PROJECT_FILE} declares it a secret"
            self._report(
                key, message, f"run `pulumi config set --secret {key} <value>`, and retire the value that leaked"
            )
        elif declaration.get("type") == "object" and self.values[full].startswith(PLACEHOLDER):
            message = "is a secret, and nothing of it can be judged before it is deployed"
            self._report(
                key,
                message,
                f"write it in clear text, with secrets in keys of their own; {self._how_to_set(key, declaration)}",
            )
        elif full not in self.secret_keys and not _is_a(declaration.get("type"), value := self._raw[full]):
            message = f"is {shown(value)}, and {PROJECT_FILE} declares it of type {declaration['type']}"
            whole = declaration["type"] == "object"
            remedy = self._how_to_set(key, declaration) if whole else f"write a value of type {declaration['type']}"
            self._report(key, message, remedy)


_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def _is_a(declared: str | None, value: Any) -> bool:
    if declared is None:
        return True
    if isinstance(value, bool) and declared == "integer":
        return False
    return isinstance(value, _TYPES[declared])
