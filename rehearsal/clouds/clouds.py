"""All that the engine attaches to in one rehearsal: the doubles of both clouds, and the way to the API server."""

import base64
import os
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from offline.providers import load_balancer
from rehearsal import lifecycle, releases
from rehearsal.client import Json, title
from rehearsal.clock import Clock
from rehearsal.clouds import sign_in
from rehearsal.clouds.cloud import Cloud
from rehearsal.clouds.existing import Existing
from rehearsal.clouds.fleet import Fleet
from rehearsal.clouds.kubernetes_proxy import KubernetesProxy
from rehearsal.clouds.provider import CloudProvider
from rehearsal.clouds.refusals import EKS_CLUSTER, GKE_CLUSTER, RefusedError
from rehearsal.clouds.serving import ADDRESS, OPTIONS, served
from rehearsal.control_plane import ControlPlane, wait_until
from rehearsal.releases import Release

GENUINE = "kubernetes-provider"
PACKAGES = ("aws", "gcp")
SKIP_AWAIT, WAIT_FOR = "pulumi.com/skipAwait", "pulumi.com/waitFor"
"""The latter is on objects of operators that are not played and would say that they are ready."""
UNAWAITED = ("Ingress", "Service")
"""What would be waited for without end: the API server takes no loopback address for what is behind a Service."""


class Clouds:
    """The clouds of one rehearsal; they last as long as it, whatever is run against them.

    Args:
        plane: the control plane that every cluster leads to.
        clock: compresses what the clouds take.
        fleet: the nodes that come and go with pools.
        stand_in: makes of an object of the stack the one that is applied here.
        upgraded: told of each release that an update has changed.
        kubeconfig: of whoever runs Pulumi; None where every provider is told how it reaches its cluster.
        awaited: whether the engine waits until objects are ready.

    Attributes:
        clouds: what exists, by package; `kubernetes` has the Helm releases.
        files: the objects of files that a stack names by their address; others hold none. Definitions of custom
            resources are there before any stack.
    """

    def __init__(
        self,
        plane: ControlPlane,
        clock: Clock,
        fleet: Fleet,
        stand_in: Callable[[Json], Json],
        *,
        kubeconfig: Path | None = None,
        upgraded: Callable[[Release], None] = lambda release: None,
        awaited: bool = True,
    ) -> None:
        self._plane, self._stand_in, self._kubeconfig, self._awaited = plane, stand_in, kubeconfig, awaited
        self._told = upgraded
        answers = _cluster_answers(plane)
        self.clouds = {package: Cloud(clock, answers=answers, made=fleet.made, gone=fleet.gone) for package in PACKAGES}
        self.clouds["kubernetes"] = Cloud(clock, made=self._install, updated=self._upgrade, gone=self._uninstall)
        self._path = sign_in.write(plane.slot.folder / "bin", plane.credentials)
        self.files: dict[str, Sequence[Json]] = {}
        self._proxy: KubernetesProxy | None = None

    def cancel(self) -> None:
        """Let nothing that is attached wait any longer for an object to be ready."""
        if proxy := self._proxy:
            proxy.cancel()

    @contextmanager
    def attached(self) -> Generator[Mapping[str, int]]:
        """Serve a provider for each package until the block ends, and give their ports.

        The genuine one is a process of its own for each block: once an update was cancelled it takes no other.
        """
        with ExitStack() as stack:
            channel = stack.enter_context(self._genuine())
            proxy = KubernetesProxy(
                channel,
                CloudProvider("kubernetes", self.clouds["kubernetes"]),
                fetched=lambda address: self.files.get(address, ()),
                adapted=self._adapted,
                completed=self._completed,
            )
            ports = {
                "kubernetes": stack.enter_context(served(lambda server: server.add_generic_rpc_handlers((proxy,)))),
                **{
                    package: stack.enter_context(
                        served(
                            partial(
                                provider_pb2_grpc.add_ResourceProviderServicer_to_server,
                                CloudProvider(package, self.clouds[package]),
                            )
                        )
                    )
                    for package in PACKAGES
                },
            }
            self._proxy = proxy
            try:
                yield ports
            finally:
                self.cancel()  # An engine that was ended may have left requests that wait.
                self._proxy = None

    @contextmanager
    def _genuine(self) -> Generator[grpc.Channel]:
        plane = self._plane
        log = plane.processes.log(GENUINE)
        log.unlink(missing_ok=True)
        plane.processes.start(
            GENUINE,
            [plane.binaries[GENUINE]],
            environment={
                "PATH": os.pathsep.join([str(self._path), os.environ["PATH"]]),
                "KUBECONFIG": str(self._kubeconfig or ""),
                # What a DNS endpoint shows is signed by an authority that every machine knows.
                "SSL_CERT_FILE": str(plane.credentials.authority),
            },
        )
        try:
            wait_until(lambda: _port(log), f"{GENUINE} says where it listens", plane.processes)
            with grpc.insecure_channel(f"{ADDRESS}:{_port(log)}", options=OPTIONS) as channel:
                yield channel
        finally:
            plane.processes.stop(GENUINE)

    def _adapted(self, manifest: Json) -> Json:
        made = self._stand_in(manifest)
        metadata: dict[str, Any] = made.get("metadata") or {}
        annotations: dict[str, Any] = metadata.get("annotations") or {}
        if self._awaited and made["kind"] not in UNAWAITED and WAIT_FOR not in annotations:
            return made
        return {**made, "metadata": {**metadata, "annotations": {**annotations, SKIP_AWAIT: "true"}}}

    def _completed(self, manifest: Json) -> bool:
        """Give what asks for a load balancer the address of one."""
        spec: Json = manifest.get("spec") or {}
        if not (manifest.get("kind") == "Ingress" or spec.get("type") == "LoadBalancer"):
            return False
        balanced = {"loadBalancer": {"ingress": [load_balancer(manifest["metadata"])]}}
        self._plane.client.patch(manifest, {"status": balanced}, subresource="status")
        return True

    def _install(self, existing: Existing) -> None:
        if existing.inputs.get("createNamespace"):
            namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": existing.inputs["namespace"]}}
            if self._plane.client.get(namespace) is None:
                self._plane.client.create(namespace)
        if refused := lifecycle.apply(self._plane.client, self._objects(existing)):
            raise RefusedError("; ".join(map(str, refused)))

    def _upgrade(self, before: Existing, existing: Existing) -> None:
        kept = {title(each) for each in self._objects(existing)}
        for manifest in reversed(self._objects(before)):
            if title(manifest) not in kept:
                self._plane.client.delete(manifest)
        self._install(existing)
        self._told(Release.of(existing.inputs))

    def _uninstall(self, existing: Existing) -> None:
        for manifest in reversed(self._objects(existing)):
            self._plane.client.delete(manifest)

    def _objects(self, existing: Existing) -> list[Json]:
        return [self._stand_in(each) for each in releases.objects(Release.of(existing.inputs))]


def _port(log: Path) -> int:
    """Return the port that a provider prints first; 0 while it has not."""
    first = log.read_text(errors="replace").partition("\n")
    return int(first[0]) if first[1] and first[0].strip().isdigit() else 0


def _cluster_answers(plane: ControlPlane) -> Mapping[str, Mapping[str, Any]]:
    """Return the outputs of clusters that lead to the control plane."""
    authority = base64.b64encode(plane.credentials.authority.read_bytes()).decode()
    host = plane.url.removeprefix("https://")
    return {
        GKE_CLUSTER: {
            "endpoint": host,
            "masterAuth": {"clusterCaCertificate": authority},
            "controlPlaneEndpointsConfig": {"dnsEndpointConfig": {"endpoint": host}},
        },
        EKS_CLUSTER: {"endpoint": plane.url, "certificateAuthority": {"data": authority}},
    }
