"""Where EKS keeps its images: a registry in each region, so that nodes pull none across regions.

Source: EKS User Guide, "View Amazon container image registries for Amazon EKS add-ons".
"""

from collections.abc import Mapping

ACCOUNT = "602401143452"
"""Of the regions that `ACCOUNTS` does not name."""

ACCOUNTS: Mapping[str, str] = {
    "af-south-1": "877085696533",
    "ap-east-1": "800184023465",
    "ap-south-2": "900889452093",
    "ap-southeast-3": "296578399912",
    "ap-southeast-4": "491585149902",
    "ap-southeast-5": "151610086707",
    "ap-southeast-6": "333609536671",
    "ap-southeast-7": "121268973566",
    "ca-west-1": "761377655185",
    "eu-central-2": "900612956339",
    "eu-south-1": "590381155156",
    "eu-south-2": "455263428931",
    "il-central-1": "066635153087",
    "me-central-1": "759879836304",
    "me-south-1": "558608220178",
    "us-gov-east-1": "151742754352",
    "us-gov-west-1": "013241004608",
}


def registry(region: str) -> str:
    """Return the registry of a region."""
    return f"{ACCOUNTS.get(region, ACCOUNT)}.dkr.ecr.{region}.amazonaws.com"
