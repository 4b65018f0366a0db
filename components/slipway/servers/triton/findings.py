"""Judgement over what a Triton server serves, beside its memory and its signal."""

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


def release_findings(args: TritonArgs, path: str) -> list[Finding]:
    """Say whether a release has no TensorRT engines, and whether gates are of use."""
    if not isinstance(args.serving, TensorRtLlmEngine):
        return []
    findings: list[Finding] = []
    if args.release not in TENSORRT_LLM:
        late = args.release > LAST_ENGINE_RELEASE
        known = (
            f"the backend and the builder of TensorRT engines went after {LAST_ENGINE_RELEASE}"
            if late
            else f"engines are built by the API of TensorRT-LLM 1.2, which {min(TENSORRT_LLM)} has first"
        )
        findings.append(
            Finding(
                "triton.release",
                f"{path}.release",
                f"{args.release} cannot be used: {known}",
                f"write {LAST_ENGINE_RELEASE}" + (", or serving.route: llmapi, which needs no engine" if late else ""),
            )
        )
    front, batch = args.serving.front, args.serving.max_batch_size
    if isinstance(front, Gate) and front.instances > batch:
        findings.append(
            Finding(
                "triton.release",
                f"{path}.serving.front.instances",
                f"{front.instances} requests run at once, and the engine's batch takes {batch}: the others wait inside "
                "it, where Triton does not see them",
                f"write {batch} or less",
            )
        )
    return findings


def repository_findings_of(args: TritonArgs, path: str, machine: Machine | None) -> list[Finding]:
    """Judge the models, as far as the stack states them."""
    serving = args.serving
    try:
        serves = served(serving, ANYWHERE, args.load_clients)
    except RepositoryError as error:
        return [replace(finding, path=f"{path}.{finding.path}") for finding in error.findings]
    except OSError:
        assert isinstance(serving, ModelRepository)
        assert isinstance(serving.repository, Directory)
        return [
            Finding(
                "triton.repository",
                f"{path}.path",
                f"there is no directory {serving.repository.path} in {project.folder()}",
                "write its path from the directory of Pulumi.yaml",
            )
        ]
    if serves.repository is None:
        return []
    backends = None if isinstance(serving, ModelRepository) and serving.image else BACKENDS[variant(serving)]
    findings = list(config_map_findings(serves.repository, path))
    if machine:
        pod = Pod(gpus=serving.gpus, gpu_memory_gib=machine.chip.memory_gib, release=args.release, backends=backends)
        findings += repository_findings(serves.repository, pod, path)
    if isinstance(serving, ModelRepository):
        findings += _flag_findings(serving, serves, path)
        if isinstance(serving.repository, Directory):
            told = serving.repository
            findings += _large_file_findings(told, serves.repository, path)
            findings += endpoint_findings(serves.repository, told.entry, told.endpoint, path)
    return findings


def _flag_findings(serving: ModelRepository, serves: Served, path: str) -> list[Finding]:
    flags, place = serving.flags, f"{path.removesuffix('.repository')}.flags.loadModels"
    known = [model.name for model in serves.repository.models] if serves.repository else []
    findings = [
        Finding(
            "triton.flag",
            f"{place}.{index}",
            f"there is no model {name!r}, and the server exits",
            f"write {' or '.join(known)}",
        )
        for index, name in enumerate(flags.load_models)
        if name not in known
    ]
    if flags.load_models and not findings and serves.entry in set(known) - set(flags.load_models):
        message = f"{serves.entry!r}, which clients ask, is not among the models that are loaded"
        findings.append(Finding("triton.flag", place, message, f"add {serves.entry}"))
    return findings


def _large_file_findings(told: Directory, repository: Repository, path: str) -> list[Finding]:
    if told.large_files:
        return []
    large = sorted(layout(repository).links)
    return [
        Finding(
            "triton.large-file",
            f"{path}.largeFiles",
            f"{file} is too large for a ConfigMap, and nothing says where pods have it",
            "put it into the image or onto shared storage, and write the directory below which it is there",
        )
        for file in large[:1]
    ]
