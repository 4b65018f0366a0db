"""Storage that all pods of the servers share: one EFS file system, mounted for reading and writing on every node."""

import json
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

from slipway.catalog.versions import EKS_EFS_CSI
from slipway.eks.add_on import add_on
from slipway.eks.identity import ServiceRole, pod_role
from slipway.eks.settings import SharedStorageArgs
from slipway.eks.volume import claim
from slipway.eks.wires import NetworkWires
from slipway.workload import Volumes

PATH = "/shared"
VOLUME = "shared"
DRIVER = "efs.csi.aws.com"
NFS_PORT = 2049

OWNER = 1000
"""User and group that everything belongs to, whoever a container runs as."""


class SharedStorage(pulumi.ComponentResource):
    """An encrypted file system that only nodes of the cluster reach, and a claim on it in one namespace.

    Pods see it through an access point, as one user and with TLS. The volume is made here and not on demand, so the
    driver needs to find mount targets and may create nothing.

    Args:
        key: ARN of the KMS key that encrypts it; AWS's own if None.

    Attributes:
        volumes: what mounts it at `PATH`.
    """

    volumes: Volumes

    def __init__(
        self,
        name: str,
        args: SharedStorageArgs,
        *,
        cluster: pulumi.Input[str],
        security_group: pulumi.Input[str],
        network: NetworkWires,
        namespace: pulumi.Input[str],
        key: pulumi.Input[str] | None = None,
        ready: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Take the security group of all nodes; `ready` are nodes on which the driver's controller runs."""
        super().__init__("slipway:eks:SharedStorage", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        files = aws.efs.FileSystem(
            name,
            encrypted=True,
            kms_key_id=key,
            throughput_mode="elastic",
            tags={"Name": name},
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=args.keep_on_destroy),
        )
        targets = _mount_targets(name, files, network, security_group, child)
        access = aws.efs.AccessPoint(
            name,
            file_system_id=files.id,
            posix_user={"uid": OWNER, "gid": OWNER},
            root_directory={
                "path": f"/{name}",
                "creation_info": {"owner_uid": OWNER, "owner_gid": OWNER, "permissions": "0750"},
            },
            tags={"Name": name},
            opts=child,
        )
        content = pulumi.Output.all(files.arn, access.arn).apply(_file_system_policy)
        policy = aws.efs.FileSystemPolicy(name, file_system_id=files.id, policy=content, opts=child)
        driver = add_on(
            name,
            "aws-efs-csi-driver",
            EKS_EFS_CSI,
            cluster,
            accounts=["efs-csi-controller-sa", "efs-csi-node-sa"],
            role=_driver_role(name, files, child),
            opts=pulumi.ResourceOptions(parent=self, depends_on=ready),
        )
        source = _source(files, access)
        after = pulumi.ResourceOptions(parent=self, depends_on=[driver])
        claimed = claim(name, source, "ReadWriteMany", namespace=namespace, opts=after)
        self.volumes = Volumes(
            path=PATH,
            annotations={},
            volumes=[{"name": VOLUME, "persistent_volume_claim": {"claim_name": claimed.metadata["name"]}}],
            mounts=[{"name": VOLUME, "mount_path": PATH}],
            claim=claimed.metadata["name"],
            depends_on=[claimed, policy, *targets],
        )
        self.register_outputs({})


def _mount_targets(
    name: str,
    files: aws.efs.FileSystem,
    network: NetworkWires,
    nodes: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> list[aws.efs.MountTarget]:
    """Return an address of the file system in each zone, which answers NFS from the nodes' security group alone."""
    group = aws.ec2.SecurityGroup(
        name, description=f"NFS from the nodes of {name}", vpc_id=network.vpc, tags={"Name": f"{name}-nfs"}, opts=opts
    )
    rule = aws.vpc.SecurityGroupIngressRule(
        name,
        description=f"NFS from the nodes of {name}",
        security_group_id=group.id,
        referenced_security_group_id=nodes,
        ip_protocol="tcp",
        from_port=NFS_PORT,
        to_port=NFS_PORT,
        opts=opts,
    )
    after = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[rule]))
    return [
        aws.efs.MountTarget(
            f"{name}-{zone}", file_system_id=files.id, subnet_id=subnet, security_groups=[group.id], opts=after
        )
        for zone, subnet in network.subnets.items()
    ]


def _file_system_policy(arns: Sequence[str]) -> str:
    """Let whoever reaches a mount target be the user of the access point, the second ARN, and nobody go without TLS.

    The driver mounts without signing as anybody, so that the policy cannot name it: the network keeps others out.
    """
    files, access = arns
    anybody, plain = {"Principal": {"AWS": "*"}, "Resource": files}, {"Bool": {"aws:SecureTransport": "false"}}
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    **anybody,
                    "Action": ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
                    "Condition": {
                        "Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"},
                        "StringEquals": {"elasticfilesystem:AccessPointArn": access},
                    },
                },
                {"Effect": "Deny", **anybody, "Action": "*", "Condition": plain},
            ],
        }
    )


def _driver_role(name: str, files: aws.efs.FileSystem, opts: pulumi.ResourceOptions) -> ServiceRole:
    """Return what the driver may: find the mount target of its zone."""
    find = ["elasticfilesystem:DescribeMountTargets", "elasticfilesystem:DescribeFileSystems"]
    statements = files.arn.apply(
        lambda arn: [
            {"Effect": "Allow", "Action": find, "Resource": arn},
            {"Effect": "Allow", "Action": "ec2:DescribeAvailabilityZones", "Resource": "*"},
        ]
    )
    return pod_role(f"{name}-efs-csi", statements=statements, opts=opts)


def _source(files: aws.efs.FileSystem, access: aws.efs.AccessPoint) -> k8s.core.v1.CSIPersistentVolumeSourceArgsDict:
    return {"driver": DRIVER, "volume_handle": pulumi.Output.concat(files.id, "::", access.id)}
