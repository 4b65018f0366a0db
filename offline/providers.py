"""What the recorder answers in place of the providers: ids, names and the few outputs that others build on.

Answers depend on the inputs alone, so two recordings are equal. Addresses and numbers are from the ranges that are
reserved for documentation. A lookup that has no answer here is an error.
"""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from typing import Any, cast

import pulumi
from typing_extensions import override

from offline import sdk
from offline.cluster_scoped import CLUSTER_SCOPED

PROJECT_NUMBER = "123456789012"
"""The project number in examples of Google's documentation."""

CLUSTER_ADDRESS = "203.0.113.10"
"""Of TEST-NET-3, RFC 5737."""

LOAD_BALANCER_ADDRESS = "203.0.113.40"
LOAD_BALANCER_NAME = "k8s-server-0123456789.elb.us-east-1.amazonaws.com"
"""AWS names its load balancers, and others number them."""

_MADE_UP = {
    f"projects/{PROJECT_NUMBER}": "projects/<number>",
    CLUSTER_ADDRESS: "<address>",
    LOAD_BALANCER_ADDRESS: "<address>",
    LOAD_BALANCER_NAME: "<address>",
}

_CERTIFICATE = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCi0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K"
"""The frame of a PEM certificate with nothing in it, in base64."""


def suffix_by_name(args: pulumi.runtime.MockResourceArgs) -> str:
    """Return hexadecimal digits that are the same for the same type and name."""
    return hashlib.sha256(f"{args.typ}::{args.name}".encode()).hexdigest()


class Providers(pulumi.runtime.Mocks):
    """Stands in for every provider of one run.

    Args:
        project: the Google Cloud project of resources that name none.
        suffix: hexadecimal digits, of which the first end the name of a resource that has none of its own.

    Attributes:
        made_up: names and ids that only a cloud can give, each with what stands for it where people read.
    """

    def __init__(self, project: str, suffix: Callable[[pulumi.runtime.MockResourceArgs], str] = suffix_by_name) -> None:
        self._project = project
        self._suffix = suffix
        self.made_up = dict(_MADE_UP)

    @override
    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        if not args.custom:
            return "", {}
        inputs = cast("Mapping[str, Any]", args.inputs)  # pyright: ignore[reportUnknownMemberType]
        if args.typ.startswith("pulumi:providers:"):
            return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{args.typ}::{args.name}")), {}
        if args.typ == "kubernetes:helm.sh/v3:Release":
            return _helm_release(inputs, self._auto_name(args, 8))
        if args.typ.startswith("kubernetes:"):
            return _kubernetes_object(inputs, self._auto_name(args, 8))
        id_, answer = _cloud_resource(args, inputs, self._auto_name(args, 7), self._project)
        if args.typ.startswith("aws:"):
            self.made_up[id_] = f"<id of {args.name}>"
        return id_, answer

    @override
    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        if (answer := _CALLS.get(args.token)) is None:
            raise LookupError(f"the program calls {args.token}, which has no answer in offline/providers.py")
        given = cast("Mapping[str, Any]", args.args)  # pyright: ignore[reportUnknownMemberType]
        return answer(given, self._project), []

    def _auto_name(self, args: pulumi.runtime.MockResourceArgs, digits: int) -> str:
        name = f"{args.name}-{self._suffix(args)[:digits]}"
        self.made_up[name] = f"{args.name}-<suffix>"
        return name


def _kubernetes_object(inputs: Mapping[str, Any], auto_name: str) -> tuple[str, dict[str, Any]]:
    given = inputs.get("metadata")
    metadata: dict[str, Any] = {**given} if isinstance(given, Mapping) else {}
    name: str = metadata.get("name") or auto_name
    if inputs.get("kind") in CLUSTER_SCOPED:
        return name, {"metadata": {"name": name}}
    namespace: str = metadata.get("namespace", "default")
    answer: dict[str, Any] = {"metadata": {"name": name, "namespace": namespace}}
    if inputs.get("kind") == "Ingress" or inputs.get("spec", {}).get("type") == "LoadBalancer":
        answer["status"] = {"loadBalancer": {"ingress": [load_balancer(metadata)]}}
    return f"{namespace}/{name}", answer


def load_balancer(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Return the address that a cloud gives an object with this metadata: the annotations say which cloud."""
    aws = any("aws-load-balancer" in key or key.startswith("alb.") for key in metadata.get("annotations") or ())
    return {"hostname": LOAD_BALANCER_NAME} if aws else {"ip": LOAD_BALANCER_ADDRESS}


def _helm_release(inputs: Mapping[str, Any], auto_name: str) -> tuple[str, dict[str, Any]]:
    name: str = inputs.get("name") or auto_name
    namespace: str = inputs.get("namespace", "default")
    status = {"name": name, "namespace": namespace, "status": "deployed", "version": inputs.get("version", "")}
    return f"{namespace}/{name}", {"name": name, "namespace": namespace, "status": status}


def _cloud_resource(
    args: pulumi.runtime.MockResourceArgs, inputs: Mapping[str, Any], auto_name: str, project: str
) -> tuple[str, dict[str, Any]]:
    kind = sdk.resource_class(args.typ)
    if kind is None:
        return auto_name, {}
    accepted = sdk.inputs(sdk.args_class(kind)).types
    answer: dict[str, Any] = {"project": inputs.get("project", project)} if "project" in accepted else {}
    name = next((inputs[key] for key in ("name", f"{_noun(args)}Id", "accountId") if key in inputs), None)
    name = name or auto_name
    if "name" in accepted:
        answer["name"] = name
    id_ = _cloud_id(args, inputs, name, answer.get("project", project))
    answer |= {output: f"[{output} of {name}]" for output in sdk.computed_strings(kind)}
    if "selfLink" in answer:
        answer["selfLink"] = f"https://www.googleapis.com/{args.typ.split(':')[1].split('/')[0]}/v1/{id_}"
    if (known := _OUTPUTS.get(args.typ)) is not None:
        answer |= known(name, answer.get("project", project))
    return id_, answer


def _noun(args: pulumi.runtime.MockResourceArgs) -> str:
    return args.typ.split("/")[-1].split(":")[0]


def _cloud_id(args: pulumi.runtime.MockResourceArgs, inputs: Mapping[str, Any], name: str, project: str) -> str:
    place = next(
        (f"{key}s/{inputs[key]}/" for key in ("location", "region", "zone") if isinstance(inputs.get(key), str)), ""
    )
    return f"projects/{project}/{place}{_noun(args)}s/{name}"


def _cluster(name: str, project: str) -> dict[str, Any]:
    return {
        "endpoint": CLUSTER_ADDRESS,
        "masterAuth": {"clusterCaCertificate": _CERTIFICATE},
        "controlPlaneEndpointsConfig": {
            "dnsEndpointConfig": {"endpoint": f"gke-{name}-{PROJECT_NUMBER}.example.gke.goog"}
        },
    }


def _service_account(name: str, project: str) -> dict[str, Any]:
    email = f"{name}@{project}.iam.gserviceaccount.com"
    return {"email": email, "member": f"serviceAccount:{email}", "name": f"projects/{project}/serviceAccounts/{email}"}


def _eks_cluster(name: str, project: str) -> dict[str, Any]:
    return {
        "endpoint": f"https://{name}.eks.amazonaws.com",
        "certificateAuthority": {"data": _CERTIFICATE},
        "vpcConfig": {"clusterSecurityGroupId": f"sg-{hashlib.sha256(name.encode()).hexdigest()[:17]}"},
    }


_OUTPUTS: Mapping[str, Callable[[str, str], dict[str, Any]]] = {
    "aws:ec2/launchTemplate:LaunchTemplate": lambda name, project: {"latestVersion": 1},
    "aws:eks/cluster:Cluster": _eks_cluster,
    "gcp:container/cluster:Cluster": _cluster,
    "gcp:serviceaccount/account:Account": _service_account,
    "gcp:storage/bucket:Bucket": lambda name, project: {"url": f"gs://{name}"},
    "gcp:compute/globalAddress:GlobalAddress": lambda name, project: {"address": "203.0.113.20"},
    "gcp:compute/address:Address": lambda name, project: {"address": "203.0.113.30"},
}
"""By type: what the name and the project make of the outputs that other resources build on."""


def _get_project(args: Mapping[str, Any], project: str) -> dict[str, Any]:
    project = args.get("projectId", project)
    return {"id": f"projects/{project}", "projectId": project, "name": project, "number": PROJECT_NUMBER}


_CALLS: Mapping[str, Callable[[Mapping[str, Any], str], dict[str, Any]]] = {
    "gcp:organizations/getProject:getProject": _get_project,
}
