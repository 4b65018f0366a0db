"""Whether names follow the rules of those who own them."""

import re
from collections.abc import Iterator, Mapping

from slipway.catalog.namespaces import OWNED
from slipway.checks import Finding

LABEL_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_PROJECT = re.compile(r"[a-z][-a-z0-9]{4,28}[a-z0-9]")
_RESERVATION = re.compile(r"(projects/[a-z][-a-z0-9:.]{4,61}[a-z0-9]/reservations/)?[a-z]([-a-z0-9]{0,61}[a-z0-9])?")


def namespace_findings(path: str, namespace: str, taken: Mapping[str, str]) -> Iterator[Finding]:
    """Judge the namespace of the servers.

    Args:
        taken: those of the stack's own add-ons, with what is in them.
    """
    if namespace in taken:
        message = f"{namespace!r} is the namespace of {taken[namespace]}"
    elif OWNED.fullmatch(namespace):
        message = f"{namespace!r} is a namespace that Kubernetes or the cloud has for itself"
    else:
        return
    yield Finding("names.namespace", path, message, "write serving")


def label_findings(path: str, labels: Mapping[str, str]) -> Iterator[Finding]:
    """Judge labels of nodes (k8s.io/apimachinery/pkg/util/validation)."""
    for key, value in labels.items():
        prefix, slash, name = key.rpartition("/")
        right = LABEL_NAME.fullmatch(name) and (not slash or (SUBDOMAIN.fullmatch(prefix) and len(prefix) <= 253))
        if not right:
            message = f"{key!r} is no key of a label: letters, digits, '-', '_' and '.', 63 at most, behind a domain"
            yield Finding("names.label", f"{path}.{key}", message, "write it as kubectl get nodes --show-labels does")
        if value and not LABEL_NAME.fullmatch(value):
            message = f"{value!r} is no value of a label: letters, digits, '-', '_' and '.', 63 at most"
            yield Finding("names.label", f"{path}.{key}", message, "write it as kubectl get nodes --show-labels does")


def project_findings(path: str, project: str) -> Iterator[Finding]:
    """Judge the id of a Google Cloud project (cloud.google.com/resource-manager, "Creating and managing projects")."""
    if not _PROJECT.fullmatch(project):
        message = f"{project!r} is no id of a project: 6 to 30 small letters, digits and '-', a letter first"
        yield Finding("names.project", path, message, "write what gcloud projects list shows as PROJECT_ID")


def reservation_findings(path: str, name: str) -> Iterator[Finding]:
    """Judge the name of a Compute Engine reservation."""
    if not _RESERVATION.fullmatch(name):
        message = f"{name!r} is no name of a reservation: small letters, digits and '-', a letter first, 63 at most"
        yield Finding("names.reservation", path, message, "write what gcloud compute reservations list shows")


def key_findings(path: str, key: str, location: str, region: str) -> Iterator[Finding]:
    """Judge where a key of a cloud's KMS is: what it encrypts is in the same region."""
    if location != region:
        message = f"{key} is in {location}, and what it is to encrypt in {region}"
        yield Finding("names.key-region", path, message, f"name a key of {region}")


def bucket_findings(path: str, name: str) -> Iterator[Finding]:
    """Judge a prefix of a bucket's name (cloud.google.com/storage/docs/buckets, "Bucket names")."""
    if name.startswith("goog") or re.search(r"g[o0]{2}g[l1]e", name):
        message = f"{name!r} would begin the bucket's name, and Google lets none begin with goog or hold its own name"
        yield Finding("names.bucket", path, message, "write name: ours")
