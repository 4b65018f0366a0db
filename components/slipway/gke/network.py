"""The cluster's own VPC: one subnet with ranges for pods and Services, and a way out for private nodes."""

import pulumi
import pulumi_gcp as gcp

from slipway.gke.settings import NetworkArgs

PODS = "pods"
SERVICES = "services"


class Network(pulumi.ComponentResource):
    """A VPC with one subnet, whose nodes reach the internet through Cloud NAT and nothing reaches them.

    Attributes:
        network: id of the VPC.
        subnetwork: id of the subnet; its secondary ranges are named `PODS` and `SERVICES`.
        nodes: the range of its nodes.
        nat: what a node needs before it can pull from outside Google.
    """

    network: pulumi.Output[str]
    subnetwork: pulumi.Output[str]
    nodes: str
    nat: gcp.compute.RouterNat

    def __init__(
        self,
        name: str,
        args: NetworkArgs,
        *,
        region: str,
        api: pulumi.Resource,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:gke:Network", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        network = gcp.compute.Network(
            name,
            auto_create_subnetworks=False,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[api]),
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
        self.nat = gcp.compute.RouterNat(
            name,
            router=router.name,
            region=region,
            nat_ip_allocate_option="AUTO_ONLY",
            source_subnetwork_ip_ranges_to_nat="ALL_SUBNETWORKS_ALL_IP_RANGES",
            log_config={"enable": True, "filter": "ERRORS_ONLY"},
            opts=child,
        )
        self.network = network.id
        self.subnetwork = subnetwork.id
        self.nodes = args.nodes
        self.register_outputs({"network": self.network, "subnetwork": self.subnetwork})


def webhook_rule(
    name: str,
    port: int,
    private: pulumi.Output[gcp.container.outputs.ClusterPrivateClusterConfig],
    network: Network,
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
        network=network.network,
        direction="INGRESS",
        allows=[{"protocol": "tcp", "ports": [str(port)]}],
        source_ranges=[private.apply(lambda config: config.master_ipv4_cidr_block or network.nodes)],
        opts=opts,
    )
