"""Two environments in one program: the same server, small on one pool and large on another."""

import pulumi
import pulumi_kubernetes as k8s

from slipway.addons.priorities import Priorities
from slipway.addons.stackdriver_adapter import ManagedCollection
from slipway.existing.nodes import ExistingNodes
from slipway.existing.settings import ExistingPoolArgs
from slipway.servers.serving import Serving
from slipway.serving.namespace import ServingNamespace
from slipway.serving.site import Site
from slipway.serving.storage import NodeDisk
from slipway.serving.token import existing_secret

config = pulumi.Config()
cluster = pulumi.ResourceOptions(provider=k8s.Provider("cluster", context=config.require("context")))
priorities, server = Priorities("llm", opts=cluster), config.require_object("server")

for environment, most in config.require_object("replicas").items():
    namespace = ServingNamespace(environment, environment, service_account="server", opts=cluster)
    site = Site(
        namespace=namespace.name,
        service_account=namespace.service_account,
        priority_class=priorities.servers,
        metrics=ManagedCollection(),
        storage=NodeDisk(),
        hugging_face=existing_secret("hugging-face", "token"),
    )
    labels = {"pool": environment}
    pool = ExistingPoolArgs(machine_type="g2-standard-12", node_selector=labels, max_nodes=most, disk_gib=150)
    scaled = {**server, "autoscaling": {**server["autoscaling"], "maxReplicas": most}}
    name, nodes = f"{environment}-chat", ExistingNodes(pool)
    chat = Serving(name, scaled, nodes=nodes, site=site, namespace=environment, opts=cluster)
    pulumi.export(environment, chat.url)
