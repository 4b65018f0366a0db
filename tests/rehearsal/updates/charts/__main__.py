"""The chart of LeaderWorkerSets at a version, for the test of its upgrade."""

import pulumi
import pulumi_kubernetes as k8s

from slipway.addons import leader_worker_set

leader_worker_set.__dict__["LEADER_WORKER_SET"] = pulumi.Config().require("version")
here = pulumi.ResourceOptions(provider=k8s.Provider("here"))
leader_worker_set.LeaderWorkerSetController("groups", priority_class="system-cluster-critical", opts=here)
