"""A small program on one cloud, for the tests of the engine."""

import pulumi
import pulumi_gcp as gcp

config = pulumi.Config()
provider = gcp.Provider("gcp", project="acme", region="us-east5")
here = pulumi.ResourceOptions(provider=provider)
network = gcp.compute.Network("network", auto_create_subnetworks=False, opts=here)
gcp.compute.Subnetwork("subnet", network=network.id, ip_cidr_range=config.require("cidr"), region="us-east5", opts=here)
gcp.storage.Bucket("bucket", location="US", labels={"password": config.require_secret("password")}, opts=here)
cluster = gcp.container.Cluster(
    "cluster",
    name="main",
    location=config.get("zone") or "us-east5-a",
    network=network.id,
    deletion_protection=config.get_bool("protected") or False,
    opts=here,
)
pulumi.export("endpoint", cluster.endpoint)
