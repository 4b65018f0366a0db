"""Judgement over the network of an EKS cluster, and over who is let in."""

import re
from collections.abc import Iterator

from slipway.catalog.aws_regions import WITHOUT_CONTROL_PLANE, ZONES
from slipway.checks import Finding
from slipway.checks.networks import admitted_findings, own_findings, parsed
from slipway.checks.placement import twice_findings
from slipway.checks.wording import nearest
from slipway.eks.network_settings import ExistingNetworkArgs, NewNetworkArgs
from slipway.eks.settings import region_of
from stacks.clusters.eks import EksStack
from stacks.clusters.eks.existing_network import ADDRESSES_OF_NODE, existing_findings, most_nodes, room_for_nodes

VPC_PREFIXES = range(16, 21)
"""AWS makes VPCs of a /16 at most; of less than a /20, an eighth has too few addresses for pods."""

_IAM_NAME = re.compile(r"(role|user)/([\w+=,.@-]+/)*[\w+=,.@-]{1,64}", re.ASCII)
"""docs.aws.amazon.com, "IAM and AWS STS quotas": 64 characters of a name, behind a path."""


def network_findings(stack: EksStack) -> Iterator[Finding]:
    """Yield everything that is wrong, in the order of the stack file."""
    yield from _zone_findings(stack)
    match stack.network:
        case NewNetworkArgs():
            yield from own_findings("network.vpc", stack.network.vpc, VPC_PREFIXES)
            yield from _size_findings(stack, stack.network)
        case ExistingNetworkArgs():
            yield from existing_findings(stack, stack.network.existing)
    admitted = {f"cluster.publicAccess.{name}": text for name, text in stack.cluster.public_access.items()}
    # EKS refuses private ranges here ("The following CIDRs are not allowed in publicAccessCidrs").
    yield from admitted_findings(admitted, internet=True)
    yield from _administrator_findings(stack)
    for server, args in stack.servers.items():
        if arn := getattr(args.exposure, "certificate_arn", None):
            yield from _certificate_findings(f"servers.{server}.exposure.certificateArn", arn, stack.region)


def _zone_findings(stack: EksStack) -> Iterator[Finding]:
    path, zones, region = stack.zones_path, stack.network.zones, stack.region
    yield from twice_findings(path, zones)
    if region not in ZONES:
        message = f"{region!r} is no region of AWS that is known"
        yield Finding("placement.region", path, message, f"use zones of {nearest(region, ZONES)}")
        return
    known = ", ".join(name for letter in ZONES[region] if (name := region + letter) != WITHOUT_CONTROL_PLANE)
    for zone in dict.fromkeys(zones):
        if region_of(zone) != region:
            message = f"{zone!r} is not in {region}, as the first is"
            yield Finding("placement.zone-elsewhere", path, message, "name zones of one region")
        elif zone[-1] not in ZONES[region]:
            yield Finding("placement.zone", path, f"there is no zone {zone!r}", f"use some of {known}")
        elif zone == WITHOUT_CONTROL_PLANE:
            message = f"{zone} is use1-az3 in most accounts, where EKS makes no control plane"
            yield Finding("placement.control-plane-zone", path, message, f"use some of {known}", "warning")


def _size_findings(stack: EksStack, args: NewNetworkArgs) -> Iterator[Finding]:
    """Say where nodes would find no addresses: each zone has an eighth of the VPC."""
    network = parsed(args.vpc)
    if network is None or network.prefixlen not in VPC_PREFIXES:
        return
    zones = len(set(args.zones))
    nodes, room = most_nodes(stack), room_for_nodes([network.num_addresses // 8] * zones)
    if nodes > room:
        message = (
            f"{network} has addresses for {room} nodes in {zones} zones, {ADDRESSES_OF_NODE} each with those of their "
            f"pods, and there may be {nodes}"
        )
        larger = (
            "" if network.prefixlen == VPC_PREFIXES[0] else f"write {network.supernet(new_prefix=VPC_PREFIXES[0])}, "
        )
        remedy = f"{larger}name more zones, or lower maxNodes"
        yield Finding("networks.nodes", "network.vpc", message, remedy)


def _administrator_findings(stack: EksStack) -> Iterator[Finding]:
    arns = stack.cluster.administrators
    for name, arn in arns.items():
        path, (_, partition, *_, whom) = f"cluster.administrators.{name}", arn.split(":", 5)
        if list(arns.values()).count(arn) > 1:
            message = f"{arn} stands twice, and EKS takes one entry for each"
            yield Finding("names.arn-twice", path, message, "keep one of them")
        elif partition != "aws":
            yield _elsewhere(path, arn, partition)
        elif whom.startswith("role/aws-service-role/"):
            message = f"{arn} is a role of a service of AWS, for which EKS takes no entry"
            yield Finding("names.arn", path, message, "name a role or a user of people")
        elif not _IAM_NAME.fullmatch(whom):
            message = f"{whom!r} is no role or user: letters, digits and '+=,.@_-', 64 of a name at most"
            yield Finding("names.arn", path, message, "write what aws iam get-role shows as Arn")


def _certificate_findings(path: str, arn: str, region: str) -> Iterator[Finding]:
    _, partition, _, where, _, what = arn.split(":", 5)
    if partition != "aws":
        yield _elsewhere(path, arn, partition)
    elif where != region:
        message = f"{arn} is in {where}, and load balancers of {region} take certificates of theirs"
        yield Finding("names.certificate-region", path, message, f"request one in {region}")
    elif not re.fullmatch(r"certificate/[0-9a-zA-Z-]+", what):
        message = f"{what!r} is no certificate: its id has letters, digits and '-'"
        yield Finding("names.arn", path, message, "write what aws acm list-certificates shows as CertificateArn")


def _elsewhere(path: str, arn: str, partition: str) -> Finding:
    message = f"{arn} is of the partition {partition}, and the stack's regions are of aws"
    return Finding("names.partition", path, message, "write an ARN that begins with arn:aws:")
