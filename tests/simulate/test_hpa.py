"""One sync of the autoscaler, and what holds for every sequence of them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulate import hpa_manifest
from simulate.hpa import Autoscaler, sync
from simulate.replica_count import Observation, Pod, PodsMetric, SharedMetric, Value
from simulate.scaling_rules import Bounds, History, Policy, Rules

TARGET = 1000


def pods(count: int, *, pending: int = 0) -> list[Pod]:
    running = [Pod(f"p{number}", "Running", True) for number in range(count - pending)]
    return running + [Pod(f"p{count - pending + number}", "Pending", False) for number in range(pending)]


def seen(replicas: int, *values: int, pending: int = 0) -> Observation:
    """Return what a sync sees; pods beyond the values have none."""
    own = pods(replicas, pending=pending)
    by_pod = {pod.name: value for pod, value in zip(own, values, strict=False)}
    return Observation(replicas=replicas, status_replicas=replicas, pods=own, values={"m": by_pod})


def autoscaler(maximum: int = 10, *, target: int = TARGET, minimum: int = 1) -> Autoscaler:
    """Return one that may go anywhere at once, within its bounds."""
    free = Rules(policies=(Policy("Pods", 100, 1),), window=0)
    return Autoscaler((PodsMetric("m", target),), Bounds(minimum=minimum, maximum=maximum, up=free, down=free))


def desired(spec: Autoscaler, observed: Observation) -> int:
    return sync(spec, observed, None, 0)[0]


def test_the_nim_article_goes_from_one_replica_to_three() -> None:
    assert desired(autoscaler(3, target=100), seen(1, 208)) == 3


def test_the_vllm_article_goes_from_one_replica_to_its_maximum_of_two() -> None:
    assert desired(autoscaler(2, target=5000), seen(1, 34972)) == 2


@pytest.mark.parametrize(("value", "replicas"), [(900, 2), (1100, 2), (1101, 3), (899, 2), (499, 1)])
def test_a_tenth_off_the_target_changes_nothing(value: int, replicas: int) -> None:
    assert desired(autoscaler(), seen(2, value, value)) == replicas


def test_a_pod_without_a_value_counts_as_idle_when_scaling_up() -> None:
    assert desired(autoscaler(), seen(2, 3000)) == 3  # 3000 + 0 over 2 pods, not 3000 each


def test_a_pod_without_a_value_counts_as_at_its_target_when_scaling_down() -> None:
    assert desired(autoscaler(), seen(4, 0, 0, 0)) == 1
    assert desired(autoscaler(), seen(4, 800)) == 4


def test_pending_pods_damp_a_scale_up_and_are_ignored_on_the_way_down() -> None:
    assert desired(autoscaler(), seen(3, 2000, 2000, pending=1)) == 4
    assert desired(autoscaler(), seen(3, 400, 400, pending=1)) == 1


def test_a_pod_that_is_deleted_does_not_count() -> None:
    observed = seen(2, 2000, 9000)
    going = replace(observed, pods=[*list(observed.pods)[:1], Pod("p1", "Running", True, deleting=True)])
    assert desired(autoscaler(), going) == 2


def test_the_metric_that_asks_for_most_wins() -> None:
    spec = replace(autoscaler(), metrics=(PodsMetric("m", TARGET), SharedMetric("queue", 100, average=True)))
    observed = replace(seen(2, 1000, 1000), values={**seen(2, 1000, 1000).values, "queue": 500})
    assert desired(spec, observed) == 5


def test_a_metric_that_fails_stops_a_scale_down_and_no_scale_up() -> None:
    spec = replace(autoscaler(), metrics=(PodsMetric("m", TARGET), SharedMetric("queue", 100, average=True)))
    assert desired(spec, seen(2, 100, 100)) == 2
    assert desired(spec, seen(2, 2000, 2000)) == 4


def test_without_any_metric_nothing_changes() -> None:
    assert desired(autoscaler(), replace(seen(2), values={})) == 2


def test_a_number_for_the_whole_workload_is_compared_as_it_is_or_shared_out() -> None:
    values: dict[str, Value] = {"queue": 3000}
    observed = replace(seen(2), values=values)
    whole, each = (
        replace(autoscaler(), metrics=(SharedMetric("queue", 1000, average=average),)) for average in (False, True)
    )
    assert desired(whole, observed) == 6
    assert desired(each, observed) == 3


def test_a_workload_outside_its_bounds_goes_to_the_nearest_one_without_asking_a_metric() -> None:
    assert desired(autoscaler(3), replace(seen(5), values={})) == 3
    assert desired(autoscaler(minimum=2), replace(seen(1), values={})) == 2


def test_a_window_holds_the_highest_recommendation_on_the_way_down() -> None:
    spec = autoscaler()
    spec = replace(spec, bounds=replace(spec.bounds, down=replace(spec.bounds.down, window=60)))
    replicas, history = 4, None
    course: list[int] = []
    for now in range(0, 90, 15):
        replicas, history = sync(spec, seen(replicas, *[100] * replicas), history, now)
        course.append(replicas)
    assert course == [4, 4, 4, 4, 1, 1]


def test_without_a_behaviour_replicas_double_or_reach_four_and_fall_after_the_controllers_window() -> None:
    spec = Autoscaler((PodsMetric("m", TARGET),), Bounds(minimum=1, maximum=20, behavior=False))
    replicas, history = 1, None
    course: list[int] = []
    for now in range(0, 400, 15):
        value = 9000 if now < 30 else 0
        replicas, history = sync(spec, seen(replicas, *[value] * replicas), history, now)
        course.append(replicas)
    assert course[:2] == [4, 8]
    assert course[2] == 16
    assert course.index(1) * 15 == 15 + 300 + 15


def test_the_policies_of_a_direction_limit_each_period() -> None:
    spec = hpa_manifest.read(
        {
            "spec": {
                "maxReplicas": 10,
                "metrics": [
                    {
                        "type": "Pods",
                        "pods": {"metric": {"name": "m"}, "target": {"type": "AverageValue", "averageValue": "1"}},
                    }
                ],
                "behavior": {"scaleUp": {"policies": [{"type": "Percent", "value": 100, "periodSeconds": 60}]}},
            }
        }
    )
    replicas, history = 1, None
    course: list[int] = []
    for now in range(0, 150, 15):
        replicas, history = sync(spec, seen(replicas, *[9000] * replicas), history, now)
        course.append(replicas)
    assert course == [2, 2, 2, 2, 4, 4, 4, 4, 8, 8]


@given(
    values=st.lists(st.integers(0, 20_000), min_size=1, max_size=40),
    bounds=st.tuples(st.integers(1, 5), st.integers(0, 8)),
    window=st.sampled_from([0, 30, 120]),
    behavior=st.booleans(),
)
def test_replicas_stay_within_their_bounds(
    values: list[int], bounds: tuple[int, int], window: int, behavior: bool
) -> None:
    minimum, maximum = bounds[0], sum(bounds)
    rules = Rules(policies=(Policy("Percent", 50, 60), Policy("Pods", 1, 30)), window=window)
    spec = Autoscaler(
        (PodsMetric("m", TARGET),), Bounds(minimum=minimum, maximum=maximum, up=rules, down=rules, behavior=behavior)
    )
    replicas = minimum
    history: History | None = None
    for number, value in enumerate(values):
        replicas, history = sync(spec, seen(replicas, *[value] * replicas), history, number * 15)
        assert minimum <= replicas <= maximum


@given(low=st.integers(0, 30_000), more=st.integers(0, 30_000), replicas=st.integers(1, 10))
def test_a_higher_value_never_asks_for_fewer_replicas(low: int, more: int, replicas: int) -> None:
    lower, higher = (seen(replicas, *[value] * replicas) for value in (low, low + more))
    assert desired(autoscaler(50), lower) <= desired(autoscaler(50), higher)


@given(values=st.lists(st.integers(0, 5_000), min_size=2, max_size=30))
def test_replicas_never_fall_within_the_window_after_a_higher_recommendation(values: list[int]) -> None:
    spec = autoscaler()
    spec = replace(spec, bounds=replace(spec.bounds, down=replace(spec.bounds.down, window=10_000)))
    replicas, history = 1, None
    for number, value in enumerate(values):
        after, history = sync(spec, seen(replicas, *[value] * replicas), history, number * 15)
        assert after >= replicas
        replicas = after
