"""Whether Google's adapter could do its work in a cluster: by the pod that runs, and the rights that its account has.

Its double runs outside the cluster as the administrator. So it answers only where a Ready pod stands behind the Service
that leads to it, and that pod's account may do what the adapter does; the API server itself decides that.
"""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpx2

from rehearsal.client import ApiError, Client, Json
from rehearsal.engine.double import is_ready
from rehearsal.listener import Answer
from rehearsal.mirror import Mirror
from rehearsal.scheduling import selects

REVIEW = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
AGAIN_SECONDS = 1
"""How long an answer counts; an autoscaler asks more often when time is compressed."""

VIEWERS = ("roles/monitoring.viewer", "roles/monitoring.editor", "roles/monitoring.admin")
"""Roles of Google Cloud that hold monitoring.timeSeries.list."""


@dataclass(frozen=True, slots=True)
class Right:
    """What an account must be allowed.

    Attributes:
        attributes: of the review that the API server makes.
        what: for whom it is needed, for people.
    """

    attributes: Json
    what: str


RIGHTS = (
    Right(
        {
            "verb": "get",
            "resource": "configmaps",
            "namespace": "kube-system",
            "name": "extension-apiserver-authentication",
        },
        "read how the API server signs in (Role extension-apiserver-authentication-reader)",
    ),
    Right(
        {"verb": "create", "group": "authorization.k8s.io", "resource": "subjectaccessreviews"},
        "ask what its callers may (ClusterRole system:auth-delegator)",
    ),
    Right({"verb": "list", "resource": "pods"}, "list the pods that a metric is of"),
)


class AdapterStanding:
    """The adapter as its own objects let it run.

    Args:
        client: the administrator's.
        pods: mirror of the pods.
        services: mirror of the Services.
        address: where a Service leads that leads to the double.
        viewers: accounts that may read Cloud Monitoring, `namespace/name`.
    """

    def __init__(
        self, client: Client, *, pods: Mirror, services: Mirror, address: str, viewers: Collection[str]
    ) -> None:
        self._client, self._pods, self._services = client, pods, services
        self._address, self._viewers = address, viewers
        self._said, self._until = "", 0.0

    def why(self) -> str:
        """Say why it cannot answer; empty if it can."""
        if time.monotonic() >= self._until:
            try:
                self._said = self._find()
            except (ApiError, httpx2.TransportError) as error:
                self._said = f"the API server does not say what the adapter may: {error}"
            self._until = time.monotonic() + AGAIN_SECONDS
        return self._said

    def guarded(self, answer: Callable[[str], Answer]) -> Callable[[str], Answer]:
        """Return what answers like the adapter as long as that can, and otherwise that it is not there."""

        def guarded(path: str) -> Answer:
            if why := self.why():
                return Answer(HTTPStatus.SERVICE_UNAVAILABLE, "text/plain", why.encode())
            return answer(path)

        return guarded

    def _find(self) -> str:
        leading = [each for each in self._services.objects if each["spec"].get("externalName") == self._address]
        pods = [pod for pod in self._pods.objects if is_ready(pod) and any(_leads(each, pod) for each in leading)]
        if not pods:
            names = ", ".join(f"{each['metadata']['namespace']}/{each['metadata']['name']}" for each in leading)
            selectors = [each["spec"].get("selector") for each in leading]
            return f"no Ready pod of the adapter is behind Service {names}, which selects {selectors}"
        account = f"{pods[0]['metadata']['namespace']}/{pods[0]['spec'].get('serviceAccountName', 'default')}"
        for right in RIGHTS:
            if not self._may(account, right.attributes):
                return f"ServiceAccount {account} of the adapter may not {right.what}; bind the role to it"
        if account not in self._viewers:
            return (
                f"ServiceAccount {account} of the adapter may not read Cloud Monitoring: no IAM member of the stack "
                f"gives it {VIEWERS[0]}"
            )
        return ""

    def _may(self, account: str, attributes: Json) -> bool:
        namespace, _, name = account.partition("/")
        groups = ["system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated"]
        spec = {
            "user": f"system:serviceaccount:{namespace}:{name}",
            "groups": groups,
            "resourceAttributes": attributes,
        }
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
        return bool(self._client.request("POST", REVIEW, body=review)["status"].get("allowed"))


def viewers(grants: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return the accounts, `namespace/name`, to which IAM members give the right to read Cloud Monitoring."""
    members = (str(each.get("member", "")) for each in grants if each.get("role") in VIEWERS)
    subjects = (member.partition("/subject/")[2].split("/") for member in members)
    return frozenset(f"{parts[1]}/{parts[3]}" for parts in subjects if len(parts) == 4 and parts[::2] == ["ns", "sa"])


def _leads(service: Json, pod: Json) -> bool:
    selector = service["spec"].get("selector")
    same = service["metadata"]["namespace"] == pod["metadata"]["namespace"]
    return bool(selector) and same and selects({"matchLabels": selector}, pod["metadata"].get("labels", {}))
