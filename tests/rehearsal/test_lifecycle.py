"""Objects of a stack on the API server: accepted, refused, and taken away again."""

import pytest

from rehearsal import lifecycle
from rehearsal.client import Client, title
from tests.rehearsal.objects import container, deployment, eventually, namespace, pod


def config_map(name: str, space: str, **metadata: object) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": space, **metadata}}


def test_every_refused_object_is_named_and_the_others_are_accepted(client: Client, space: str) -> None:
    misspelt = deployment("misspelt", space, 1, pod("x", space))
    misspelt["spec"]["replicaz"] = 2
    contradictory = deployment("contradictory", space, 1, pod("x", space))
    contradictory["spec"]["selector"] = {"matchLabels": {"app": "another"}}
    good = deployment("good", space, 0, pod("x", space))
    unknown = {"apiVersion": "example.com/v1", "kind": "Unknown", "metadata": {"name": "x", "namespace": space}}
    nowhere = config_map("nowhere", "no-such-namespace")

    refused = lifecycle.apply(client, [misspelt, unknown, good, contradictory, nowhere])

    assert [title(each.manifest) for each in refused] == [title(e) for e in (misspelt, unknown, contradictory, nowhere)]
    assert "replicaz" in refused[0].message
    assert "selector" in refused[2].message
    assert "no-such-namespace" in str(refused[3])
    assert client.get(good)


def test_applying_twice_changes_nothing(client: Client, space: str) -> None:
    manifest = config_map("settled", space)
    assert not lifecycle.apply(client, [manifest])
    first = client.get(manifest)
    assert not lifecycle.apply(client, [manifest])
    assert client.get(manifest) == first


def test_another_managers_field_is_a_conflict(client: Client, space: str) -> None:
    manifest = deployment("scaled", space, 1, pod("x", space))
    assert not lifecycle.apply(client, [manifest])
    client.scale(manifest, 3)
    [refused] = lifecycle.apply(client, [manifest])
    assert "conflict" in refused.message
    assert ".spec.replicas" in refused.message


def test_after_deletion_nothing_is_left(client: Client) -> None:
    before = lifecycle.inventory(client)
    name = "comes-and-goes"
    manifests = [
        namespace(name),
        config_map("one", name),
        deployment("web", name, 2, {"spec": {"containers": [container()]}}),
    ]
    assert not lifecycle.apply(client, manifests)
    assert {f"v1 ConfigMap {name}/one", f"apps/v1 Deployment {name}/web"} <= lifecycle.inventory(client)
    assert lifecycle.delete(client, manifests, before=before) == []
    assert not [entry for entry in lifecycle.inventory(client) if name in entry]


def test_an_object_that_does_not_go_is_named_with_what_holds_it(client: Client, space: str) -> None:
    before = lifecycle.inventory(client)
    held = config_map("held", space, finalizers=["example.com/keeps"])
    assert not lifecycle.apply(client, [held])
    [left] = lifecycle.delete(client, [held], before=before, seconds=0.5)
    assert "ConfigMap" in left
    assert "finalizer example.com/keeps" in left
    client.patch(held, {"metadata": {"finalizers": None}})


def test_what_controllers_made_and_nobody_deletes_is_named(client: Client, space: str) -> None:
    before = lifecycle.inventory(client)
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    stateful = deployment("data", space, 1, pod("x", space))
    stateful["kind"] = "StatefulSet"
    stateful["spec"]["volumeClaimTemplates"] = [{"metadata": {"name": "disk"}, "spec": claim}]
    assert not lifecycle.apply(client, [stateful])
    eventually(lambda: client.list("v1", "PersistentVolumeClaim", namespace=space))
    [left] = lifecycle.delete(client, [stateful], before=before, seconds=1)
    assert f"PersistentVolumeClaim {space}/disk-data-0" in left


@pytest.mark.parametrize("missing", ["Pod", "Unknown"])
def test_deleting_what_is_not_there_is_no_error(client: Client, space: str, missing: str) -> None:
    manifest = {"apiVersion": "v1", "kind": missing, "metadata": {"name": "none", "namespace": space}}
    assert lifecycle.delete(client, [manifest], before=lifecycle.inventory(client), seconds=1) == []
