"""The regions of AWS' own partition with their zones, by the letters that accounts know them by.

Which place a letter means differs from one account to another. Sources: docs.aws.amazon.com, "AWS Regions" and "AWS
Availability Zones"; networknext/next, terraform/amazon.tfvars, for letters of 32 regions; those of regions that opened
later are taken to be a, b and c, as all of them are since 2019.
"""

from collections.abc import Mapping

_OF_THREE = (
    "af-south-1 ap-east-1 ap-east-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 "
    "ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-west-1 eu-central-1 eu-central-2 eu-north-1 "
    "eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 "
    "us-east-2 us-west-1"
)

ZONES: Mapping[str, str] = {
    **dict.fromkeys(_OF_THREE.split(), "abc"),
    "ap-northeast-1": "abcd",
    "ap-northeast-2": "abcd",
    "ca-central-1": "abd",
    "us-east-1": "abcdef",
    "us-west-2": "abcd",
}

WITHOUT_CONTROL_PLANE = "us-east-1e"
"""use1-az3 in most accounts, where EKS takes no subnet of a control plane (docs.aws.amazon.com, "Subnet
requirements for clusters")."""
