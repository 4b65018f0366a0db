"""What a Kubernetes API server says of a kind, and where its objects lie."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """What discovery says of a kind.

    Attributes:
        api_version: such as `apps/v1`.
        name: such as `Deployment`.
        plural: its name in paths.
        namespaced: whether its objects lie in namespaces.
        verbs: what may be done with it.
    """

    api_version: str
    name: str
    plural: str
    namespaced: bool
    verbs: frozenset[str]

    def path(self, name: str = "", namespace: str = "") -> str:
        """Return the path of one object, or of all in the namespace, or of all."""
        parts = [group_path(self.api_version)]
        if self.namespaced and namespace:
            parts += ["namespaces", namespace]
        return "/".join([*parts, self.plural, *([name] if name else [])])


def group_path(api_version: str) -> str:
    """Return where a group and version lies: `/api/v1` or `/apis/<group>/<version>`."""
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
