"""What the settings of an `eks-gpu` stack become.

Docstrings name the failure modes (F) and traps that a test guards against.
"""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from offline import SECRET, Recording, Resource
from slipway.checks.charts import merged
from slipway.eks.network import zone_ranges
from slipway.serving.ngc import docker_config

CLUSTER = "aws:eks/cluster:Cluster"
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
RELEASE = "kubernetes:helm.sh/v3:Release"
POD_MONITOR = "kubernetes:monitoring.coreos.com/v1:PodMonitor"
AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"


def one(recording: Recording, kind: str, name: str) -> Resource:
    [found] = [resource for resource in recording.of(kind) if resource.name == name]
    return found


def release(recording: Recording, name: str) -> Resource:
    [found] = [resource for resource in recording.of(RELEASE) if resource.inputs["name"] == name]
    return found


def pod(recording: Recording, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    spec = one(recording, DEPLOYMENT, name).inputs["spec"]["template"]["spec"]
    [container] = spec["containers"]
    return spec, container


def metric(recording: Recording, name: str) -> dict[str, Any]:
    [found] = one(recording, AUTOSCALER, name).inputs["spec"]["metrics"]
    return found["pods"]


@pytest.fixture(scope="module")
def nim(recordings: Mapping[str, Recording]) -> Recording:
    return recordings["eks-nim"]


@pytest.fixture(scope="module")
def choices(recordings: Mapping[str, Recording]) -> Recording:
    return recordings["eks-choices"]


def test_the_cluster_is_private_inside_encrypted_and_logged(nim: Recording) -> None:
    cluster = one(nim, CLUSTER, "eks-nim").inputs
    assert cluster["vpcConfig"]["endpointPrivateAccess"] is True
    assert cluster["vpcConfig"]["endpointPublicAccess"] is True
    assert cluster["vpcConfig"]["publicAccessCidrs"] == ["203.0.113.0/24"]
    assert cluster["encryptionConfig"]["resources"] == ["secrets"]
    assert len(cluster["enabledClusterLogTypes"]) == 5
    assert cluster["accessConfig"] == {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True}
    assert cluster["bootstrapSelfManagedAddons"] is False
    [logs] = nim.of("aws:cloudwatch/logGroup:LogGroup")
    assert logs.inputs["name"] == "/aws/eks/eks-nim/cluster"
    assert logs.urn in one(nim, CLUSTER, "eks-nim").dependencies


def test_without_public_access_the_endpoint_is_closed(choices: Recording) -> None:
    config = one(choices, CLUSTER, "eks-choices").inputs["vpcConfig"]
    assert config["endpointPublicAccess"] is False
    assert "publicAccessCidrs" not in config
    [entry] = choices.of("aws:eks/accessEntry:AccessEntry")
    assert entry.inputs["principalArn"] == "arn:aws:iam::123456789012:role/platform"


def test_a_node_has_its_network_before_it_starts_and_pods_their_node(nim: Recording) -> None:
    add_ons = {add_on.inputs["addonName"]: add_on for add_on in nim.of("aws:eks/addon:Addon")}
    assert all(add_on.inputs["addonVersion"] for add_on in add_ons.values())
    before = {add_ons[name].urn for name in ("vpc-cni", "kube-proxy", "eks-pod-identity-agent")}
    for group in nim.of(NODE_GROUP):
        assert before <= set(group.dependencies), group.urn
    system = one(nim, NODE_GROUP, "eks-nim-system").urn
    for name in ("coredns", "aws-ebs-csi-driver"):
        assert system in add_ons[name].dependencies


def test_the_provider_is_the_clusters_and_holds_no_credentials(nim: Recording, choices: Recording) -> None:
    """F14."""
    [provider] = nim.of("pulumi:providers:kubernetes")
    user = json.loads(provider.inputs["kubeconfig"])["users"][0]["user"]
    assert user["exec"]["command"] == "aws"
    assert user["exec"]["args"][:4] == ["eks", "get-token", "--cluster-name", "eks-nim"]
    assert user.keys() == {"exec"}
    assert provider.inputs["clusterIdentifier"]
    [staging] = choices.of("pulumi:providers:kubernetes")
    exec_ = json.loads(staging.inputs["kubeconfig"])["users"][0]["user"]["exec"]
    assert exec_["env"] == [{"name": "AWS_PROFILE", "value": "staging"}]
    assert choices.outputs["credentialsCommand"].endswith("--region eu-west-1 --profile staging")


def test_each_zone_has_a_part_of_the_vpc_and_a_gateway_where_asked(nim: Recording, choices: Recording) -> None:
    assert len(nim.of("aws:ec2/natGateway:NatGateway")) == 1
    assert len(choices.of("aws:ec2/natGateway:NatGateway")) == 3
    ranges = zone_ranges("10.0.0.0/16", ["us-east-1a", "us-east-1b", "us-east-1c"])
    assert [part.private for part in ranges.values()] == ["10.0.0.0/19", "10.0.32.0/19", "10.0.64.0/19"]
    assert [part.public for part in ranges.values()] == ["10.0.224.0/24", "10.0.225.0/24", "10.0.226.0/24"]


def test_gpu_nodes_carry_labels_taint_and_disk(nim: Recording) -> None:
    """F3, F24."""
    group = one(nim, NODE_GROUP, "l40s").inputs
    assert group["amiType"] == "AL2023_x86_64_NVIDIA"
    assert group["labels"] == {
        "slipway.dev/pool": "l40s",
        "nvidia.com/gpu": "present",
        "k8s.amazonaws.com/accelerator": "nvidia-l40s",
    }
    assert group["taints"] == [{"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}]
    assert group["scalingConfig"] == {"minSize": 1, "maxSize": 10, "desiredSize": 1}
    assert not {"instanceTypes", "diskSize", "remoteAccess"} & group.keys()
    template = one(nim, TEMPLATE, "l40s").inputs
    assert template["instanceType"] == "g6e.xlarge"
    [disk] = template["blockDeviceMappings"]
    assert disk["ebs"]["volumeSize"] == 120
    assert disk["ebs"]["encrypted"] == "true"
    assert template["metadataOptions"]["httpTokens"] == "required"


def test_each_way_to_get_nodes_says_all_that_aws_wants(choices: Recording) -> None:
    groups = {name: one(choices, NODE_GROUP, name).inputs for name in ("block", "reserved", "spot")}
    assert {name: group["capacityType"] for name, group in groups.items()} == {
        "block": "CAPACITY_BLOCK",
        "reserved": "ON_DEMAND",
        "spot": "SPOT",
    }
    templates = {name: one(choices, TEMPLATE, name).inputs for name in groups}
    assert templates["block"]["instanceMarketOptions"] == {"marketType": "capacity-block"}
    assert templates["block"]["capacityReservationSpecification"] == {
        "capacityReservationTarget": {"capacityReservationId": "cr-0123456789abcdef0"}
    }
    assert "instanceMarketOptions" not in templates["reserved"]
    assert templates["reserved"]["capacityReservationSpecification"]
    assert not {"instanceMarketOptions", "capacityReservationSpecification"} & templates["spot"].keys()
    assert len(groups["block"]["subnetIds"]) == 1
    assert len(groups["spot"]["subnetIds"]) == 2


def test_the_operator_installs_no_second_driver_and_finds_prometheus(nim: Recording) -> None:
    """F24; traps 31 and 32."""
    operator = release(nim, "gpu-operator")
    assert operator.inputs["values"]["driver"] == {"enabled": False}
    assert operator.inputs["values"]["toolkit"] == {"enabled": False}
    assert operator.inputs["values"]["devicePlugin"] == {"enabled": True}
    assert release(nim, "kube-prometheus-stack").urn in operator.dependencies
    assert operator.urn in one(nim, DEPLOYMENT, "llama").dependencies


def test_prometheus_selects_what_carries_the_labels_of_our_monitors(nim: Recording) -> None:
    """F22; traps 5 and 6."""
    values = release(nim, "kube-prometheus-stack").inputs["values"]
    spec = values["prometheus"]["prometheusSpec"]
    labels = one(nim, POD_MONITOR, "llama").inputs["metadata"]["labels"]
    for selector in ("podMonitorSelector", "serviceMonitorSelector", "ruleSelector"):
        assert spec[selector]["matchLabels"].items() <= labels.items()
    exporter = release(nim, "gpu-operator").inputs["values"]["dcgmExporter"]["serviceMonitor"]
    assert exporter["additionalLabels"].items() <= labels.items()
    adapter = release(nim, "prometheus-adapter").inputs["values"]
    assert adapter["prometheus"]["url"] == f"http://{values['fullnameOverride']}-prometheus.monitoring.svc"


def test_the_adapter_has_a_rule_for_each_signal_and_no_other(nim: Recording, choices: Recording) -> None:
    """F19, F21; traps 7 and 8."""
    adapter = release(nim, "prometheus-adapter").inputs["values"]
    assert adapter["rules"]["default"] is False
    [rule] = adapter["rules"]["custom"]
    assert rule["name"]["as"] == metric(nim, "llama")["metric"]["name"] == "vllm:kv_cache_usage_perc"
    assert rule["seriesQuery"] == '{__name__="vllm:kv_cache_usage_perc",namespace!="",pod!=""}'
    assert adapter["replicas"] == 2
    assert adapter["prometheus"]["path"] == ""
    spec = release(nim, "kube-prometheus-stack").inputs["values"]["prometheus"]["prometheusSpec"]
    assert seconds(adapter["metricsRelistInterval"]) >= seconds(spec["scrapeInterval"])
    names = [rule["name"]["as"] for rule in release(choices, "prometheus-adapter").inputs["values"]["rules"]["custom"]]
    assert names == ["gpu_cache_usage_perc", "vllm:kv_cache_usage_perc", "vllm:num_requests_waiting"]


def test_the_generation_of_nim_decides_name_and_path(choices: Recording) -> None:
    """Trap 14."""
    assert metric(choices, "older")["metric"]["name"] == "gpu_cache_usage_perc"
    assert metric(choices, "newer")["metric"]["name"] == "vllm:kv_cache_usage_perc"
    assert metric(choices, "large")["metric"]["name"] == "vllm:num_requests_waiting"
    for server in ("older", "newer", "large"):
        [endpoint] = one(choices, POD_MONITOR, server).inputs["spec"]["podMetricsEndpoints"]
        assert endpoint == {"port": "http", "path": "/v1/metrics", "interval": "15s"}


def test_the_articles_autoscaler_follows_a_tenth_of_the_cache(nim: Recording) -> None:
    spec = one(nim, AUTOSCALER, "llama").inputs["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (1, 10)
    assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "llama"}
    assert metric(nim, "llama")["target"] == {"type": "AverageValue", "averageValue": "100m"}
    assert nim.outputs["scaling"]["llama"]["series"] == "vllm:kv_cache_usage_perc"


def test_a_replica_gets_its_gpus_its_disk_and_half_an_hour(nim: Recording, choices: Recording) -> None:
    """F16; traps 27 and 28."""
    spec, container = pod(nim, "llama")
    assert container["image"] == "nvcr.io/nim/meta/llama-3.1-8b-instruct:2.0.13"
    assert container["resources"]["limits"] == {"nvidia.com/gpu": "1"}
    assert container["resources"]["requests"]["ephemeral-storage"] == "17Gi"
    assert spec["nodeSelector"] == {"slipway.dev/pool": "l40s"}
    assert container["startupProbe"]["httpGet"] == {"path": "/v1/health/ready", "port": "http"}
    assert container["livenessProbe"]["httpGet"] == {"path": "/v1/health/live", "port": "http"}
    assert container["startupProbe"]["periodSeconds"] * container["startupProbe"]["failureThreshold"] >= 1800
    assert {mount["mountPath"] for mount in container["volumeMounts"]} == {"/opt/nim/.cache", "/dev/shm"}
    _, large = pod(choices, "large")
    assert large["resources"]["limits"] == {"nvidia.com/gpu": "4"}


def test_a_persons_variables_win(choices: Recording) -> None:
    _, container = pod(choices, "older")
    plain = {variable["name"]: variable["value"] for variable in container["env"] if "value" in variable}
    assert plain["NIM_LOG_LEVEL"] == "WARNING"
    assert plain["NIM_MAX_MODEL_LEN"] == "16384"
    assert plain["NIM_SERVED_MODEL_NAME"] == "meta/llama-3.1-8b-instruct"


def test_load_clients_ask_for_the_served_name(nim: Recording) -> None:
    _, container = pod(nim, "llama-load")
    env = {variable["name"]: variable["value"] for variable in container["env"]}
    assert json.loads(env["REQUEST"])["model"] == "meta/llama-3.1-8b-instruct"
    assert env["CONCURRENCY"] == "50"


def test_secrets_of_somebody_else_are_named_and_none_is_made(nim: Recording) -> None:
    spec, container = pod(nim, "llama")
    assert not nim.of("kubernetes:core/v1:Secret")
    assert spec["imagePullSecrets"] == [{"name": "ngc-pull"}]
    [key] = [variable for variable in container["env"] if variable["name"] == "NGC_API_KEY"]
    assert key["valueFrom"] == {"secretKeyRef": {"name": "ngc-api", "key": "NGC_API_KEY"}}


def test_one_key_of_pulumi_becomes_both_secrets(choices: Recording) -> None:
    """F27; trap 66."""
    secrets = {secret.name: secret.inputs for secret in choices.of("kubernetes:core/v1:Secret")}
    pull, api = secrets["eks-choices-ngc-pull"], secrets["eks-choices-ngc-api"]
    assert pull["type"] == "kubernetes.io/dockerconfigjson"
    assert pull["stringData"] == {".dockerconfigjson": SECRET}
    assert api["stringData"] == {"NGC_API_KEY": SECRET}


def test_the_user_of_ngc_is_spelt_with_its_dollar() -> None:
    login = json.loads(docker_config("key"))["auths"]["nvcr.io"]
    assert login == {"username": "$oauthtoken", "password": "key", "auth": "JG9hdXRodG9rZW46a2V5"}


def test_values_of_a_person_are_merged_last(choices: Recording) -> None:
    adapter = release(choices, "prometheus-adapter").inputs["values"]
    assert adapter["replicas"] == 3
    assert adapter["podDisruptionBudget"] == {
        "enabled": True,
        "maxUnavailable": 1,
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
    }
    assert merged({"a": {"b": 1, "c": [1, 2]}}, {"a": {"c": [3]}, "d": 4}) == {"a": {"b": 1, "c": [3]}, "d": 4}


def test_the_autoscaler_of_nodes_may_resize_this_cluster_alone(nim: Recording) -> None:
    policy = json.loads(one(nim, "aws:iam/rolePolicy:RolePolicy", "eks-nim-autoscaler").inputs["policy"])
    for statement in policy["Statement"]:
        changes = [action for action in statement["Action"] if ":Describe" not in action and ":Get" not in action]
        condition = {"StringEquals": {"aws:ResourceTag/k8s.io/cluster-autoscaler/eks-nim": "owned"}}
        assert not changes or statement["Condition"] == condition
    assert release(nim, "cluster-autoscaler").inputs["values"]["autoDiscovery"] == {"clusterName": "eks-nim"}


def test_pods_take_on_roles_by_pod_identity(nim: Recording) -> None:
    for name in ("eks-nim-vpc-cni", "eks-nim-ebs-csi", "eks-nim-autoscaler"):
        [trust] = json.loads(one(nim, "aws:iam/role:Role", name).inputs["assumeRolePolicy"])["Statement"]
        assert trust["Principal"] == {"Service": "pods.eks.amazonaws.com"}
        assert trust["Action"] == ["sts:AssumeRole", "sts:TagSession"]


def seconds(duration: str) -> int:
    return int(duration.removesuffix("s"))
