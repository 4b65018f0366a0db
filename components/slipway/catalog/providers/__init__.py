"""Which inputs of a resource replace it when they change, by type token; Kubernetes objects go by their kind.

A change of any other input updates the resource where it is. A path is that of an input on the wire, without indices;
the path of a block stands for its coming and going, and `.*` for everything below.
"""

from collections.abc import Mapping, Sequence

from slipway.catalog.providers import aws, gcp, kubernetes, objects

KEEPING = frozenset(
    {
        *("aws:efs/fileSystem:FileSystem", "aws:eks/cluster:Cluster", "aws:kms/key:Key"),
        *("gcp:container/cluster:Cluster", "gcp:kms/cryptoKey:CryptoKey", "gcp:kms/keyRing:KeyRing"),
        *("gcp:storage/bucket:Bucket", "kubernetes:core/v1:Namespace"),
    }
)
"""Types of resources that hold what nothing brings back once they are gone: files, keys, or all that runs in them."""

NODES: Mapping[str, Sequence[str]] = {
    "aws:eks/nodeGroup:NodeGroup": ("launchTemplate.version", "releaseVersion", "version"),
    "gcp:container/nodePool:NodePool": ("nodeConfig", "version"),
}
"""Inputs of a pool whose change makes the cloud exchange its nodes, by type; a path stands for all that is below."""

PLACES: Mapping[str, str] = {"gcp:container/nodePool:NodePool": "nodeLocations"}
"""Inputs that say in which zones the nodes of a pool are, by type: those in a zone that is left out go.

The reference of `projects.locations.clusters.nodePools` (`locations`): "changing node pool locations will result in
nodes being added and/or removed".
"""

FOLLOWING: Mapping[str, Mapping[str, str]] = {
    "aws:ec2/launchTemplate:LaunchTemplate": {"aws:eks/nodeGroup:NodeGroup": "launchTemplate.version"},
}
"""Inputs that have another value once a resource of a type is updated, by the type of whatever they belong to."""

REPLACING: Mapping[str, Sequence[str]] = {**aws.REPLACING, **gcp.REPLACING, **kubernetes.REPLACING}
"""The paths by type token; a type that is not here is not known."""


def replaces(type_: str, path: str) -> bool:
    """Return whether a change at a path replaces a resource of this type.

    Raises:
        KeyError: the type is not known.
    """
    if type_ not in REPLACING and type_.startswith("kubernetes:"):
        return objects.replaces(type_.rpartition(":")[2], path)
    return any(path.startswith(known[:-1]) if known.endswith(".*") else path == known for known in REPLACING[type_])
