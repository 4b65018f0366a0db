"""What becomes of the volumes of Prometheus when their size changes, on a real API server.

prometheus-operator cannot change the claims of a StatefulSet, so it deletes it, with what depends on it, and makes it
anew (its documentation, "Storage", section "Resizing volumes"). This does the same with what the stack says of it.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from offline import Recording
from rehearsal.client import Client, Json

WAIT_SECONDS = 120


def spec_of(recordings: Mapping[str, Recording]) -> dict[str, Any]:
    """Return what a stack says of its Prometheus."""
    releases = recordings["eks-nim"].of("kubernetes:helm.sh/v3:Release")
    [values] = [each.inputs["values"] for each in releases if each.inputs["name"] == "kube-prometheus-stack"]
    return values["prometheus"]["prometheusSpec"]


def stateful_set(space: str, spec: Mapping[str, Any], *, gib: int, policy: Mapping[str, str]) -> Json:
    """Return what the operator makes of it, but for the containers."""
    template = spec["storageSpec"]["volumeClaimTemplate"]["spec"]
    claim = {"accessModes": template["accessModes"], "resources": {"requests": {"storage": f"{gib}Gi"}}}
    labels = {"operator.prometheus.io/name": "monitoring-prometheus"}
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "prometheus", "namespace": space},
        "spec": {
            "replicas": spec["replicas"],
            "serviceName": "prometheus",
            "podManagementPolicy": "Parallel",
            "persistentVolumeClaimRetentionPolicy": dict(policy),
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "prometheus", "image": "prometheus:1"}]},
            },
            "volumeClaimTemplates": [{"metadata": {"name": "db"}, "spec": claim}],
        },
    }


def until(found: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while not found():
        assert time.monotonic() < end, "what was waited for did not come"
        time.sleep(0.2)


def claims(client: Client, space: str) -> dict[str, str]:
    """Return the ids of the claims by their names, but for those that go."""
    found = client.list("v1", "PersistentVolumeClaim", namespace=space)
    alive = [each for each in found if "deletionTimestamp" not in each["metadata"]]
    return {each["metadata"]["name"]: each["metadata"]["uid"] for each in alive}


@pytest.mark.parametrize("keeps", [True, False], ids=["as the stack has it", "with Delete"])
def test_series_outlive_a_larger_volume_unless_the_claims_go_with_the_stateful_set(
    keeps: bool, client: Client, space: str, recordings: Mapping[str, Recording]
) -> None:
    spec = spec_of(recordings)
    policy = spec["persistentVolumeClaimRetentionPolicy"] if keeps else {"whenDeleted": "Delete"}
    small = stateful_set(space, spec, gib=50, policy=policy)
    client.create(small)
    until(lambda: len(claims(client, space)) == spec["replicas"])
    if not keeps:
        until(lambda: all("ownerReferences" in each["metadata"] for each in _listed(client, space)))
    before = claims(client, space)
    client.delete(small)
    until(lambda: client.get(small) is None)
    if not keeps:
        until(lambda: not set(before.values()) & set(claims(client, space).values()))
    client.create(stateful_set(space, spec, gib=400, policy=policy))
    until(lambda: len(claims(client, space)) == spec["replicas"])
    assert (claims(client, space) == before) is keeps


def _listed(client: Client, space: str) -> list[Json]:
    return client.list("v1", "PersistentVolumeClaim", namespace=space)
