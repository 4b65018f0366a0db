"""Keys of AWS KMS that exist, under which a stack puts what it keeps."""

from slipway.checks.settings import Settings
from slipway.eks.settings import KmsKey


class EksEncryption(Settings):
    """Keys in the cluster's region, of this account or another whose key's policy lets this one use it."""

    secrets: KmsKey | None = None
    """For Kubernetes Secrets, in place of a key of the stack's own. Whoever creates the cluster needs kms:DescribeKey
    and kms:CreateGrant on it."""
    shared_storage: KmsKey | None = None
    """For `sharedStorage`; AWS's key for EFS when left out."""
