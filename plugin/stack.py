"""A whole stack, by the same judgement and the same program as a stack file's."""

from typing import Any, NotRequired, TypedDict

import pulumi
from hosted import Hosted, keys
from pulumi.runtime.settings import set_root_resource

import stacks


class ServingArgs(TypedDict):
    """A stack, and what is no part of its file."""

    stack: dict[str, Any]
    """What stands beneath `slipway:stack` in a stack file; `extends` names one of the plugin's own."""
    project: NotRequired[str]
    """Id of the Google Cloud project."""
    profile: NotRequired[str]
    """Profile of the AWS configuration with which Pulumi and kubectl act."""
    hugging_face_token: NotRequired[pulumi.Input[str]]
    """With which models are downloaded, where `huggingFace.source` is `pulumi`."""
    ngc_api_key: NotRequired[pulumi.Input[str]]
    """With which images and models of NVIDIA are fetched, where `ngc.source` is `pulumi`."""
    kubeconfig: NotRequired[pulumi.Input[str]]
    """Of a cluster that is there already, where `cluster.access.source` is `pulumi`."""
    api_key: NotRequired[pulumi.Input[str]]
    """What clients of public servers show."""
    alert_address: NotRequired[pulumi.Input[str]]
    """Whom alerts tell."""


class Serving(Hosted):
    """A stack: a cluster, or what is put on one that is there already, and model servers with their autoscaling."""

    endpoints: pulumi.Output[dict[str, str]]
    """Where clients send requests, by the server's name."""
    credentials_command: pulumi.Output[str] | None
    """What a person runs to reach a cluster that the stack makes with kubectl."""

    def __init__(self, name: str, args: ServingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        surroundings = stacks.Surroundings(
            project=args.get("project"),
            profile=args.get("profile"),
            hugging_face_token=_secret(args.get("hugging_face_token")),
            ngc_api_key=_secret(args.get("ngc_api_key")),
            kubeconfig=_secret(args.get("kubeconfig")),
            api_key=_secret(args.get("api_key")),
            alert_address=_secret(args.get("alert_address")),
        )
        stack = stacks.load(keys(args["stack"]), surroundings).settings
        super().__init__(name, opts)
        # A stack's resources and transformations are those of the program's root, which a plugin has none of.
        set_root_resource(self)
        made = stacks.deploy(stack, surroundings)
        self.endpoints = pulumi.Output.all(**made.get("endpoints", {}))
        command = made.get("credentialsCommand")
        self.credentials_command = None if command is None else pulumi.Output.from_input(command)
        self.register_outputs({"endpoints": self.endpoints, "credentialsCommand": self.credentials_command})


def _secret(value: pulumi.Input[str] | None) -> pulumi.Output[str] | None:
    return None if value is None else pulumi.Output.secret(value)
