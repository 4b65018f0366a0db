"""The regions of AWS' own partition with their zones, by the letters that accounts know them by.

Which place a letter means differs from one account to another. Sources: docs.aws.amazon.com, "AWS Regions" and "AWS
Availability Zones"; networknext/next, terraform/amazon.tfvars, for letters of 32 regions; those of regions that opened
later are taken to be a, b and c, as all of them are since 2019.
"""

from collections.abc import Mapping

_THREE = "abc"

ZONES: Mapping[str, str] = {
    "af-south-1": _THREE,
    "ap-east-1": _THREE,
    "ap-east-2": _THREE,
    "ap-northeast-1": "abcd",
    "ap-northeast-2": "abcd",
    "ap-northeast-3": _THREE,
    "ap-south-1": _THREE,
    "ap-south-2": _THREE,
    "ap-southeast-1": _THREE,
    "ap-southeast-2": _THREE,
    "ap-southeast-3": _THREE,
    "ap-southeast-4": _THREE,
    "ap-southeast-5": _THREE,
    "ap-southeast-6": _THREE,
    "ap-southeast-7": _THREE,
    "ca-central-1": "abd",
    "ca-west-1": _THREE,
    "eu-central-1": _THREE,
    "eu-central-2": _THREE,
    "eu-north-1": _THREE,
    "eu-south-1": _THREE,
    "eu-south-2": _THREE,
    "eu-west-1": _THREE,
    "eu-west-2": _THREE,
    "eu-west-3": _THREE,
    "il-central-1": _THREE,
    "me-central-1": _THREE,
    "me-south-1": _THREE,
    "mx-central-1": _THREE,
    "sa-east-1": _THREE,
    "us-east-1": "abcdef",
    "us-east-2": _THREE,
    "us-west-1": _THREE,
    "us-west-2": "abcd",
}

WITHOUT_CONTROL_PLANE = "us-east-1e"
"""use1-az3 in most accounts, where EKS takes no subnet of a control plane (docs.aws.amazon.com, "Subnet
requirements for clusters")."""
