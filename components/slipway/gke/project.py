"""The Google Cloud project that a stack lives in: the APIs it needs, and its number.

Creates no project and never switches an API off again: others may use it.
"""

from collections.abc import Iterable

import pulumi
import pulumi_gcp as gcp

APIS = (
    "artifactregistry",
    "cloudresourcemanager",
    "compute",
    "container",
    "containerfilesystem",
    "iam",
    "logging",
    "monitoring",
    "storage",
)
"""What every GKE stack calls, without `.googleapis.com`; image streaming is containerfilesystem's."""


class Project(pulumi.ComponentResource):
    """A project whose APIs are on.

    Attributes:
        id: the project's id, such as `my-project`.
        number: the project's number, which principals carry in their path.
        apis: the enabled APIs by short name; what a resource needs goes into its `depends_on`.
        workload_pool: the pool of all Kubernetes service accounts of the project; its first cluster makes it.
    """

    id: str
    number: pulumi.Output[str]
    apis: dict[str, gcp.projects.Service]
    workload_pool: str

    def __init__(
        self, name: str, project_id: str, *, more_apis: Iterable[str] = (), opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:gke:Project", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        self.id = project_id
        self.workload_pool = f"{project_id}.svc.id.goog"
        self.apis = {
            api: gcp.projects.Service(
                f"{name}-{api}",
                project=project_id,
                service=f"{api}.googleapis.com",
                disable_on_destroy=False,
                opts=child,
            )
            for api in (*APIS, *more_apis)
        }
        self.number = gcp.organizations.get_project_output(
            project_id=project_id,
            opts=pulumi.InvokeOutputOptions(parent=self, depends_on=[self.apis["cloudresourcemanager"]]),
        ).number
        self.register_outputs({"number": self.number})
