"""Triton with a model repository, on GPU nodes in an EKS cluster of your own that has kube-prometheus-stack."""

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

from slipway.addons.priorities import Priorities
from slipway.addons.prometheus_metrics import PrometheusMetrics
from slipway.addons.wires import PrometheusWires
from slipway.catalog.eks_releases import EKS_RELEASES
from slipway.catalog.engines import TRITON
from slipway.eks.gpu_pool import GpuNodePool
from slipway.eks.settings import GpuPoolArgs
from slipway.eks.wires import RoleWires
from slipway.servers.serving import Serving
from slipway.serving.ngc import NgcAccess
from slipway.serving.site import Site
from slipway.serving.storage import NodeDisk
from slipway.serving.token import existing_secret

config = pulumi.Config()
cluster = k8s.Provider("cluster", context=config.require("context"))
opts = pulumi.ResourceOptions(providers=[aws.Provider("aws"), cluster])
priorities, signal = Priorities("llm", opts=opts), TRITON.signals["waiting-requests"]

args, role = GpuPoolArgs.model_validate(config.require_object("pool")), RoleWires(arn=config.require("nodeRole"))
inputs = config.require_object("inputs")
pool = GpuNodePool("a10g", args, **inputs, role=role, release=EKS_RELEASES["1.35"], opts=opts)
prometheus, urgent = PrometheusWires(), priorities.signals
site = Site(
    namespace="triton",
    service_account="default",
    priority_class=priorities.servers,
    metrics=PrometheusMetrics("llm", monitoring=prometheus, signals=[signal], priority_class=urgent, opts=opts),
    storage=NodeDisk(),
    ngc=NgcAccess(pull_secret="ngc-pull", key_secret="ngc-api"),
    hugging_face=existing_secret("hugging-face", "token"),
)
server = config.require_object("server")
pulumi.export("url", Serving("llama", server, nodes=pool, site=site, namespace="triton", opts=opts).url)
