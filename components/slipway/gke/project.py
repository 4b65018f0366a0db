"""The Google Cloud project that a stack lives in: the APIs it needs, and its number.

Creates no project and never switches an API off again: others may use it.
"""

from collections.abc import Iterable

import pulumi
import pulumi_gcp as gcp

from slipway.gke.wires import ProjectWires

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
        wires: the project for whoever needs it.
    """

    wires: ProjectWires

    def __init__(
        self, name: str, project_id: str, *, more_apis: Iterable[str] = (), opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:gke:Project", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        apis = {
            api: gcp.projects.Service(
                f"{name}-{api}",
                project=project_id,
                service=f"{api}.googleapis.com",
                disable_on_destroy=False,
                opts=child,
            )
            for api in (*APIS, *more_apis)
        }
        number = gcp.organizations.get_project_output(
            project_id=project_id,
            opts=pulumi.InvokeOutputOptions(parent=self, depends_on=[apis["cloudresourcemanager"]]),
        ).number
        self.wires = ProjectWires(id=project_id, number=number, apis=apis)
        self.register_outputs({"number": number})
