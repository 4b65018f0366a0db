"""The rules of those who own names, and what a recording breaks of them."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

from offline import Recording, Resource

AUTO_SUFFIX = 8
"""Characters that Pulumi puts behind a resource's name where the program gives none: a dash and seven digits."""

LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
SUBDOMAIN = re.compile(rf"{LABEL.pattern}(\.{LABEL.pattern})*")
LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
LABEL_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
PORT = re.compile(r"(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*")


class Rule(NamedTuple):
    """What a name may be: of so many characters at most, of this form, given by this input."""

    most: int
    form: re.Pattern[str]
    key: str = "name"


GCE = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
KUBERNETES: Mapping[str, Rule] = {
    "CronJob": Rule(52, SUBDOMAIN),
    "Deployment": Rule(63, LABEL),
    "Job": Rule(63, LABEL),
    "Namespace": Rule(63, LABEL),
    # Pods are <name>-<group>-<index>, and the name is a label of theirs.
    "LeaderWorkerSet": Rule(63 - len("-999-99"), LABEL),
    # KEDA makes an autoscaler keda-hpa-<name>, whose name is a label.
    "ScaledObject": Rule(63 - len("keda-hpa-"), LABEL),
    "NIMService": Rule(63, LABEL),
    # The operator puts -job and -pvc behind it.
    "NIMCache": Rule(63 - len("-pvc"), LABEL),
    "Service": Rule(63, GCE),
    **dict.fromkeys(("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"), Rule(253, re.compile(r"[^/%]+"))),
}
"""By kind; other kinds take any subdomain of 253 characters."""

CLOUD: Mapping[str, Rule] = {
    "aws:cloudwatch/eventRule:EventRule": Rule(64, re.compile(r"[\w.-]+")),
    "aws:cloudwatch/logGroup:LogGroup": Rule(512, re.compile(r"[\w./#-]+")),
    "aws:ec2/placementGroup:PlacementGroup": Rule(255, re.compile(r".+")),
    "aws:ec2/launchTemplate:LaunchTemplate": Rule(128, re.compile(r"[\w().\-/]+")),
    "aws:eks/cluster:Cluster": Rule(100, re.compile(r"[A-Za-z0-9][\w-]*")),
    "aws:eks/nodeGroup:NodeGroup": Rule(63, re.compile(r"[A-Za-z0-9][\w-]*"), "nodeGroupName"),
    "aws:iam/instanceProfile:InstanceProfile": Rule(128, re.compile(r"[\w+=,.@-]+")),
    "aws:iam/role:Role": Rule(64, re.compile(r"[\w+=,.@-]+")),
    "aws:iam/rolePolicy:RolePolicy": Rule(128, re.compile(r"[\w+=,.@-]+")),
    "aws:sqs/queue:Queue": Rule(80, re.compile(r"[\w-]+")),
    "gcp:artifactregistry/repository:Repository": Rule(63, GCE, "repositoryId"),
    "gcp:compute/address:Address": Rule(63, GCE),
    "gcp:compute/firewall:Firewall": Rule(63, GCE),
    "gcp:compute/network:Network": Rule(63, GCE),
    "gcp:compute/router:Router": Rule(63, GCE),
    "gcp:compute/routerNat:RouterNat": Rule(63, GCE),
    "gcp:compute/resourcePolicy:ResourcePolicy": Rule(63, GCE),
    "gcp:compute/subnetwork:Subnetwork": Rule(63, GCE),
    "gcp:container/cluster:Cluster": Rule(40, GCE),
    "gcp:container/nodePool:NodePool": Rule(40, GCE),
    "gcp:kms/cryptoKey:CryptoKey": Rule(63, re.compile(r"[\w-]+")),
    "gcp:kms/keyRing:KeyRing": Rule(63, re.compile(r"[\w-]+")),
    "gcp:serviceaccount/account:Account": Rule(30, re.compile(r"[a-z][-a-z0-9]{4,}[a-z0-9]"), "accountId"),
    "gcp:storage/bucket:Bucket": Rule(63, re.compile(r"(?!goog)(?!.*g[o0]{2}g[l1]e)[a-z0-9][-a-z0-9]+[a-z0-9]")),
}
"""By type."""


def broken(recording: Recording) -> list[str]:
    """Return each name that its owner would refuse, and each that two objects have."""
    found = [line for resource in recording.resources for line in _broken(resource)]
    objects = (resource for resource in recording.resources if resource.type.startswith("kubernetes:"))
    places = Counter((resource.type, *_place(resource)) for resource in objects if _place(resource)[1])
    return found + [f"{place} stands {count} times" for place, count in places.items() if count > 1]


def _place(resource: Resource) -> tuple[str, str]:
    metadata = cast("Mapping[str, Any]", resource.inputs.get("metadata") or {})
    return str(metadata.get("namespace", "")), str(metadata.get("name", ""))


def _broken(resource: Resource) -> Iterator[str]:
    if resource.type.startswith("kubernetes:"):
        kind = resource.type.rpartition(":")[2]
        if name := _place(resource)[1]:
            yield from _against(resource, name, KUBERNETES.get(kind, Rule(253, SUBDOMAIN)))
        yield from _inside(resource, resource.inputs)
    elif rule := CLOUD.get(resource.type):
        given = resource.inputs.get(rule.key) or resource.inputs.get(f"{rule.key}Prefix")
        yield from _against(resource, str(given or f"{resource.name}-{'0' * (AUTO_SUFFIX - 1)}"), rule)
    elif "name" in resource.inputs:
        yield f"{resource.urn}: nobody knows which names {resource.type} takes"


def _against(resource: Resource, name: str, rule: Rule) -> Iterator[str]:
    if len(name) > rule.most:
        yield f"{resource.urn}: {name!r} has {len(name)} characters, and {rule.most} are allowed"
    elif not rule.form.fullmatch(name):
        yield f"{resource.urn}: {name!r} is not of the form {rule.form.pattern}"


def _inside(resource: Resource, value: Any, key: str = "") -> Iterator[str]:
    """Yield labels, ports and containers that Kubernetes refuses, wherever they are in an object."""
    if isinstance(value, list):
        for item in cast("list[Any]", value):
            block = cast("dict[str, Any]", item) if isinstance(item, dict) else dict[str, Any]()
            name = str(block.get("name", ""))
            if key == "ports" and name and not PORT.fullmatch(name):
                yield f"{resource.urn}: {name!r} is no name of a port"
            if isinstance(item, dict) and key in ("containers", "initContainers", "volumes"):
                yield from _against(resource, name, Rule(63, LABEL))
            yield from _inside(resource, item, key)
    elif isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        if key in ("labels", "matchLabels", "nodeSelector"):
            yield from (f"{resource.urn}: {key} {pair}" for pair in members.items() if not _is_label(*pair))
        for name, member in members.items():
            yield from _inside(resource, member, name)


def _is_label(key: str, value: Any) -> bool:
    domain, _, name = key.rpartition("/")
    right = LABEL_NAME.fullmatch(name) and (not domain or SUBDOMAIN.fullmatch(domain))
    return bool(right and LABEL_VALUE.fullmatch(str(value)))
