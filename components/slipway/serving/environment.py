"""The variables of a container: Slipway's own, and those that a person adds."""

from collections.abc import Sequence

import pulumi_kubernetes as k8s

from slipway.serving.environment_settings import Environment


def with_further(own: Sequence[k8s.core.v1.EnvVarArgsDict], further: Environment) -> list[k8s.core.v1.EnvVarArgsDict]:
    """Return variables of both; of two by one name, the person's."""
    kept = [variable for variable in own if variable["name"] not in further]
    added: list[k8s.core.v1.EnvVarArgsDict] = [
        {"name": name, "value": value}
        if isinstance(value, str)
        else {"name": name, "value_from": {"secret_key_ref": {"name": value.secret, "key": value.key}}}
        for name, value in further.items()
    ]
    return [*kept, *added]
