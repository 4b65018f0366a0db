"""Who the nodes are: a service account that may log, report metrics and pull images, and nothing else."""

import pulumi
import pulumi_gcp as gcp

from slipway.gke.project import Project

SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]
"""The one scope that leaves the decision to IAM roles alone."""


class NodeIdentity(pulumi.ComponentResource):
    """The service account of every node of the stack, in place of the project's default one.

    Attributes:
        email: the account.
        member: the account as an IAM member.
        grant: what a node needs before it can report that it is ready.
    """

    email: pulumi.Output[str]
    member: pulumi.Output[str]
    grant: gcp.projects.IAMMember

    def __init__(self, name: str, *, project: Project, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:gke:NodeIdentity", name, None, opts)
        account = gcp.serviceaccount.Account(
            name,
            account_id=f"{name}-nodes",
            display_name=f"GKE nodes of {name}",
            opts=pulumi.ResourceOptions(parent=self, depends_on=[project.apis["iam"]]),
        )
        self.email = account.email
        self.member = account.member
        self.grant = gcp.projects.IAMMember(
            name,
            project=project.id,
            role="roles/container.defaultNodeServiceAccount",
            member=self.member,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"email": self.email})


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
        project: Project,
        region: str,
        reader: pulumi.Input[str],
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
            opts=pulumi.ResourceOptions(parent=self, depends_on=[project.apis["artifactregistry"]]),
        )
        gcp.artifactregistry.RepositoryIamMember(
            name,
            project=project.id,
            location=region,
            repository=repository.repository_id,
            role="roles/artifactregistry.reader",
            member=reader,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.prefix = pulumi.Output.format(
            "{region}-docker.pkg.dev/{project}/{repository}/",
            region=region,
            project=project.id,
            repository=repository.repository_id,
        )
        self.register_outputs({"prefix": self.prefix})
