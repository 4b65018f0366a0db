"""What the settings of a `gke-tpu` stack become."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from offline import Recording, Resource
from slipway.serving.autoscaling import quantity
from tests.stacks.edits import Deploy, Stack

CLUSTER = "gcp:container/cluster:Cluster"
NODE_POOL = "gcp:container/nodePool:NodePool"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
SERVICE = "kubernetes:core/v1:Service"


def one(recording: Recording, kind: str, name: str) -> Mapping[str, Any]:
    """Return the inputs of the only resource of this type and name."""
    [found] = [resource for resource in recording.of(kind) if resource.name == name]
    return found.inputs


def server(recording: Recording, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the pod and the container of a server."""
    pod = one(recording, DEPLOYMENT, name)["spec"]["template"]["spec"]
    [container] = pod["containers"]
    return pod, container


def test_the_articles_cluster_is_zonal_private_and_has_no_default_pool(recordings: Mapping[str, Recording]) -> None:
    cluster = one(recordings["gke-tpu"], CLUSTER, "gke-tpu")
    assert cluster["location"] == "us-east5-a"
    assert cluster["privateClusterConfig"] == {"enablePrivateNodes": True}
    assert cluster["removeDefaultNodePool"] is True
    assert cluster["workloadIdentityConfig"] == {"workloadPool": "my-project.svc.id.goog"}
    assert cluster["addonsConfig"] == {"gcsFuseCsiDriverConfig": {"enabled": True}}
    assert cluster["monitoringConfig"]["managedPrometheus"] == {"enabled": True}
    assert "enableAutopilot" not in cluster


def test_production_is_closed_encrypted_and_protected(recordings: Mapping[str, Recording]) -> None:
    recording = recordings["gke-tpu-prod"]
    cluster = one(recording, CLUSTER, "gke-tpu-prod")
    assert cluster["deletionProtection"] is True
    assert recording.of(CLUSTER)[0].protect is True
    assert cluster["datapathProvider"] == "ADVANCED_DATAPATH"
    assert cluster["databaseEncryption"]["state"] == "ENCRYPTED"
    blocks = cluster["masterAuthorizedNetworksConfig"]["cidrBlocks"]
    assert "0.0.0.0/0" not in {block["cidrBlock"] for block in blocks}
    window = cluster["maintenancePolicy"]["recurringWindow"]
    assert window["startTime"] == "2026-01-10T02:00:00Z"
    assert window["endTime"] == "2026-01-10T10:00:00Z"
    assert window["recurrence"] == "FREQ=WEEKLY;BYDAY=SA,SU"
    [bucket] = recording.of("gcp:storage/bucket:Bucket")
    assert bucket.inputs["forceDestroy"] is False


def test_the_dns_endpoint_alone_answers_where_it_is_chosen(recordings: Mapping[str, Recording]) -> None:
    recording = recordings["multi-host"]
    cluster = one(recording, CLUSTER, "multi-host")
    assert cluster["controlPlaneEndpointsConfig"]["ipEndpointsConfig"] == {"enabled": False}
    [provider] = recording.of("pulumi:providers:kubernetes")
    assert ".gke.goog" in provider.inputs["kubeconfig"]
    assert "certificate-authority-data" not in provider.inputs["kubeconfig"]
    assert recording.outputs["credentialsCommand"].endswith(" --dns-endpoint")


def test_autopilot_declares_no_node_pool_and_no_conflicting_input(recordings: Mapping[str, Recording]) -> None:
    recording = recordings["gke-tpu-autopilot"]
    assert not recording.of(NODE_POOL)
    cluster = one(recording, CLUSTER, "gke-tpu-autopilot")
    assert cluster["enableAutopilot"] is True
    assert not {"removeDefaultNodePool", "nodeConfig", "initialNodeCount", "datapathProvider"} & cluster.keys()
    pod, _ = server(recording, "llama")
    assert pod["nodeSelector"]["cloud.google.com/gke-spot"] == "true"


def test_a_slice_of_one_machine_has_total_bounds_and_no_placement(recordings: Mapping[str, Recording]) -> None:
    """F6."""
    pool = one(recordings["gke-tpu"], NODE_POOL, "v6e")
    assert pool["autoscaling"] == {"totalMinNodeCount": 1, "totalMaxNodeCount": 2, "locationPolicy": "ANY"}
    assert "placementPolicy" not in pool
    assert pool["nodeConfig"]["taints"] == [{"key": "google.com/tpu", "value": "present", "effect": "NO_SCHEDULE"}]
    assert "diskType" not in pool["nodeConfig"]


def test_each_slice_of_several_machines_is_a_pool_that_scales_from_nothing(recordings: Mapping[str, Recording]) -> None:
    pools = [pool for pool in recordings["multi-host"].of(NODE_POOL) if pool.name.startswith("wide")]
    assert [pool.name for pool in pools] == ["wide-0", "wide-1"]
    for pool in pools:
        assert pool.inputs["autoscaling"] == {"minNodeCount": 0, "maxNodeCount": 4, "locationPolicy": "ANY"}
        assert pool.inputs["placementPolicy"] == {"type": "COMPACT", "tpuTopology": "4x4"}
        assert pool.inputs["nodeConfig"]["spot"] is True


def test_a_slice_of_several_ironwood_machines_has_a_workload_policy_and_no_compact_placement(deployed: Deploy) -> None:
    """vllm-project/ci-infra#547: GKE refuses a compact placement of these machines."""

    def ironwood(stack: Stack) -> None:
        cluster = stack["cluster"]
        cluster["location"] = "us-central1-c"
        cluster["pools"]["v6e"] |= {
            "machineType": "tpu7x-standard-4t",
            "topology": "2x2x2",
            "minNodes": 0,
            "maxNodes": 4,
            "zones": ["us-central1-c"],
        }
        # Eight chips are sixteen devices.
        stack["servers"]["llama"] |= {"tensorParallel": 16}

    recording = deployed(ironwood)
    policy = one(recording, "gcp:compute/resourcePolicy:ResourcePolicy", "v6e")
    assert policy["workloadPolicy"] == {"type": "HIGH_THROUGHPUT", "acceleratorTopology": "2x2x2"}
    assert policy["region"] == "us-central1"
    pools = [pool for pool in recording.of(NODE_POOL) if pool.name.startswith("v6e")]
    assert len(pools) == 2
    for pool in pools:
        placement = pool.inputs["placementPolicy"]
        assert (placement["type"], placement["tpuTopology"]) == ("", "2x2x2")
        assert placement["policyName"]
    [group] = recording.of("kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet")
    pod = group.inputs["spec"]["leaderWorkerTemplate"]["workerTemplate"]["spec"]
    assert pod["nodeSelector"]["cloud.google.com/gke-tpu-accelerator"] == "tpu7x"
    assert pod["containers"][0]["resources"]["limits"]["google.com/tpu"] == "4"


def test_flex_start_nodes_are_neither_repaired_nor_reserved(recordings: Mapping[str, Recording]) -> None:
    pool = one(recordings["small-slices"], NODE_POOL, "one")
    assert pool["nodeConfig"]["flexStart"] is True
    assert pool["nodeConfig"]["maxRunDuration"] == "86400s"
    assert pool["nodeConfig"]["reservationAffinity"] == {"consumeReservationType": "NO_RESERVATION"}
    assert pool["management"]["autoRepair"] is False
    assert "upgradeSettings" not in pool


def test_a_reservation_is_named_in_full(recordings: Mapping[str, Recording]) -> None:
    affinity = one(recordings["gke-tpu-prod"], NODE_POOL, "v6e")["nodeConfig"]["reservationAffinity"]
    assert affinity == {
        "consumeReservationType": "SPECIFIC_RESERVATION",
        "key": "compute.googleapis.com/reservation-name",
        "values": ["tpu-v6e-serving"],
    }


def test_exactly_the_servers_account_may_use_the_bucket(recordings: Mapping[str, Recording]) -> None:
    recording = recordings["gke-tpu"]
    [grant] = recording.of("gcp:storage/bucketIAMMember:BucketIAMMember")
    assert grant.inputs["role"] == "roles/storage.objectUser"
    assert grant.inputs["member"] == (
        "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/"
        "my-project.svc.id.goog/subject/ns/vllm/sa/gke-tpu-server"
    )
    pod, _ = server(recording, "llama")
    assert pod["serviceAccountName"] == "gke-tpu-server"


def test_no_member_of_the_workload_pool_is_granted_anything_before_a_cluster_makes_the_pool(
    recording: Recording,
) -> None:
    clusters = {cluster.urn for cluster in recording.of(CLUSTER)}
    for grant in recording.resources:
        if str(grant.inputs.get("member", "")).startswith("principal://"):
            assert clusters & set(grant.dependencies), grant.urn


def test_a_pod_asks_for_every_chip_of_its_machine(recordings: Mapping[str, Recording]) -> None:
    for stack, name, chips in (("gke-tpu", "llama", 8), ("small-slices", "small", 1), ("small-slices", "medium", 4)):
        _, container = server(recordings[stack], name)
        assert container["resources"]["limits"] == {"google.com/tpu": str(chips)}
        assert f"--tensor-parallel-size={chips}" in container["command"]


def test_the_file_cache_holds_the_model_and_is_bounded(recordings: Mapping[str, Recording]) -> None:
    """F26."""
    pod, _ = server(recordings["gke-tpu"], "llama")
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    assert volumes["gke-gcsfuse-cache"]["emptyDir"] == {"medium": "Memory", "sizeLimit": "139Gi"}
    options = volumes["weights"]["csi"]["volumeAttributes"]["mountOptions"].split(",")
    assert f"file-cache:max-size-mb:{139 * 1024}" in options
    assert volumes["dshm"]["emptyDir"]["medium"] == "Memory"


def test_a_replica_drains_before_it_goes(recordings: Mapping[str, Recording]) -> None:
    pod, container = server(recordings["gke-tpu"], "llama")
    assert "--shutdown-timeout=120" in container["command"]
    assert container["lifecycle"]["preStop"]["sleep"]["seconds"] == 20
    assert pod["terminationGracePeriodSeconds"] == 170


def test_a_rollout_needs_no_spare_slice(recordings: Mapping[str, Recording]) -> None:
    strategy = one(recordings["gke-tpu"], DEPLOYMENT, "llama")["spec"]["strategy"]
    assert strategy["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": 1}


def test_compiled_programs_outlive_the_pod_and_not_the_image(recordings: Mapping[str, Recording]) -> None:
    _, container = server(recordings["gke-tpu"], "llama")
    env = {variable["name"]: variable.get("value") for variable in container["env"]}
    tag = container["image"].rpartition(":")[2]
    assert env["VLLM_XLA_CACHE_PATH"] == f"/data/.compiled/{tag}"


def test_an_engine_may_start_for_as_long_as_its_probe_waits_and_fills_no_disk_with_logs(
    recordings: Mapping[str, Recording],
) -> None:
    _, container = server(recordings["gke-tpu"], "llama")
    env = {variable["name"]: variable.get("value") for variable in container["env"]}
    probe = container["startupProbe"]
    most = probe["periodSeconds"] * probe["failureThreshold"]
    assert most - probe["periodSeconds"] < int(env["VLLM_ENGINE_READY_TIMEOUT_S"]) <= most
    assert env["TPU_LOG_DIR"] == "disabled"
    assert env["HF_HUB_DISABLE_XET"] == "1"


def test_the_token_is_a_file_wherever_it_comes_from(recordings: Mapping[str, Recording]) -> None:
    sources = {"gke-tpu": "secret", "small-slices": "csi"}
    for stack, source in sources.items():
        pod, container = server(recordings[stack], "llama" if stack == "gke-tpu" else "small")
        [volume] = [volume for volume in pod["volumes"] if volume["name"] == "hugging-face-token"]
        assert source in volume
        [mount] = [mount for mount in container["volumeMounts"] if mount["name"] == "hugging-face-token"]
        assert mount["readOnly"] is True
        assert {"name": "HF_TOKEN_PATH", "value": f"{mount['mountPath']}/token"} in container["env"]


def test_secret_manager_keeps_the_token_out_of_the_state(recordings: Mapping[str, Recording]) -> None:
    recording = recordings["small-slices"]
    assert not recording.of("kubernetes:core/v1:Secret")
    assert one(recording, CLUSTER, "small-slices")["secretManagerConfig"] == {"enabled": True}
    [mounted] = recording.of("kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass")
    assert "projects/my-project/secrets/hugging-face-token/versions/latest" in str(mounted.inputs)


def test_load_clients_ask_for_the_name_that_is_served_and_wait_for_a_person(
    recordings: Mapping[str, Recording],
) -> None:
    for recording, name in ((recordings["gke-tpu"], "llama"), (recordings["multi-host"], "llama")):
        clients = one(recording, DEPLOYMENT, "llama-load")
        assert clients["spec"]["replicas"] == 0
        [container] = clients["spec"]["template"]["spec"]["containers"]
        env = {variable["name"]: variable["value"] for variable in container["env"]}
        assert f'"model": "{served(recording, name)}"' in env["REQUEST"]
        assert env["URL"] == "http://llama.vllm.svc:8000"
        assert "ports" not in container


def test_a_replica_on_several_hosts_is_a_group_that_its_leader_answers_for(recordings: Mapping[str, Recording]) -> None:
    recording = recordings["multi-host"]
    [group] = recording.of("kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet")
    template = group.inputs["spec"]["leaderWorkerTemplate"]
    assert template["size"] == 4
    [leader] = template["leaderTemplate"]["spec"]["containers"]
    [worker] = template["workerTemplate"]["spec"]["containers"]
    assert leader["resources"]["limits"] == worker["resources"]["limits"] == {"google.com/tpu": "4"}
    assert "exec vllm serve" in leader["command"][-1]
    assert "--tensor-parallel-size=16" in leader["command"][-1]
    assert "$(LWS_LEADER_ADDRESS)" in worker["command"][-1]
    assert "readinessProbe" not in worker
    scaler = one(recording, "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "llama")["spec"]
    assert scaler["scaleTargetRef"]["kind"] == "LeaderWorkerSet"


def test_the_autoscaler_asks_for_the_series_as_the_adapter_names_it(recordings: Mapping[str, Recording]) -> None:
    wanted = {
        ("gke-tpu", "llama"): ("prometheus.googleapis.com|vllm:num_requests_waiting|gauge", "5"),
        ("gke-tpu-prod", "qwen"): ("prometheus.googleapis.com|vllm:kv_cache_usage_perc|gauge", "700m"),
        ("multi-host", "llama"): ("prometheus.googleapis.com|vllm:num_requests_waiting|gauge", "2500m"),
    }
    for (stack, name), (series, target) in wanted.items():
        spec = one(recordings[stack], "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", name)["spec"]
        [metric] = spec["metrics"]
        assert metric["pods"]["metric"]["name"] == series
        assert metric["pods"]["target"] == {"type": "AverageValue", "averageValue": target}


def test_the_adapter_has_its_fifteen_objects_and_stays_off_tpu_nodes(recordings: Mapping[str, Recording]) -> None:
    recording = recordings["gke-tpu"]
    [adapter] = recording.of("slipway:addons:StackdriverAdapter")
    objects = [child for child in recording.children[adapter.urn] if child.is_kubernetes_object]
    assert len(objects) == 15
    [deployment] = [child for child in objects if child.type == DEPLOYMENT]
    assert "tolerations" not in deployment.inputs["spec"]["template"]["spec"]


def test_a_stack_says_what_it_costs_at_least_and_at_most(recordings: Mapping[str, Recording]) -> None:
    """One to two machines of 21.60 USD, one to three of 0.134023, a control plane of 0.10, a NAT gateway of 0.044."""
    cost = recordings["gke-tpu"].outputs["costUsd"]
    assert cost["perHour"] == {"floor": 21.88, "ceiling": 43.75}
    assert cost["perMonth"]["floor"] == round(730 * (21.6 + 0.134023 + 0.1 + 0.044), 2)


def test_a_reservation_is_paid_for_whether_its_nodes_run_or_not(recordings: Mapping[str, Recording]) -> None:
    cost = recordings["gke-tpu-prod"].outputs["costUsd"]["perHour"]
    assert cost["floor"] > 6 * 21.6


def test_prices_of_the_stack_file_count_before_those_of_the_catalog(deployed: Deploy) -> None:
    recording = deployed(lambda stack: stack.update(prices={"ct6e-standard-8t": 10}))
    assert recording.outputs["costUsd"]["perHour"]["ceiling"] == round(20 + 3 * 0.134023 + 0.144, 2)


def test_old_prices_are_a_warning_and_no_error(recordings: Mapping[str, Recording]) -> None:
    [finding] = [one for one in recordings["gke-tpu"].findings if one.path == "prices"]
    assert finding.severity == "warning"
    assert "ct6e-standard-8t 21.6 of 2026-01-01" in finding.message


def test_a_stack_says_how_its_servers_fit_and_scale(recordings: Mapping[str, Recording]) -> None:
    outputs = recordings["gke-tpu"].outputs
    fits = outputs["fit"]["llama"]
    assert fits["weightsGibPerChip"] == 16.43
    assert fits["kvCacheTokens"] // 4096 == int(fits["fullLengthRequests"])
    assert outputs["scaling"]["llama"] == {
        "series": "vllm:num_requests_waiting",
        "target": 5,
        "minReplicas": 1,
        "maxReplicas": 2,
    }


def test_extra_arguments_come_last(deployed: Deploy) -> None:
    recording = deployed(lambda stack: stack["servers"]["llama"].update(extraArgs=["--enable-prefix-caching"]))
    _, container = server(recording, "llama")
    assert container["command"][-1] == "--enable-prefix-caching"


def test_more_servers_are_more_components_of_the_same_kind(deployed: Deploy) -> None:
    def add(stack: dict[str, Any]) -> None:
        stack["servers"]["second"] = stack["servers"]["llama"]
        stack["cluster"]["pools"]["v6e"]["maxNodes"] = 4

    recording = deployed(add)
    first, second = (shape(recording, name) for name in ("llama", "second"))
    assert first == second


@given(st.integers(1, 10**9))
def test_a_quantity_is_exact_to_the_thousandth(thousandths: int) -> None:
    text = quantity(thousandths / 1000)
    value = int(text[:-1]) if text.endswith("m") else int(text) * 1000
    assert value == thousandths


def served(recording: Recording, name: str) -> str:
    """Return the name under which a server offers its model."""
    for workload in recording.of(DEPLOYMENT, "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet"):
        if workload.name == name:
            words = str(workload.inputs).replace("'", " ").replace(",", " ").split()
            [argument] = [word for word in words if word.startswith("--served-model-name=")]
            return argument.partition("=")[2]
    raise AssertionError(name)


def shape(recording: Recording, name: str) -> list[tuple[str, str]]:
    """Return the types and relative names of a server's resources."""
    [component] = [one for one in recording.of("slipway:serving:VllmServer") if one.name == name]
    children: list[Resource] = list(recording.children[component.urn])
    return sorted((child.type, child.name.removeprefix(name)) for child in children)
