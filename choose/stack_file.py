"""A candidate as a stack file, with the comments that a person needs who has never written one."""

import sys
from collections.abc import Mapping

import yaml

from choose.candidates import Candidate
from choose.draft import BLOCK, DOCUMENTATION_RANGE, RESERVATION, config
from choose.table import row

COMMENTS: Mapping[str, str] = {
    "gcp:project": "write yours",
    "name": "prefix of all names in the cloud; change it before the first update, or everything is made anew",
    "location": "a zone that has the machine; a region makes the control plane outlive a zone",
    "zones": "zones that offer the machine: aws ec2 describe-instance-type-offerings --location-type availability-zone",
    "access": "who reaches the cluster's API: whoever IAM lets in, from any address",
    "publicAccess": f"write the ranges from which you deploy in place of {DOCUMENTATION_RANGE}",
    "deletionProtection": "write true once others rely on it",
    "minNodes": "nodes that stay when nothing needs them",
    "maxNodes": "what may be paid for at most",
    "keepOnDestroy": "write true to keep downloaded weights after a destroy",
    "huggingFace": "a Secret that you make, as said above",
    "maxModelLen": "most tokens of a request, prompt and answer together",
    "maxNumSeqs": "requests that a replica takes at once",
    "maxNumBatchedTokens": "tokens of one step: more start answers sooner and hold the others up",
    "target": "waiting requests a replica, on average, above which replicas are added",
    "minReplicas": "write 2 for a server that is never away, not even in an update",
    "maxReplicas": "as many as the load needs that was asked for",
    "exposure": "a load balancer with public addresses; every request needs the key in slipway:apiKey",
    "certificateArn": "write that of your certificate, for a name that you let point to the load balancer",
}
"""What is said beside a key."""


def text(candidate: Candidate) -> str:
    """Return the file."""
    body = yaml.safe_dump({"config": dict(config(candidate.draft))}, sort_keys=False, width=sys.maxsize)
    return "\n".join([*_head(candidate), *(_commented(line) for line in body.splitlines())]) + "\n"


def _head(candidate: Candidate) -> list[str]:
    draft = candidate.draft
    request, namespace = draft.request, "vllm" if draft.slice.machine.provider == "gke" else "serving"
    lines = [
        "# yaml-language-server: $schema=schema.json",
        f"# {request.model} for {request.requests} requests of {request.context} tokens at once, by make new:",
        f"# {row(candidate)}.",
        "# Before the first update, and once the namespace exists for the Secret:",
        f"#   kubectl create secret generic hf-secret --namespace {namespace} --from-literal=hf_api_token=<token>",
    ]
    if request.source_ranges:
        lines.append("#   pulumi config set --secret slipway:apiKey <key>")
    if draft.purchase == "reservation":
        kind = RESERVATION if draft.slice.machine.provider == "gke" else BLOCK
        lines.append(f"# Make the reservation, and write it in place of {kind}.")
    if draft.purchase == "capacity-block":
        lines.append(f"# Buy a Capacity Block for ML, and write its id and its zone in place of {BLOCK}.")
    return lines


def _commented(line: str) -> str:
    key = line.strip().partition(": ")[0].removesuffix(":")
    comment = COMMENTS.get(key)
    return f"{line}  # {comment}" if comment else line
