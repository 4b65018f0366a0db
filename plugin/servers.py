"""A server, its namespace and the way of its signal, for clusters that are there already."""

from typing import Any, NotRequired, TypedDict

import pulumi
from hosted import Hosted, keys

from slipway.addons import prometheus_metrics
from slipway.addons.stackdriver_adapter import ManagedCollection
from slipway.addons.wires import PrometheusWires
from slipway.catalog.engines import ENGINES, Series
from slipway.existing.nodes import ExistingNodes
from slipway.existing.settings import ExistingPoolArgs
from slipway.existing.storage import ExistingClaim
from slipway.servers.serving import Serving
from slipway.serving import namespace
from slipway.serving.ngc import NgcAccess
from slipway.serving.site import Site
from slipway.serving.storage import NodeDisk
from slipway.serving.token import existing_secret


class SecretKey(TypedDict):
    """A key of a Kubernetes Secret in the servers' namespace."""

    secret: str
    """Name of the Secret."""
    key: str
    """The key."""


class NgcSecretNames(TypedDict):
    """Kubernetes Secrets by which images and models of NVIDIA are fetched."""

    pull_secret: pulumi.Input[str]
    """For the kubelet."""
    key_secret: pulumi.Input[str]
    """Holds the key as `NGC_API_KEY`."""


class ModelServerArgs(TypedDict):
    """A server, and what it finds in its cluster."""

    server: dict[str, Any]
    """What stands beneath a server's name in a stack file, without `pool`."""
    nodes: dict[str, Any]
    """What its replicas run on: what stands beneath a pool's name in the stack file of a cluster that exists."""
    namespace: str
    """Name of the Kubernetes namespace."""
    service_account: pulumi.Input[str]
    """Who its pods are there."""
    priority_class: pulumi.Input[str]
    """Of its pods."""
    claim: NotRequired[str]
    """PersistentVolumeClaim that all pods can mount, for the files of models; the nodes' disks if left out."""
    hugging_face: NotRequired[SecretKey]
    """Where the Hugging Face token is, if the server needs one."""
    ngc: NotRequired[NgcSecretNames]
    """Where the NGC API key is, if the server needs one."""
    only_warn: NotRequired[bool]
    """Whether mistakes are logged, and the server is created all the same."""


class ModelServer(Hosted):
    """A model server, judged as in a stack file, in a GKE cluster with managed Prometheus and its metrics adapter."""

    url: pulumi.Output[str]
    """Where clients send requests."""

    def __init__(self, name: str, args: ModelServerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        token, ngc, claim = args.get("hugging_face"), args.get("ngc"), args.get("claim")
        site = Site(
            namespace=args["namespace"],
            service_account=args["service_account"],
            priority_class=args["priority_class"],
            metrics=ManagedCollection(),
            storage=ExistingClaim(claim) if claim else NodeDisk(),
            hugging_face=existing_secret(token["secret"], token["key"]) if token else None,
            ngc=NgcAccess(ngc["pull_secret"], ngc["key_secret"]) if ngc else None,
        )
        self.url = Serving(
            name,
            keys(args["server"]),
            nodes=ExistingNodes(ExistingPoolArgs.model_validate(keys(args["nodes"]))),
            site=site,
            namespace=args["namespace"],
            only_warn=args.get("only_warn", False),
            opts=self.child,
        ).url
        self.register_outputs({"url": self.url})


class ServingNamespaceArgs(TypedDict):
    """A namespace for servers."""

    namespace: str
    """Its name."""
    service_account: str
    """Name of the account that its pods are."""


class ServingNamespace(Hosted):
    """A namespace that is closed, with one service account."""

    namespace: pulumi.Output[str]
    """Its name, once it exists."""
    service_account: pulumi.Output[str]
    """The account's name."""

    def __init__(self, name: str, args: ServingNamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        made = namespace.ServingNamespace(
            name, args["namespace"], service_account=args["service_account"], opts=self.child
        )
        self.namespace, self.service_account = made.name, made.service_account
        self.register_outputs({"namespace": self.namespace, "serviceAccount": self.service_account})


class Signal(TypedDict):
    """A signal of an engine."""

    engine: str
    """What serves: `vllm`, `sglang`, `triton`."""
    signal: str
    """What is followed: `waiting-requests` or `kv-cache-use`."""


class PrometheusMetricsArgs(TypedDict):
    """An adapter, and the Prometheus that it asks."""

    signals: list[Signal]
    """What autoscalers are to read."""
    priority_class: pulumi.Input[str]
    """Of the adapter's pods."""
    namespace: NotRequired[pulumi.Input[str]]
    """Where Prometheus runs; `monitoring` if left out."""
    url: NotRequired[str]
    """Of its Service, without a port; that of kube-prometheus-stack in `monitoring` if left out."""


class PrometheusMetrics(Hosted):
    """prometheus-adapter, with a rule for each signal."""

    def __init__(self, name: str, args: PrometheusMetricsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        default = PrometheusWires()
        monitoring = PrometheusWires(
            namespace=args.get("namespace", default.namespace), url=args.get("url", default.url)
        )
        prometheus_metrics.PrometheusMetrics(
            name,
            monitoring=monitoring,
            signals=[_series(each) for each in args["signals"]],
            priority_class=args["priority_class"],
            opts=self.child,
        )
        self.register_outputs({})


def _series(asked: Signal) -> Series:
    signals = {str(signal): series for signal, series in ENGINES[asked["engine"]].signals.items()}
    return signals[asked["signal"]]
