"""What the AWS Load Balancer Controller reads on Services and Ingresses.

Source of the names: its guide, docs/guide/service/annotations.md and docs/guide/ingress/annotations.md of v3.5.0.
"""

from collections.abc import Callable, Mapping, Sequence

from slipway.serving.exposure import Internal, InternalAlb, PublicAlb
from slipway.serving.service import Balanced, Behind, LoadBalancers, propagation_seconds

IDLE_SECONDS = 600
"""Longest silence on a connection through a Network Load Balancer; AWS's own 350 s end a long answer that is not
streamed."""

NETWORK_PROPAGATION_SECONDS = 120
"""A Network Load Balancer opens connections to a target for two minutes after it was told to let go of it, as
kubernetes-sigs/aws-load-balancer-controller issue 2366 and aws/containers-roadmap issue 470 have measured."""

MOST_DEREGISTRATION_SECONDS = 3600
"""AWS allows no longer delay."""

NETWORK, APPLICATION = "service.beta.kubernetes.io/aws-load-balancer-", "alb.ingress.kubernetes.io/"
"""What the controller's annotations of Services and of Ingresses begin with."""

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
"""TLS 1.2 and 1.3; the controller's own default still speaks 1.0."""


def annotations(exposure: Balanced, behind: Behind, port: int) -> Mapping[str, str]:
    """Return those of the Service of a Network Load Balancer, or of the Ingress of an Application Load Balancer.

    A stopping pod keeps its connections until it has drained: the load balancer lets go of it no earlier.
    """
    delay = min(propagation_seconds(exposure, LOAD_BALANCERS) + behind.drain_seconds, MOST_DEREGISTRATION_SECONDS)
    deregistration = f"deregistration_delay.timeout_seconds={delay}"
    match exposure:
        case Internal():
            return _network(behind, port, deregistration)
        case InternalAlb() | PublicAlb():
            return _application(exposure, behind, deregistration)


def _network(behind: Behind, port: int, deregistration: str) -> dict[str, str]:
    prefix = NETWORK
    return {
        f"{prefix}type": "external",
        f"{prefix}nlb-target-type": "ip",
        f"{prefix}scheme": "internal",
        f"{prefix}healthcheck-protocol": "http",
        f"{prefix}healthcheck-port": "traffic-port",
        f"{prefix}healthcheck-path": behind.health_path,
        f"{prefix}target-group-attributes": deregistration,
        f"{prefix}listener-attributes.TCP-{port}": f"tcp.idle_timeout.seconds={IDLE_SECONDS}",
    }


def _application(exposure: InternalAlb | PublicAlb, behind: Behind, deregistration: str) -> dict[str, str]:
    prefix = APPLICATION
    found = {
        f"{prefix}scheme": "internet-facing" if isinstance(exposure, PublicAlb) else "internal",
        f"{prefix}target-type": "ip",
        f"{prefix}healthcheck-path": behind.health_path,
        f"{prefix}load-balancer-attributes": f"idle_timeout.timeout_seconds={exposure.idle_timeout_seconds}",
        # Requests last from milliseconds to minutes: taking turns would load replicas unevenly.
        f"{prefix}target-group-attributes": (
            f"{deregistration},load_balancing.algorithm.type=least_outstanding_requests"
        ),
        f"{prefix}listen-ports": '[{"HTTPS": 443}]' if exposure.certificate_arn else '[{"HTTP": 80}]',
    }
    if exposure.certificate_arn:
        found |= {f"{prefix}certificate-arn": exposure.certificate_arn, f"{prefix}ssl-policy": TLS_POLICY}
    if isinstance(exposure, PublicAlb):
        found[f"{prefix}inbound-cidrs"] = ",".join(exposure.source_ranges)
    return found


def in_subnets(private: Sequence[str], public: Sequence[str]) -> Callable[[Balanced, Behind, int], Mapping[str, str]]:
    """Return annotations that name the subnets of a load balancer, too, where the controller would find none by tags.

    Args:
        private: ids of subnets, one a zone.
        public: ids of those for public load balancers.
    """

    def named(exposure: Balanced, behind: Behind, port: int) -> Mapping[str, str]:
        prefix = NETWORK if isinstance(exposure, Internal) else APPLICATION
        subnets = public if isinstance(exposure, PublicAlb) else private
        return {**annotations(exposure, behind, port), f"{prefix}subnets": ",".join(subnets)}

    return named


LOAD_BALANCERS = LoadBalancers(
    annotations=annotations,
    address="hostname",
    propagation_seconds=NETWORK_PROPAGATION_SECONDS,
    # A rollout goes on only once the load balancer sends requests to the new pod, a minute or more after it is ready.
    namespace_labels={"elbv2.k8s.aws/pod-readiness-gate-inject": "enabled"},
)
"""In a cluster that has the controller already."""
