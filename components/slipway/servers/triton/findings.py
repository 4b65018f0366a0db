"""Judgement over what a Triton server serves, beside its memory and its signal."""

from collections.abc import Iterator
from dataclasses import replace

from slipway import project
from slipway.catalog.engines.triton.host import BACKENDS, LAST_ENGINE_RELEASE, TENSORRT_LLM
from slipway.catalog.machines import Machine
from slipway.checks import Finding
from slipway.servers.triton.serving import variant
from slipway.serving.triton.served import ANYWHERE, Served, served
from slipway.serving.triton.settings import Directory, Gate, ModelRepository, TensorRtLlmEngine, TritonArgs
from slipway.triton_repository import (
    Pod,
    Repository,
    RepositoryError,
    config_map_findings,
    endpoint_findings,
    layout,
    repository_findings,
)


def release_findings(args: TritonArgs, path: str) -> Iterator[Finding]:
    """Say whether a release has no TensorRT engines, and whether gates are of use."""
    if not isinstance(args.serving, TensorRtLlmEngine):
        return
    if args.release not in TENSORRT_LLM:
        late = args.release > LAST_ENGINE_RELEASE
        known = (
            f"the backend and the builder of TensorRT engines went after {LAST_ENGINE_RELEASE}"
            if late
            else f"engines are built by the API of TensorRT-LLM 1.2, which {min(TENSORRT_LLM)} has first"
        )
        message = f"{args.release} cannot be used: {known}"
        remedy = f"write {LAST_ENGINE_RELEASE}" + (", or serving.route: llmapi, which needs no engine" if late else "")
        yield Finding("triton.release", f"{path}.release", message, remedy)
    front, batch = args.serving.front, args.serving.max_batch_size
    if isinstance(front, Gate) and front.instances > batch:
        message = (
            f"{front.instances} requests run at once, and the engine's batch takes {batch}: the others wait inside "
            "it, where Triton does not see them"
        )
        yield Finding("triton.release", f"{path}.serving.front.instances", message, f"write {batch} or less")


def repository_findings_of(args: TritonArgs, path: str, machine: Machine | None) -> Iterator[Finding]:
    """Judge the models, as far as the stack states them."""
    serving = args.serving
    try:
        serves = served(serving, ANYWHERE, args.load_clients)
    except RepositoryError as error:
        yield from (replace(finding, path=f"{path}.{finding.path}") for finding in error.findings)
        return
    except OSError:
        assert isinstance(serving, ModelRepository)
        assert isinstance(serving.repository, Directory)
        message = f"there is no directory {serving.repository.path} in {project.folder()}"
        yield Finding("triton.repository", f"{path}.path", message, "write its path from the directory of Pulumi.yaml")
        return
    if serves.repository is None:
        return
    backends = None if isinstance(serving, ModelRepository) and serving.image else BACKENDS[variant(serving)]
    yield from config_map_findings(serves.repository, path)
    if machine:
        pod = Pod(gpus=serving.gpus, gpu_memory_gib=machine.chip.memory_gib, release=args.release, backends=backends)
        yield from repository_findings(serves.repository, pod, path)
    if isinstance(serving, ModelRepository):
        yield from _flag_findings(serving, serves, path)
        if isinstance(serving.repository, Directory):
            told = serving.repository
            yield from _large_file_findings(told, serves.repository, path)
            yield from endpoint_findings(serves.repository, told.entry, told.endpoint, path)


def _flag_findings(serving: ModelRepository, serves: Served, path: str) -> Iterator[Finding]:
    loaded, place = serving.flags.load_models, f"{path.removesuffix('.repository')}.flags.loadModels"
    known = [model.name for model in serves.repository.models] if serves.repository else []
    for index, name in enumerate(loaded):
        if name not in known:
            message = f"there is no model {name!r}, and the server exits"
            yield Finding("triton.flag", f"{place}.{index}", message, f"write {' or '.join(known)}")
    if loaded and {*loaded} <= {*known} and serves.entry in {*known} - {*loaded}:
        message = f"{serves.entry!r}, which clients ask, is not among the models that are loaded"
        yield Finding("triton.flag", place, message, f"add {serves.entry}")


def _large_file_findings(told: Directory, repository: Repository, path: str) -> Iterator[Finding]:
    for file in [] if told.large_files else sorted(layout(repository).links)[:1]:
        message = f"{file} is too large for a ConfigMap, and nothing says where pods have it"
        remedy = "put it into the image or onto shared storage, and write the directory below which it is there"
        yield Finding("triton.large-file", f"{path}.largeFiles", message, remedy)
