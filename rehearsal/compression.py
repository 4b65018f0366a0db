"""The objects of a stack in compressed time."""

from collections.abc import Callable, Mapping

from rehearsal.client import Json
from rehearsal.clock import Clock
from rehearsal.control_plane import LOAD_SECONDS, PROBED
from rehearsal.engine.engine import AnyEngine


def compressed(manifest: Json, clock: Clock, engine: Callable[[Json], AnyEngine | None]) -> Json:
    """Return an object with the times compressed that the control plane takes from it.

    Those are the windows and periods of an autoscaler's behaviour, in whole seconds, and the load time of an engine.
    """
    spec = manifest.get("spec", {})
    if manifest["kind"] == "HorizontalPodAutoscaler" and "behavior" in spec:
        behavior = {side: _rules(rules, clock) for side, rules in spec["behavior"].items()}
        return {**manifest, "spec": {**spec, "behavior": behavior}}
    pod: Json = spec.get("template", {})
    found = engine(pod) if "containers" in (pod.get("spec") or {}) else None
    if found is None:
        return manifest
    template, metadata = spec["template"], spec["template"].get("metadata", {})
    # A real server says by itself when it has loaded.
    wait = {} if found.is_real else {LOAD_SECONDS: f"{clock.compressed(found.load_seconds):.1f}"}
    annotated = {**metadata, "annotations": {**metadata.get("annotations", {}), PROBED: "true", **wait}}
    return {**manifest, "spec": {**spec, "template": {**template, "metadata": annotated}}}


def _rules(rules: Mapping[str, object], clock: Clock) -> Json:
    shorter: Json = dict(rules)
    if window := shorter.get("stabilizationWindowSeconds"):
        shorter["stabilizationWindowSeconds"] = max(round(clock.compressed(window)), 1)
    if "policies" in shorter:
        shorter["policies"] = [
            {**each, "periodSeconds": max(round(clock.compressed(each["periodSeconds"])), 1)}
            for each in shorter["policies"]
        ]
    return shorter
