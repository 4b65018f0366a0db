"""Judgement over a TensorRT-LLM server: its speculative decoding, its memory on either route, and its benchmark."""

from collections.abc import Iterator
from dataclasses import replace

from slipway.catalog.engines.tensorrt_llm.speculation import EAGLE_HEADS
from slipway.catalog.machines import Machine
from slipway.checks import Finding, errors
from slipway.checks.engine_pair import EnginePair, pair_fit
from slipway.checks.fit import Draft, Fit, Replica, fit
from slipway.checks.model_arguments import expert_findings, has_experts
from slipway.checks.speculation import Speculation, draft_findings, speculation_findings
from slipway.models import model_findings
from slipway.servers.server import Models, Place
from slipway.servers.tensorrt_llm.two_engines import engines_findings
from slipway.serving.tensorrt_llm.settings import (
    DraftTarget,
    Eagle3,
    EnginesRoute,
    NoSpeculation,
    PyTorchRoute,
    TensorRtLlmArgs,
)

EXPERT_PARALLEL = "moe_expert_parallel_size"
"""Of the LLM API's options: GPUs over which experts are spread."""


def unknown_findings(args: TensorRtLlmArgs, path: str, models: Models) -> list[Finding]:
    """Say which of a server's models are unknown."""
    findings = list(model_findings(path, args.model, models))
    match args.route:
        case PyTorchRoute(speculation=DraftTarget(model=draft)):
            findings += model_findings(f"{path}.route.speculation", draft, models)
        case PyTorchRoute(speculation=Eagle3(model=head)) if head not in EAGLE_HEADS:
            findings.append(
                Finding(
                    "tensorrt-llm.unknown",
                    f"{path}.route.speculation.model",
                    f"{head!r} is no EAGLE-3 head that is known, so neither is the model that it was trained with",
                    f"use {', '.join(EAGLE_HEADS)}, or add the head to slipway.catalog.engines.tensorrt_llm",
                )
            )
        case EnginesRoute(draft=draft):
            findings += [
                replace(one, path=f"{path}.route.draft") for one in model_findings(f"{path}.route", draft, models)
            ]
        case _:
            pass
    for number, draft in enumerate(args.benchmark.drafts):
        found = model_findings(path, draft, models)
        findings += [replace(one, path=f"{path}.benchmark.drafts.{number}") for one in found]
    return findings


def server_findings(args: TensorRtLlmArgs, place: Place) -> Iterator[Finding]:
    """Judge a server whose models are all known, but for whether it fits."""
    path, models, machine = place.path, place.models, place.slice.machine if place.slice else None
    match args.route:
        case PyTorchRoute() as route:
            yield from speculation_findings(f"{path}.route.speculation", _speculation(args, route, models))
            if EXPERT_PARALLEL in route.extra_options:
                yield from expert_findings(
                    f"{path}.route.extraOptions.{EXPERT_PARALLEL}",
                    EXPERT_PARALLEL,
                    route.extra_options[EXPERT_PARALLEL],
                    chips=args.tensor_parallel,
                    experts=has_experts(models[args.model]),
                    engine="TensorRT-LLM",
                )
        case EnginesRoute() as route:
            yield from engines_findings(args, route, path, models, machine)
    found = server_fit(args, path, models, machine) if machine else None
    yield from _benchmark(args, path, models, machine if found and found.ok else None)


def server_fit(args: TensorRtLlmArgs, path: str, models: Models, machine: Machine) -> Fit | None:
    """Return how a server fits its GPUs; nothing where a model is unknown or the machine has too few GPUs."""
    if unknown_findings(args, path, models) or args.tensor_parallel > machine.chips:
        return None
    match args.route:
        case PyTorchRoute() as route:
            found = fit(_replica(args, route, models, machine), path)
            # Whether the draft suits its target is said of the speculation.
            own = tuple(one for one in found.findings if not one.path.startswith(f"{path}.draft"))
            return replace(found, findings=own)
        case EnginesRoute() as route:
            pair = EnginePair(
                target=_engine(args, args.model, route.kv_cache_shares.target, models, machine),
                draft=_engine(args, route.draft, route.kv_cache_shares.draft, models, machine),
            )
            return pair_fit(pair, path)


def _replica(args: TensorRtLlmArgs, route: PyTorchRoute, models: Models, machine: Machine) -> Replica:
    draft = _speculation(args, route, models).draft
    return Replica(
        engine="tensorrt-llm",
        model=models[args.model],
        memory_gib=machine.chip.memory_gib,
        chips=args.tensor_parallel,
        memory_utilization=route.kv_cache_share,
        max_model_len=args.max_model_len,
        max_num_seqs=args.max_num_seqs,
        max_num_batched_tokens=route.max_num_batched_tokens,
        tensor_parallel=args.tensor_parallel,
        expert_parallel=max(parts, 1) if isinstance(parts := route.extra_options.get(EXPERT_PARALLEL), int) else 1,
        kv_dtype="fp8" if args.kv_cache_dtype == "fp8" else None,
        draft=Draft(model=draft, tensor_parallel=args.tensor_parallel) if draft else None,
        tokens_key="route.maxNumBatchedTokens",
    )


def _engine(args: TensorRtLlmArgs, model: str, share: float, models: Models, machine: Machine) -> Replica:
    return Replica(
        engine="tensorrt-llm",
        model=models[model],
        memory_gib=machine.chip.memory_gib,
        chips=1,
        memory_utilization=share,
        max_model_len=args.max_model_len,
        max_num_seqs=args.max_num_seqs,
        weight_dtype="fp8",
        kv_dtype="fp8" if args.kv_cache_dtype == "fp8" else None,
    )


def _speculation(args: TensorRtLlmArgs, route: PyTorchRoute, models: Models) -> Speculation:
    given, target = route.speculation, models[args.model]
    head = EAGLE_HEADS[given.model] if isinstance(given, Eagle3) else None
    return Speculation(
        method=given.type,
        target=target,
        draft=models[given.model] if isinstance(given, DraftTarget) else head.row(target) if head else None,
        head=head,
        max_draft_len=0 if isinstance(given, NoSpeculation) else given.max_draft_len,
        tensor_parallel=args.tensor_parallel,
        max_model_len=args.max_model_len,
        max_num_seqs=args.max_num_seqs,
        max_num_batched_tokens=route.max_num_batched_tokens,
    )


def _benchmark(args: TensorRtLlmArgs, path: str, models: Models, machine: Machine | None) -> Iterator[Finding]:
    """Judge the drafts that are compared; whether they fit, where the server itself does on a machine."""
    for number, draft in enumerate(args.benchmark.drafts):
        key, route = f"{path}.benchmark.drafts.{number}", args.route.drafting(draft)
        if route is None:
            message = f"{draft} has no maxDraftLen to be run with: the server's own speculation is none"
            remedy = "choose a speculation for the server, or leave benchmark.drafts out"
            yield Finding("tensorrt-llm.benchmark", key, message, remedy)
            continue
        unsuited = list(draft_findings(key, models[args.model], models[draft], args.max_model_len))
        yield from unsuited
        if machine and not unsuited:
            found = server_fit(args.model_copy(update={"route": route}), path, models, machine)
            for one in errors(found.findings if found else ()):
                yield replace(one, path=key, remedy="leave it out, or make room for it as for the server's own draft")
