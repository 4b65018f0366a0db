"""Judgement over weights in S3 on a cluster whose pods can be given no role of AWS."""

from collections.abc import Iterator

from checks import Finding
from stacks.stack import Stack


def s3_findings(stack: Stack) -> Iterator[Finding]:
    """Say which servers nothing of the stack could let read their weights."""
    for server, uri in stack.s3_uris.items():
        yield Finding(
            "cluster.s3",
            f"servers.{server}.weights.source",
            f"'s3' needs a role that may read {uri}, and nothing of the stack can give the servers' pods a role of AWS",
            "write 'hugging-face', or serve on a cluster with provider: eks",
        )
