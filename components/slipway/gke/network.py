"""The VPC of a cluster: one of its own, with a subnet and a way out for private nodes, or one that exists."""

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from slipway.gke.network_settings import ExistingNetworkArgs, NetworkArgs, NewNetworkArgs
from slipway.gke.wires import NetworkWires

PODS = "pods"
SERVICES = "services"


class Network(pulumi.ComponentResource):
    """A VPC with one subnet, whose nodes reach the internet through Cloud NAT and nothing reaches them.

    Attributes:
        wires: the network for whoever needs it.
    """

    wires: NetworkWires

    def __init__(
        self,
        name: str,
        args: NewNetworkArgs,
        *,
        region: str,
        ready: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:gke:Network", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        network = gcp.compute.Network(
            name,
            auto_create_subnetworks=False,
            opts=pulumi.ResourceOptions(parent=self, depends_on=ready),
        )
        subnetwork = gcp.compute.Subnetwork(
            name,
            network=network.id,
            region=region,
            ip_cidr_range=args.nodes,
            private_ip_google_access=True,
            secondary_ip_ranges=[
                {"range_name": PODS, "ip_cidr_range": args.pods},
                {"range_name": SERVICES, "ip_cidr_range": args.services},
            ],
            opts=child,
        )
        router = gcp.compute.Router(name, network=network.id, region=region, opts=child)
        nat = gcp.compute.RouterNat(
            name,
            router=router.name,
            region=region,
            nat_ip_allocate_option="AUTO_ONLY",
            source_subnetwork_ip_ranges_to_nat="ALL_SUBNETWORKS_ALL_IP_RANGES",
            log_config={"enable": True, "filter": "ERRORS_ONLY"},
            opts=child,
        )
        self.wires = NetworkWires(
            network=network.id,
            subnetwork=subnetwork.id,
            nodes=args.nodes,
            pods=PODS,
            services=SERVICES,
            ready=[nat],
        )
        self.register_outputs({"network": network.id, "subnetwork": subnetwork.id})


def network_wires(
    name: str,
    args: NetworkArgs,
    *,
    region: str,
    ready: Sequence[pulumi.Resource] = (),
    opts: pulumi.ResourceOptions | None = None,
) -> NetworkWires:
    """Return the network that a person decides on: one that exists as it is, or else a `Network`."""
    if isinstance(args, ExistingNetworkArgs):
        subnet = args.existing
        return NetworkWires(
            network=subnet.network,
            subnetwork=subnet.subnetwork,
            nodes=subnet.nodes,
            pods=subnet.pods.name,
            services=subnet.services.name,
            project=subnet.project,
        )
    return Network(name, args, region=region, ready=ready, opts=opts).wires


def webhook_rule(
    name: str,
    port: int,
    private: pulumi.Output[gcp.container.outputs.ClusterPrivateClusterConfig],
    network: NetworkWires,
    opts: pulumi.ResourceOptions,
) -> gcp.compute.Firewall:
    """Let the control plane reach a port of nodes and pods; by itself GKE opens 443 and 10250 alone.

    Its addresses are its own block, or those of the subnet in which a newer one has its endpoint
    (https://cloud.google.com/kubernetes-engine/docs/how-to/private-clusters#add_firewall_rules).

    Args:
        private: what the cluster says of its control plane.
    """
    return gcp.compute.Firewall(
        f"{name}-webhooks",
        project=network.project,
        network=network.network,
        direction="INGRESS",
        allows=[{"protocol": "tcp", "ports": [str(port)]}],
        source_ranges=[private.apply(lambda config: config.master_ipv4_cidr_block or network.nodes)],
        opts=opts,
    )
