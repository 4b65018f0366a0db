"""The queue in which EC2 says beforehand that it takes an instance, so that its node can be drained in time."""

import json
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

EVENTS = {
    "health": ("aws.health", "AWS Health Event"),
    "spot": ("aws.ec2", "EC2 Spot Instance Interruption Warning"),
    "rebalance": ("aws.ec2", "EC2 Instance Rebalance Recommendation"),
    "state": ("aws.ec2", "EC2 Instance State-change Notification"),
    "reservation": ("aws.ec2", "EC2 Capacity Reservation Instance Interruption Warning"),
}
"""Events that Karpenter reads, by a name for each: source and type, as in its CloudFormation template."""

RETENTION_SECONDS = 300
"""An older warning is of no use."""


class InterruptionQueue(pulumi.ComponentResource):
    """An encrypted queue and the rules that fill it.

    Attributes:
        name: the queue's name.
        arn: the queue.
        ready: what must exist before a warning arrives.
    """

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    ready: list[pulumi.Resource]

    def __init__(self, name: str, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:addons:InterruptionQueue", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        queue = aws.sqs.Queue(
            name, message_retention_seconds=RETENTION_SECONDS, sqs_managed_sse_enabled=True, opts=child
        )
        rules = {
            event: aws.cloudwatch.EventRule(
                f"{name}-{event}",
                description=f"{kind}, for Karpenter",
                event_pattern=json.dumps({"source": [source], "detail-type": [kind]}),
                opts=child,
            )
            for event, (source, kind) in EVENTS.items()
        }
        content = pulumi.Output.all(queue.arn, *(rule.arn for rule in rules.values())).apply(_policy)
        self.ready = [aws.sqs.QueuePolicy(name, queue_url=queue.url, policy=content, opts=child)]
        for event, rule in rules.items():
            target = aws.cloudwatch.EventTarget(f"{name}-{event}", rule=rule.name, arn=queue.arn, opts=child)
            self.ready.append(target)
        self.name, self.arn = queue.name, queue.arn
        self.register_outputs({})


def _policy(arns: Sequence[str]) -> str:
    """Let rules of this account alone write to the queue, the first of these, and nobody without TLS do anything."""
    queue, *rules = arns
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "events.amazonaws.com"},
                    "Action": "sqs:SendMessage",
                    "Resource": queue,
                    # An ARN names its account.
                    "Condition": {"ArnEquals": {"aws:SourceArn": rules}},
                },
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "sqs:*",
                    "Resource": queue,
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
            ],
        }
    )
