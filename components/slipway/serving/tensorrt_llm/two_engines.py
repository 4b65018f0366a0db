"""The route of two engines: a volume, a Job that builds engines into it, and Triton, which serves both."""

import pulumi
import pulumi_kubernetes as k8s

from slipway.catalog.engines import TRITON
from slipway.catalog.engines.tensorrt_llm.host import ENGINES_IMAGE, build_seconds, engines_gib, quantising_memory_gib
from slipway.catalog.engines.triton.host import GRPC_PORT, HTTP_PORT
from slipway.serving.load_request import PROMPT, LoadRequest
from slipway.serving.tensorrt_llm.engines import ROOT, draft_engine, target_engine
from slipway.serving.tensorrt_llm.files import config_map, script
from slipway.serving.tensorrt_llm.jobs import build_job
from slipway.serving.tensorrt_llm.options import rendered
from slipway.serving.tensorrt_llm.plan import engine_files, steps_of, triton_environment
from slipway.serving.tensorrt_llm.pod import CONFIG_PATH, Program, Runtime
from slipway.serving.tensorrt_llm.served import Served
from slipway.serving.tensorrt_llm.settings import EnginesRoute, TensorRtLlmArgs
from slipway.workload import Volumes, labels

VOLUME = "engines"
STEPS = ["python3", f"{CONFIG_PATH}/steps.py", f"{CONFIG_PATH}/steps.json"]


def served(
    name: str,
    args: TensorRtLlmArgs,
    route: EnginesRoute,
    runtime: Runtime,
    opts: pulumi.ResourceOptions,
) -> Served:
    """Create the volume, the files and the Job of the route, and say what is run once the engines are built."""
    namespace, accelerator = runtime.site.namespace, runtime.accelerator
    target, draft = runtime.shape.models[args.model], runtime.shape.models[route.draft]
    compared = [draft, *(runtime.shape.models[other] for other in args.benchmark.drafts)]
    storage = _storage(name, engines_gib(target, compared), route.storage_class, namespace, opts)
    verifying, proposing = target_engine(args, route, target), draft_engine(args, route.build, draft)
    programs = {file: script(file) for file in ("steps.py", "serve.sh")}
    own = config_map(
        name,
        "engines",
        {**programs, "steps.json": rendered(steps_of([verifying, proposing]))},
        namespace=namespace,
        opts=opts,
    )
    measured = config_map(
        name,
        "benchmark",
        {
            **programs,
            "benchmark.py": script("benchmark.py"),
            **engine_files(args, route, target=target, drafts=compared, startup_seconds=runtime.shape.startup_seconds),
        },
        namespace=namespace,
        opts=opts,
    )

    def program(kind: str, command: list[str], config: k8s.core.v1.ConfigMap, gpus: int, memory_gib: int) -> Program:
        return Program(
            name=kind,
            image=ENGINES_IMAGE,
            command=command,
            environment=triton_environment(args, route, verifying, proposing) if kind == "triton" else {},
            config=config.metadata["name"],
            storage=storage,
            gpus=gpus,
            memory_gib=memory_gib,
        )

    building = max(quantising_memory_gib(target), accelerator.memory_gib)
    built = build_job(
        name,
        program("build", STEPS, own, route.build.gpus, building),
        runtime,
        namespace=namespace,
        seconds=build_seconds(target, [draft]),
        opts=pulumi.ResourceOptions.merge(
            opts, pulumi.ResourceOptions(depends_on=[*accelerator.nodes, *storage.depends_on])
        ),
    )
    measure = f"{' '.join(STEPS)} && exec python3 {CONFIG_PATH}/benchmark.py {CONFIG_PATH}/benchmark.json"
    return Served(
        program=program("triton", ["/bin/sh", f"{CONFIG_PATH}/serve.sh"], own, 1, accelerator.memory_gib),
        benchmark=program("benchmark", ["/bin/sh", "-c", measure], measured, route.build.gpus, building),
        ports={"http": HTTP_PORT, "grpc": GRPC_PORT, "metrics": TRITON.port},
        health_path=TRITON.health_path,
        request=LoadRequest(
            "/v2/models/tensorrt_llm_bls/generate",
            {
                "text_input": PROMPT,
                "max_tokens": args.load_clients.max_tokens,
                "num_draft_tokens": route.max_draft_len,
                # NVIDIA's model reads it of every request with drafts.
                "stream": False,
            },
        ),
        before=[built],
        affinity=_one_node(name),
    )


def _storage(
    name: str, gib: int, storage_class: str, namespace: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> Volumes:
    claim = k8s.core.v1.PersistentVolumeClaim(
        f"{name}-engines",
        metadata={
            "name": f"{name}-engines",
            "namespace": namespace,
            # The volume is made once the first pod has its node.
            "annotations": {"pulumi.com/skipAwait": "true"},
        },
        spec={
            "access_modes": ["ReadWriteOnce"],
            "storage_class_name": storage_class,
            "resources": {"requests": {"storage": f"{gib}Gi"}},
        },
        opts=opts,
    )
    source: k8s.core.v1.VolumeArgsDict = {
        "name": VOLUME,
        "persistent_volume_claim": {"claim_name": claim.metadata["name"]},
    }
    mount: k8s.core.v1.VolumeMountArgsDict = {"name": VOLUME, "mount_path": ROOT}
    return Volumes(path=ROOT, annotations={}, volumes=[source], mounts=[mount], depends_on=[claim])


def _one_node(name: str) -> k8s.core.v1.AffinityArgsDict:
    """Put replicas where the first of them is: no second node can mount the volume."""
    return {
        "pod_affinity": {
            "required_during_scheduling_ignored_during_execution": [
                {"label_selector": {"match_labels": labels(name)}, "topology_key": "kubernetes.io/hostname"}
            ]
        }
    }
