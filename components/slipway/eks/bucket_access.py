"""What pods may read of buckets that exist already: the access, and the way there past NAT."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from slipway.eks.identity import pod_role
from slipway.eks.wires import NetworkWires


def read_statements(uris: Iterable[str]) -> list[dict[str, Any]]:
    """Return the statements of a policy that lets objects beneath these prefixes be listed and read, and no others.

    Args:
        uris: `s3://bucket/prefix` or `s3://bucket`, without a slash at the end.
    """
    prefixes: dict[str, list[str]] = defaultdict(list)
    for uri in sorted(set(uris)):
        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        prefixes[bucket].append(f"{prefix}/*" if prefix else "*")
    objects = [f"arn:aws:s3:::{bucket}/{each}" for bucket, beneath in prefixes.items() for each in beneath]
    return [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": objects},
        *(
            {
                "Effect": "Allow",
                "Action": "s3:ListBucket",
                "Resource": f"arn:aws:s3:::{bucket}",
                **({} if "*" in beneath else {"Condition": {"StringLike": {"s3:prefix": beneath}}}),
            }
            for bucket, beneath in prefixes.items()
        ),
    ]


class BucketAccess(pulumi.ComponentResource):
    """A role that one service account's pods get through Pod Identity, and a gateway endpoint for S3.

    Without the endpoint, which costs nothing, each replica's weights would pass the NAT gateway, which is paid by the
    gigabyte. None is made for a network that names no route tables: whoever has these has it, too.

    Attributes:
        ready: what must exist before a pod starts: credentials are given to it as it is created.
    """

    ready: Sequence[pulumi.Resource]

    def __init__(
        self,
        name: str,
        uris: Iterable[str],
        *,
        cluster: pulumi.Input[str],
        region: str,
        network: NetworkWires,
        namespace: str,
        service_account: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Take the prefixes as `read_statements` does; namespace and service account may come later."""
        super().__init__("slipway:eks:BucketAccess", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        role = pod_role(name, statements=read_statements(uris), opts=child)
        identity = aws.eks.PodIdentityAssociation(
            name,
            cluster_name=cluster,
            namespace=namespace,
            service_account=service_account,
            role_arn=role.arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=role.grants),
        )
        self.ready = [identity, *role.grants]
        if network.route_tables:
            endpoint = aws.ec2.VpcEndpoint(
                name,
                vpc_id=network.vpc,
                service_name=f"com.amazonaws.{region}.s3",
                vpc_endpoint_type="Gateway",
                route_table_ids=network.route_tables,
                tags={"Name": name},
                opts=child,
            )
            self.ready = [*self.ready, endpoint]
        self.register_outputs({})
