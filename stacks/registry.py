"""One registry in place of all others: the images of pods and charts, and the charts that registries hold."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import pulumi

from slipway.catalog.charts.images import HOSTS, REPOSITORIES
from slipway.checks.charts import merged
from stacks.safeguards import OBJECTS

RELEASE = "kubernetes:helm.sh/v3:Release"
OCI = "oci://"
NAMES = ("image", "modelPuller")
"""Keys under which pods, and what operators make pods of, name an image."""


def moved(name: str, registry: str) -> str:
    """Return the name that an image or a repository has in a registry: its host goes, its path stays."""
    host, _, path = name.partition("/")
    if name.startswith(f"{registry}/"):
        return name
    return f"{registry}/{path if '.' in host or ':' in host else name}"


def use(registry: str) -> None:
    """Move everything that the program declares from here on."""

    def transform(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if not args.type_.startswith(OBJECTS):
            return None
        props = cast("Mapping[str, Any]", args.props)
        more = _release(props, registry) if args.type_ == RELEASE else {"spec": _moved(props.get("spec"), registry)}
        return pulumi.ResourceTransformationResult({**props, **more}, args.opts)

    pulumi.runtime.register_stack_transformation(transform)


def _release(props: Mapping[str, Any], registry: str) -> Mapping[str, Any]:
    address = str(props["chart"])
    oci = address.startswith(OCI)
    name = address.rpartition("/")[2]
    own: dict[str, Any] = _nested(HOSTS[name], registry) if name in HOSTS else {}
    for key, repository in REPOSITORIES.get(name, {}).items():
        own = merged(own, _nested(key, moved(repository, registry)))
    return {
        "chart": OCI + moved(address.removeprefix(OCI), registry) if oci else address,
        "values": merged(own, _moved(props["values"], registry)),
    }


def _nested(path: str, value: str) -> dict[str, Any]:
    head, _, rest = path.partition(".")
    return {head: _nested(rest, value) if rest else value}


def _moved(value: Any, registry: str) -> Any:
    """Return inputs with each image in the registry."""
    if isinstance(value, pulumi.Output):
        return cast("pulumi.Output[Any]", value).apply(lambda known: _moved(known, registry))
    if isinstance(value, Mapping):
        return {key: _named(key, item, registry) for key, item in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_moved(item, registry) for item in cast("Sequence[Any]", value)]
    return value


def _named(key: str, value: Any, registry: str) -> Any:
    if key not in NAMES:
        return _moved(value, registry)
    if isinstance(value, Mapping):
        image = cast("Mapping[str, Any]", value)
        where = {"repository": moved(image["repository"], registry)} if "repository" in image else {}
        return {**_moved(image, registry), **where}
    return pulumi.Output.from_input(value).apply(lambda known: moved(known, registry))
