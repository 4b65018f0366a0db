"""The load balancers of GKE: a Service of type LoadBalancer becomes a passthrough Network Load Balancer."""

from collections.abc import Mapping

from slipway.serving.service import Balanced, Behind, LoadBalancers


def annotations(_exposure: Balanced, _behind: Behind, _port: int) -> Mapping[str, str]:
    """Return those of a Service of the VPC; GKE takes its health checks from the Service itself."""
    return {"networking.gke.io/load-balancer-type": "Internal"}


LOAD_BALANCERS = LoadBalancers(
    annotations=annotations,
    address="ip",
    # Otherwise connections come from nodes, which no range of a network policy means.
    external_traffic_policy="Local",
)
