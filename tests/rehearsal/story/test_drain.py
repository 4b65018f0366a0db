"""A drain goes as far as a disruption budget lets it: the API server decides."""

from collections.abc import Generator, Mapping

import pytest

from rehearsal.client import Client, Json
from rehearsal.nodes import initial_nodes
from rehearsal.story.drain import evict
from tests.rehearsal.objects import deployment, eventually, is_ready, pod, pool


@pytest.fixture
def ready(client: Client, space: str) -> Generator[Json]:
    """A Ready pod of a Deployment of one."""
    [node] = initial_nodes([pool(space, {}, minimum=1)])
    client.create(node)
    client.apply(deployment("web", space, 1, pod("x", space)))
    eventually(lambda: [each for each in client.list("v1", "Pod", namespace=space) if is_ready(client, each)])
    yield client.list("v1", "Pod", namespace=space)[0]
    client.delete(node)


def budget(space: str, rule: Mapping[str, object]) -> Json:
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "web", "namespace": space},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, **rule},
    }


@pytest.mark.parametrize("rule", [{"maxUnavailable": 0}, {"minAvailable": "100%"}])
def test_a_budget_that_allows_nothing_is_named_with_its_rule(
    client: Client, space: str, ready: Json, rule: Mapping[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rehearsal.story.drain.SETTLE_SECONDS", 1)
    client.apply(budget(space, rule))
    said = evict(client, ready)
    [(name, value)] = rule.items()
    assert f"PodDisruptionBudget {space}/web has {name}: {value} and allows 0 now" in said
    assert f"waits for pod {ready['metadata']['name']} without end" in said
    assert is_ready(client, ready)


def test_a_budget_that_allows_one_lets_it_go(client: Client, space: str, ready: Json) -> None:
    client.apply(budget(space, {"maxUnavailable": 1}))
    assert evict(client, ready) == ""
    eventually(lambda: client.get(ready) is None)
