"""vLLM behind one Service: a Deployment where a replica is one pod, a LeaderWorkerSet where it spans hosts."""

from dataclasses import replace

import pulumi
import pulumi_kubernetes as k8s
from typing_extensions import override

from slipway.catalog.engines import VLLM
from slipway.catalog.machines import SLICE_LABEL
from slipway.custom_resources import custom_resource, wire
from slipway.custom_resources.leader_worker_set import (
    EXCLUSIVE_TOPOLOGY,
    LeaderWorkerSet,
    LeaderWorkerTemplate,
    RollingUpdate,
    RolloutStrategy,
)
from slipway.servers.model_server import ModelServer, Standing
from slipway.servers.vllm import Vllm
from slipway.serving.api_key import api_key
from slipway.serving.engine_pod import EngineRuntime
from slipway.serving.load_clients import completion
from slipway.serving.replicas import Listening, deployment, surround, workload_options
from slipway.serving.service import propagation_seconds
from slipway.serving.shape import EngineShape
from slipway.serving.site import Site
from slipway.serving.storage import node_disk
from slipway.serving.vllm.pod import leader, worker
from slipway.workload import Startup, Volumes, labels


class VllmServer(ModelServer[Vllm]):
    """One model behind one Service, scaled on a signal of its engine.

    The workload states no `replicas`: the autoscaler owns them. A rollout takes a replica away before it adds its
    successor, since a full pool has no slice to spare.
    """

    token = "slipway:serving:VllmServer"

    @override
    def _create(self, args: Vllm, at: Standing) -> pulumi.Output[str]:
        site, accelerator, shape, streamed = at.site, at.accelerator, args.shape(at.place), args.streamed
        key = api_key(shape, site, pulumi.ResourceOptions(parent=self))
        runtime = EngineRuntime.at(site, shape, accelerator, _own_files(shape, site) if streamed else None)
        answers = leader(
            args,
            runtime,
            streamed=streamed,
            api_key=key,
            propagation_seconds=propagation_seconds(shape.exposure, site.load_balancers),
        )
        answering = runtime.template(answers, shape.export.labels)
        if accelerator.hosts > 1:
            helping = runtime.template(worker(args, runtime, streamed), labels(shape.name))
            workload: pulumi.Resource = _group(answering, helping, runtime, site, self)
        else:
            workload = deployment(shape, answering, namespace=site.namespace, before=runtime.depends_on, parent=self)
        return surround(
            args,
            shape,
            Listening(
                port=VLLM.port,
                health_path=VLLM.health_path,
                request=completion(args.served_name, args.load_clients),
                # Beneath it vLLM asks for the key; by /invocations, /pause and others it answers everybody.
                public_path="/v1",
            ),
            site=site,
            workload=workload,
            api_key=key,
            parent=self,
        ).url


def _own_files(shape: EngineShape, site: Site) -> Volumes:
    """Return the folder of a replica that streams its weights: replicas share none, since some versions of vLLM empty
    that of the files beside the weights as they start."""
    return replace(node_disk(shape.files), depends_on=site.bucket_access)


def _group(
    answering: k8s.core.v1.PodTemplateSpecArgsDict,
    helping: k8s.core.v1.PodTemplateSpecArgsDict,
    runtime: EngineRuntime,
    site: Site,
    parent: pulumi.Resource,
) -> pulumi.Resource:
    """Return replicas that each span hosts: a pod that answers, and others that lend it their chips."""
    name, surge = runtime.shape.name, runtime.shape.rollout.surge
    return custom_resource(
        name,
        LeaderWorkerSet(
            leader_worker_template=LeaderWorkerTemplate(
                size=runtime.accelerator.hosts, leader_template=wire(answering), worker_template=wire(helping)
            ),
            rollout_strategy=RolloutStrategy(
                rolling_update_configuration=RollingUpdate(max_surge=surge, max_unavailable=1 - surge)
            ),
        ),
        metadata={
            "name": name,
            "namespace": site.namespace,
            "labels": labels(name),
            # Otherwise pods of two groups may mix on two slices, and neither has all of one.
            "annotations": {EXCLUSIVE_TOPOLOGY: SLICE_LABEL},
        },
        opts=workload_options(Startup(runtime.shape.startup_seconds), runtime.depends_on, parent),
    )
