"""ScaledObjects of KEDA as the chain sees them. Triggers other than Prometheus are not read."""

from collections.abc import Iterator, Mapping, Sequence

from slipway.checks.signals.edges import Keda, Scaler, ScalerMetric
from slipway.checks.signals.manifests import Manifest, namespace_of, place
from slipway.checks.signals.promql import read
from slipway.checks.signals.sources import Workload


def adapter(objects: Sequence[Manifest]) -> Keda | None:
    """Return what answers the autoscalers, if ScaledObjects ask a Prometheus."""
    for item in _scaled_objects(objects):
        for asked in _triggers(item):
            return Keda(path=place(item), url=asked["serverAddress"])
    return None


def scalers(objects: Sequence[Manifest]) -> Iterator[Scaler]:
    """Yield the ScaledObjects.

    Raises:
        ValueError: the query of a trigger is no PromQL.
    """
    for item in _scaled_objects(objects):
        spec = item["spec"]
        target = spec["scaleTargetRef"]
        queries = [(read(asked["query"]), asked["threshold"]) for asked in _triggers(item)]
        yield Scaler(
            path=place(item),
            target=Workload(target.get("kind", "Deployment"), namespace_of(item), target["name"]),
            min_replicas=spec.get("minReplicaCount", 0),
            max_replicas=spec.get("maxReplicaCount", 100),
            metrics=tuple(
                ScalerMetric(
                    path=place(item), name=query.terms[0].series, target=threshold, type="External", query=query
                )
                for query, threshold in queries
            ),
        )


def _scaled_objects(objects: Sequence[Manifest]) -> Iterator[Manifest]:
    return (item for item in objects if item["kind"] == "ScaledObject")


def _triggers(item: Manifest) -> Iterator[Mapping[str, str]]:
    return (trigger["metadata"] for trigger in item["spec"]["triggers"] if trigger["type"] == "prometheus")
