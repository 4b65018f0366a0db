"""A GKE cluster as it is created. It loads the Google Cloud SDK."""

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp
from typing_extensions import override

from slipway.addons import stackdriver_pod
from slipway.addons.cloud_alerts import CloudAlerts
from slipway.addons.cloud_dashboard import CloudDashboard
from slipway.addons.leader_worker_set import WEBHOOK_PORT, LeaderWorkerSetController
from slipway.addons.priorities import Priorities
from slipway.addons.stackdriver_adapter import StackdriverAdapter
from slipway.gke.accelerator_pool import AcceleratorPool
from slipway.gke.autopilot import AutopilotSlices
from slipway.gke.bucket import BucketReader, WeightsBucket
from slipway.gke.cluster import GkeCluster
from slipway.gke.identity import ImageMirror, NodeIdentity
from slipway.gke.load_balancers import LOAD_BALANCERS
from slipway.gke.network import network_wires
from slipway.gke.project import Project
from slipway.gke.secret_manager import SecretManagerVolume
from slipway.gke.settings import StandardPoolArgs
from slipway.serving.autoscaling import MetricsPath
from slipway.serving.settings import SecretManagerToken
from slipway.serving.site import Storage
from slipway.workload import Volumes
from stacks.clusters.gke import GkeStack
from stacks.ground import Ground
from stacks.outputs import ClusterOutputs
from stacks.signals import observed
from stacks.surroundings import Surroundings, judged


class GkeGround(Ground):
    """The cluster with its network, its pools, its image mirror and its bucket."""

    def __init__(self, stack: GkeStack, surroundings: Surroundings) -> None:
        name, args, self._stack = stack.name, stack.cluster, stack
        provider = gcp.Provider(name, project=surroundings.project, region=stack.region)
        self._on_gcp = on_gcp = pulumi.ResourceOptions(provider=provider)
        made = Project(name, str(surroundings.project), more_apis=_more_apis(stack), opts=on_gcp)
        self._project = project = made.wires
        network = network_wires(name, stack.network, region=stack.region, ready=project.api("compute"), opts=on_gcp)
        identity = NodeIdentity(name, project=project.id, ready=project.api("iam"), opts=on_gcp)
        if stack.registry is None:
            self.docker_hub = ImageMirror(
                name,
                project=project.id,
                region=stack.region,
                reader=identity.member,
                ready=project.api("artifactregistry"),
                opts=on_gcp,
            ).prefix
        self._cluster = cluster = GkeCluster(
            name,
            args,
            project=project,
            network=network,
            identity=identity.wires,
            secrets_key=stack.encryption.secrets,
            secret_manager=isinstance(stack.hugging_face, SecretManagerToken),
            webhook_port=WEBHOOK_PORT if _spans_hosts(stack) else None,
            state_metrics=bool(stack.alert_channels),
            opts=on_gcp,
        )
        self.opts = pulumi.ResourceOptions(providers=[provider, cluster.provider])
        self.load_balancers = LOAD_BALANCERS
        self.injected = "gke-"
        self.pools = {
            pool: AcceleratorPool(
                pool,
                pool_args,
                cluster=cluster.id,
                zones=list(stack.zones(pool_args)),
                email=identity.wires.email,
                opts=on_gcp,
            )
            if isinstance(pool_args, StandardPoolArgs)
            else AutopilotSlices(pool, pool_args)
            for pool, pool_args in args.pools.items()
        }
        self.priorities = Priorities(name, opts=self.opts)
        if _spans_hosts(stack):
            self.groups = LeaderWorkerSetController(
                name,
                priority_class=self.priorities.signals,
                values=stack.values.leader_worker_set,
                opts=self.opts,
            ).release
        self._user = cluster.principal(stack.namespace, stack.service_account)

    @override
    def metrics(self) -> MetricsPath:
        name = self._stack.name
        member = self._cluster.principal(stackdriver_pod.NAMESPACE, stackdriver_pod.account_of(name))
        return StackdriverAdapter(
            name,
            project=self._project.id,
            member=member,
            priority_class=self.priorities.signals,
            ready=self._project.api("monitoring"),
            opts=self.opts,
        )

    @override
    def storage(self, namespace: pulumi.Input[str]) -> Storage:
        stack = self._stack
        self._bucket = WeightsBucket(
            stack.name,
            stack.weights,
            region=stack.region,
            user=self._user,
            autopilot=stack.is_autopilot,
            key=stack.encryption.weights,
            ready=self._project.api("storage"),
            opts=self._on_gcp,
        )
        return self._bucket

    @override
    def bucket_access(self) -> Sequence[pulumi.Resource]:
        uris = self._stack.bucket_uris.values()
        if not uris:
            return ()
        return BucketReader(f"{self._stack.name}-weights", uris, user=self._user, opts=self._on_gcp).ready

    @override
    def external_token(self, namespace: pulumi.Input[str]) -> Volumes:
        token = self._stack.hugging_face
        secret = judged(token.secret if isinstance(token, SecretManagerToken) else None)
        return SecretManagerVolume(
            self._stack.name,
            secret,
            project=self._project.id,
            reader=self._user,
            namespace=namespace,
            ready=self._project.api("secretmanager"),
            opts=self.opts,
        ).volumes

    @override
    def observe(self) -> ClusterOutputs:
        stack, cluster = self._stack, self._cluster
        exports = {server.export.engine.name: server.export for server in observed(stack)}
        dashboards = {
            engine: CloudDashboard(
                stack.name,
                export,
                project=self._project.id,
                cluster=cluster.name,
                ready=self._project.api("monitoring"),
                opts=self._on_gcp,
            ).url
            for engine, export in exports.items()
        }
        if stack.alert_channels:
            CloudAlerts(
                stack.name,
                observed(stack),
                channels=stack.alert_channels,
                project=self._project.id,
                cluster=cluster.name,
                ready=self._project.api("monitoring"),
                opts=self._on_gcp,
            )
        return {
            "clusterName": cluster.name,
            "credentialsCommand": cluster.credentials_command,
            "weightsBucket": self._bucket.name,
            "dashboards": {**dashboards},
        }


def _more_apis(stack: GkeStack) -> list[str]:
    wanted = {
        "cloudkms": stack.cluster.encrypt_secrets and stack.encryption.secrets is None,
        "secretmanager": isinstance(stack.hugging_face, SecretManagerToken),
    }
    return [api for api, needed in wanted.items() if needed]


def _spans_hosts(stack: GkeStack) -> bool:
    return any(pool.hosts > 1 for pool in stack.pools.values())
