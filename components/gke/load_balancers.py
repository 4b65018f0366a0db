"""The load balancers of GKE: a Service of type LoadBalancer becomes a passthrough Network Load Balancer."""

from collections.abc import Mapping

from components.serving.service import Balanced, Behind, LoadBalancers
from components.serving.settings import Internal


def annotations(exposure: Balanced, _behind: Behind, _port: int) -> Mapping[str, str]:
    """Return those of a Service; GKE takes its health checks from the Service itself."""
    return {"networking.gke.io/load-balancer-type": "Internal"} if isinstance(exposure, Internal) else {}


LOAD_BALANCERS = LoadBalancers(annotations=annotations, address="ip")
