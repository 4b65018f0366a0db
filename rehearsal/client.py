"""The few requests to a Kubernetes API server that a rehearsal makes, over plain HTTP.

Objects are JSON as the API server speaks it, sent as they are. Of the clients looked at, lightkube drops a key that its
models lack before the server can refuse it, kr8s has no server-side apply, and the official client takes 104 MB; so
httpx2 carries the requests and nothing is wrapped. Meant for a small cluster on this machine: lists are not paged.
"""

import ssl
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self, cast

import httpx2

from rehearsal.kinds import Kind, group_path

Json = dict[str, Any]

MANAGER = "slipway"
TIMEOUT_SECONDS = 30


class ApiError(Exception):
    """The API server refused a request.

    Attributes:
        code: HTTP status.
        reason: Kubernetes' word for it, such as `NotFound`.
    """

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason


class Client:
    """A connection to one API server. Threads may share it.

    Every method raises `ApiError` when the server refuses, and `httpx2.TransportError` when it cannot be reached.
    """

    def __init__(self, url: str, token: str, authority: Path) -> None:
        self._http = httpx2.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            verify=ssl.create_default_context(cafile=str(authority)),
            timeout=TIMEOUT_SECONDS,
            limits=httpx2.Limits(max_connections=None),
            trust_env=False,
        )
        self._kinds: dict[tuple[str, str], Kind] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._http.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        content_type: str = "application/json",
        parameters: Mapping[str, str] | None = None,
    ) -> Json:
        """Send one request below the server's root; an answer that is not JSON comes back as `{"text": …}`."""
        response = self._http.request(
            method, path, json=body, params=parameters, headers={"Content-Type": content_type}
        )
        if response.is_error:
            raise _error(response)
        if "json" not in response.headers.get("Content-Type", ""):
            return {"text": response.text}
        return cast(Json, response.json())

    @contextmanager
    def stream(self, path: str, parameters: Mapping[str, str]) -> Generator[Iterator[str]]:
        """Open a request and give the lines of its answer as the server sends them."""
        with self._http.stream("GET", path, params=parameters) as response:
            if response.is_error:
                response.read()
                raise _error(response)
            yield response.iter_lines()

    def kinds(self, api_version: str) -> list[Kind]:
        """Return the kinds of one group and version, without subresources."""
        found = self.request("GET", group_path(api_version))["resources"]
        return [
            Kind(api_version, each["kind"], each["name"], each["namespaced"], frozenset(each["verbs"]))
            for each in found
            if "/" not in each["name"]
        ]

    def kind(self, api_version: str, name: str) -> Kind:
        """Return what discovery says of one kind; what was found once is not asked again.

        Raises:
            ApiError: the server has no such kind.
        """
        if (api_version, name) not in self._kinds:
            self._kinds |= {(api_version, each.name): each for each in self.kinds(api_version)}
        if (api_version, name) not in self._kinds:
            raise ApiError(404, "NotFound", f"the server has no kind {name} in {api_version}")
        return self._kinds[api_version, name]

    def create(self, manifest: Json) -> Json:
        """Create an object, with its status where its kind takes one at creation (nodes do)."""
        metadata = manifest["metadata"]
        path = self.kind(manifest["apiVersion"], manifest["kind"]).path(namespace=metadata.get("namespace", "default"))
        return self.request("POST", path, body=manifest, parameters={"fieldValidation": "Strict"})

    def apply(self, manifest: Json) -> Json:
        """Apply an object on the server's side; an unknown field and another manager's field are refused."""
        return self.request(
            "PATCH",
            self.path_of(manifest),
            body=manifest,
            content_type="application/apply-patch+yaml",
            parameters={"fieldManager": MANAGER, "fieldValidation": "Strict"},
        )

    def patch(self, manifest: Json, body: Json, *, subresource: str = "") -> Json:
        """Merge `body` into the object that `manifest` names, or into its subresource."""
        path = self.path_of(manifest) + (f"/{subresource}" if subresource else "")
        return self.request("PATCH", path, body=body, content_type="application/merge-patch+json")

    def scale(self, workload: Json, replicas: int) -> Json:
        """Set a workload's replicas through its scale subresource, as `kubectl scale` does."""
        return self.patch(workload, {"spec": {"replicas": replicas}}, subresource="scale")

    def get(self, manifest: Json) -> Json | None:
        """Return the object that `manifest` names as the server has it; None if there is none."""
        try:
            return self.request("GET", self.path_of(manifest))
        except ApiError as error:
            if error.code == 404:
                return None
            raise

    def list(self, api_version: str, kind: str, *, namespace: str = "", labels: str = "") -> list[Json]:
        """Return the objects of a kind that a label selector matches, of all namespaces without one."""
        path = self.kind(api_version, kind).path(namespace=namespace)
        items = self.request("GET", path, parameters={"labelSelector": labels} if labels else None)["items"]
        return [{"apiVersion": api_version, "kind": kind, **item} for item in items]

    def delete(self, manifest: Json) -> None:
        """Delete an object after its dependents have gone (foreground); nothing happens if there is none."""
        try:
            self.request("DELETE", self.path_of(manifest), parameters={"propagationPolicy": "Foreground"})
        except ApiError as error:
            if error.code != 404:
                raise

    def path_of(self, manifest: Json) -> str:
        """Return the path of the object that `manifest` names; one that names no namespace lies in `default`."""
        metadata = manifest["metadata"]
        kind = self.kind(manifest["apiVersion"], manifest["kind"])
        return kind.path(metadata["name"], metadata.get("namespace", "default"))


def title(manifest: Json) -> str:
    """Return an object's kind and name for people, such as `Deployment serving/llama`."""
    metadata = manifest["metadata"]
    return f"{manifest['kind']} " + "/".join(filter(None, [metadata.get("namespace"), metadata["name"]]))


def _error(response: httpx2.Response) -> ApiError:
    try:
        status = cast(Json, response.json())
        return ApiError(response.status_code, status.get("reason", ""), status["message"])
    except (ValueError, KeyError, TypeError):
        return ApiError(response.status_code, response.reason_phrase, response.text.strip() or response.reason_phrase)
