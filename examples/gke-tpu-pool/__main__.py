"""A TPU pool and a vLLM server in a GKE cluster of your own, which has managed Prometheus and its metrics adapter."""

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as k8s

from slipway.addons.priorities import Priorities
from slipway.addons.stackdriver_adapter import ManagedCollection
from slipway.gke.accelerator_pool import AcceleratorPool
from slipway.gke.settings import StandardPoolArgs
from slipway.servers.serving import Serving
from slipway.serving.site import Site
from slipway.serving.storage import NodeDisk
from slipway.serving.token import existing_secret

config = pulumi.Config()
google = gcp.Provider("google", project=config.require("project"))
cluster = pulumi.ResourceOptions(provider=k8s.Provider("cluster", context=config.require("context")))

args = StandardPoolArgs.model_validate(config.require_object("pool"))
pool = AcceleratorPool(
    "v6e",
    args,
    cluster=config.require("clusterId"),
    zones=list(args.zones),
    email=config.require("nodesEmail"),
    opts=pulumi.ResourceOptions(provider=google),
)
site = Site(
    namespace="llm",
    service_account="default",
    priority_class=Priorities("llm", opts=cluster).servers,
    metrics=ManagedCollection(),
    storage=NodeDisk(),
    hugging_face=existing_secret("hugging-face", "token"),
)
server = config.require_object("server")
pulumi.export("url", Serving("llama", server, nodes=pool, site=site, namespace="llm", opts=cluster).url)
