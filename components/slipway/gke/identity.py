"""Who the nodes are: a service account that may log, report metrics and pull images, and nothing else."""

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from slipway.gke.wires import IdentityWires

SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]
"""The one scope that leaves the decision to IAM roles alone."""


class NodeIdentity(pulumi.ComponentResource):
    """The service account of every node of the stack, in place of the project's default one.

    Attributes:
        wires: the account for whoever makes nodes.
        member: the account as an IAM member.
    """

    wires: IdentityWires
    member: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        project: pulumi.Input[str],
        ready: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:gke:NodeIdentity", name, None, opts)
        account = gcp.serviceaccount.Account(
            name,
            account_id=f"{name}-nodes",
            display_name=f"GKE nodes of {name}",
            opts=pulumi.ResourceOptions(parent=self, depends_on=ready),
        )
        self.member = account.member
        grant = gcp.projects.IAMMember(
            name,
            project=project,
            role="roles/container.defaultNodeServiceAccount",
            member=self.member,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.wires = IdentityWires(email=account.email, ready=[grant])
        self.register_outputs({"email": account.email})


class ImageMirror(pulumi.ComponentResource):
    """A remote repository in front of Docker Hub: images come from the nodes' own region and stream while they start.

    Attributes:
        prefix: what goes before a Docker Hub image's name, with a slash at its end.
    """

    prefix: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        project: pulumi.Input[str],
        region: str,
        reader: pulumi.Input[str],
        ready: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:gke:ImageMirror", name, None, opts)
        repository = gcp.artifactregistry.Repository(
            name,
            repository_id=f"{name}-docker-hub",
            location=region,
            format="DOCKER",
            mode="REMOTE_REPOSITORY",
            remote_repository_config={"docker_repository": {"public_repository": "DOCKER_HUB"}},
            opts=pulumi.ResourceOptions(parent=self, depends_on=ready),
        )
        gcp.artifactregistry.RepositoryIamMember(
            name,
            project=project,
            location=region,
            repository=repository.repository_id,
            role="roles/artifactregistry.reader",
            member=reader,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.prefix = pulumi.Output.format(
            "{region}-docker.pkg.dev/{project}/{repository}/",
            region=region,
            project=project,
            repository=repository.repository_id,
        )
        self.register_outputs({"prefix": self.prefix})
