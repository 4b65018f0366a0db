"""Triton behind one Service."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import pulumi
import pulumi_kubernetes as k8s
from typing_extensions import override

from slipway.catalog.engines import TRITON
from slipway.catalog.engines.triton.host import GRPC_PORT, HTTP_PORT
from slipway.servers.model_server import ModelServer, Standing
from slipway.servers.triton import Triton
from slipway.serving.replicas import Listening, deployment, surround
from slipway.serving.triton.benchmark import benchmark
from slipway.serving.triton.command import prepare_repository, prepare_weights
from slipway.serving.triton.containers import (
    Mounted,
    TritonRuntime,
    repository_container,
    server_container,
    weights_container,
)
from slipway.serving.triton.pod import pod
from slipway.serving.triton.served import Served, served
from slipway.serving.triton.settings import Llama2, ModelRepository, TensorRtLlmEngine
from slipway.serving.triton.shape import TritonShape
from slipway.triton_repository import ConfigMapFiles, config_map_files
from slipway.workload import Startup, labels

SCRIPTS = Path(__file__).parent / "scripts"

DIGEST = "slipway.dev/files"
"""Annotation of pods that changes with the files that they mount."""


class TritonServer(ModelServer[Triton]):
    """A Triton server with its models behind one Service, scaled on a signal of its own metrics.

    Where all pods share a storage, a Job downloads the model and builds its engine once; otherwise each pod does so
    before it serves. The Deployment states no `replicas`: the autoscaler owns them. A rollout takes a replica away
    before it adds its successor, since a full pool has no GPU to spare.
    """

    token = "slipway:serving:TritonServer"

    @override
    def _create(self, args: Triton, at: Standing) -> pulumi.Output[str]:
        site, accelerator, shape = at.site, at.accelerator, args.shape(at.place)
        name, child = shape.name, pulumi.ResourceOptions(parent=self)
        runtime = TritonRuntime.at(site, shape, accelerator)
        weights = runtime.weights
        serves = served(args.serving, weights.path, args.load_clients, read_only=weights.read_only)
        mounted, links = _mounted(name, serves, site.namespace, child)
        gpus = accelerator.count if isinstance(args.serving, TensorRtLlmEngine) else 0
        prepare = [] if weights.read_only else prepare_weights(args, weights.path, shape.dtype)
        fills = [weights_container(args, prepare, runtime, gpus=gpus)] if prepare else []
        assembles = repository_container(
            prepare_repository(args, weights.path, shape.dtype, links), runtime, mounted, gpus=gpus
        )
        before = list(runtime.depends_on)
        if fills and site.storage.kind != "node":
            filling = pod(args, runtime, mounted, containers=fills, restart="OnFailure")
            before, fills = [*before, _weights_job(shape, site.namespace, filling, before, self)], []
        answering = pod(
            args, runtime, mounted, containers=[server_container(args, runtime)], before=[*fills, assembles]
        )
        workload = deployment(
            shape,
            {"metadata": _metadata(shape, mounted, runtime), "spec": answering},
            namespace=site.namespace,
            before=before,
            parent=self,
        )
        reached = surround(
            args,
            shape,
            Listening(
                port=HTTP_PORT,
                more_ports={"grpc": GRPC_PORT},
                health_path=TRITON.health_path,
                request=serves.request,
            ),
            site=site,
            workload=workload,
            parent=self,
        )
        if isinstance(args.serving, ModelRepository) and isinstance(args.serving.repository, Llama2):
            benchmark(
                name,
                args.serving.repository,
                entry=serves.entry,
                release=args.release,
                pull_secret=runtime.pull_secret,
                namespace=site.namespace,
                opts=child,
            )
        return reached.url


def _metadata(shape: TritonShape, mounted: Mounted, runtime: TritonRuntime) -> k8s.meta.v1.ObjectMetaArgsDict:
    return {
        "labels": dict(shape.export.labels),
        "annotations": {DIGEST: mounted.digest, **runtime.weights.annotations},
    }


def _weights_job(
    shape: TritonShape,
    namespace: pulumi.Input[str],
    filling: k8s.core.v1.PodSpecArgsDict,
    before: Sequence[pulumi.Resource],
    parent: pulumi.Resource,
) -> k8s.batch.v1.Job:
    """Return what fills the storage that all pods share, once."""
    name = f"{shape.name}-weights"
    return k8s.batch.v1.Job(
        name,
        metadata={"namespace": namespace},
        spec={"backoff_limit": 3, "template": {"metadata": {"labels": labels(name)}, "spec": filling}},
        opts=pulumi.ResourceOptions(
            parent=parent, depends_on=before, custom_timeouts=Startup(shape.startup_seconds).timeouts
        ),
    )


def _mounted(
    name: str, serves: Served, namespace: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> tuple[Mounted, dict[str, str]]:
    """Create the ConfigMaps, and return them with the links that a pod adds to its model repository."""
    scripts = {path.name: path.read_text(encoding="utf-8") for path in sorted(SCRIPTS.glob("*.py"))}
    of_scripts = _config_map(f"{name}-scripts", namespace, scripts, {}, opts)
    files = config_map_files(serves.repository) if serves.repository else ConfigMapFiles({}, {}, {}, {}, "")
    of_files: k8s.core.v1.ConfigMap | None = None
    if serves.repository:
        of_files = _config_map(f"{name}-models", namespace, files.data, files.binary_data, opts)
    return Mounted(
        scripts=of_scripts.metadata["name"],
        files=of_files.metadata["name"] if of_files else None,
        items=files.items,
        digest=_digest([files.digest, *scripts.values()]),
    ), dict(files.links)


def _config_map(
    name: str,
    namespace: pulumi.Input[str],
    data: Mapping[str, str],
    binary_data: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> k8s.core.v1.ConfigMap:
    """Return a ConfigMap; it is named anew with each change, so that pods of a rollout keep the one they began with."""
    return k8s.core.v1.ConfigMap(
        name,
        metadata={"namespace": namespace},
        data={**data},
        binary_data={**binary_data} or None,
        immutable=True,
        opts=opts,
    )


def _digest(texts: Sequence[str]) -> str:
    summed = sha256()
    for text in texts:
        summed.update(f"{len(text)}\0{text}".encode())
    return summed.hexdigest()[:16]
