"""Judgement over weights in buckets, which the pods of a cluster may or may not be let read."""

from collections.abc import Iterator

from slipway.checks import Finding
from stacks.stack import Stack

READERS = {"s3://": "provider: eks", "gs://": "provider: gke"}
"""The clusters whose pods Slipway lets read a bucket, by the scheme of its URI."""


def read_only_findings(stack: Stack) -> Iterator[Finding]:
    """Say which servers would write to storage that they may only read, and what they miss there."""
    for name, server in stack.servers.items() if stack.reads_only else ():
        slice_, path = stack.place(name).slice, f"servers.{name}"
        if not server.reads_folders or (slice_ and slice_.hosts > 1):
            message = "makes files of its model or downloads it itself, and pods only read the bucket of weights"
            yield Finding("storage.read-only", path, message, "leave out weights.readOnly, or on EKS weights")
        elif slice_ and slice_.machine.chip.kind == "tpu" and not server.bucket_uri:
            message = "what a replica compiles is kept nowhere, for half an hour at each start"
            remedy = "leave out weights.readOnly, and the bucket holds that, too"
            yield Finding("storage.read-only-compiles", path, message, remedy, "warning")


def bucket_findings(stack: Stack, readable: str | None) -> Iterator[Finding]:
    """Say which servers nothing of the stack could let read their weights.

    Args:
        readable: scheme of the buckets that the cluster's pods can be let read; None for no bucket.
    """
    for server, uri in stack.bucket_uris.items():
        scheme = next(each for each in READERS if uri.startswith(each))
        if scheme != readable:
            yield Finding(
                "cluster.bucket",
                f"servers.{server}.weights.source",
                f"a role is needed that may read {uri}, and nothing of the stack can give the servers' pods one",
                f"write 'hugging-face', or serve on a cluster with {READERS[scheme]}",
            )
