"""Keys of Cloud KMS that exist, under which a stack puts what it keeps."""

from slipway.checks.settings import Settings
from slipway.gke.settings import KmsKey


class GkeEncryption(Settings):
    """Keys in the cluster's region, of this project or another; the stack makes no grant on them, since others of the
    project rely on those that there are."""

    secrets: KmsKey | None = None
    """For Kubernetes Secrets, in place of a key of the stack's own. Let GKE's agent use it:
    `service-<project's number>@container-engine-robot.iam.gserviceaccount.com`,
    roles/cloudkms.cryptoKeyEncrypterDecrypter."""
    weights: KmsKey | None = None
    """For the stack's own bucket; Google's key when left out. Let Cloud Storage's agent use it:
    `service-<project's number>@gs-project-accounts.iam.gserviceaccount.com`, the same role."""
