"""The key that clients of a public server show."""

import pulumi
import pulumi_kubernetes as k8s

from slipway.serving.exposure import PublicAlb
from slipway.serving.shape import Shape
from slipway.serving.site import Site, found


def api_key(shape: Shape, site: Site, opts: pulumi.ResourceOptions) -> pulumi.Output[str] | None:
    """Return the name of the Secret with the key of a server; None if it is not public."""
    if not isinstance(shape.exposure, PublicAlb):
        return None
    key = found(site.api_key, "the API key that clients of a public server show")
    secret = k8s.core.v1.Secret(
        f"{shape.name}-api-key", metadata={"namespace": site.namespace}, string_data={"key": key}, opts=opts
    )
    return secret.metadata["name"]
