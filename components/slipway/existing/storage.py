"""A volume claim of a cluster that is there already, for the files of models."""

from slipway.serving.shape import Files, StorageKind
from slipway.workload import Volumes

PATH = "/models"
VOLUME = "models"


class ExistingClaim:
    """A storage of a site that all pods mount; whoever made the claim decides how large it is."""

    kind: StorageKind = "shared"

    def __init__(self, claim: str) -> None:
        self._claim = claim

    def volumes(self, _files: Files, /) -> Volumes:
        """Return what a pod mounts."""
        return Volumes(
            path=PATH,
            annotations={},
            volumes=[{"name": VOLUME, "persistent_volume_claim": {"claim_name": self._claim}}],
            mounts=[{"name": VOLUME, "mount_path": PATH}],
            claim=self._claim,
        )
