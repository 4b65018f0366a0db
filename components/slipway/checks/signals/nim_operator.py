"""What NVIDIA's NIM operator makes of a NIMService, as far as a signal passes through it.

Source: NVIDIA/k8s-nim-operator 3.1, manifests/deployment.yaml and hpa.yaml, api/apps/v1alpha1.
"""

from collections.abc import Iterator, Sequence

from slipway.checks.signals.manifests import Manifest

KIND = "NIMService"
PORT = "api"


def with_what_it_makes(objects: Sequence[Manifest]) -> Sequence[Manifest]:
    """Return the objects, and after them the Deployment and the autoscaler of each NIMService."""
    made = [
        item for service in objects if service["kind"] == KIND for item in (_deployment(service), *_scaler(service))
    ]
    return [*objects, *made]


def _deployment(service: Manifest) -> Manifest:
    spec, metadata = service["spec"], service["metadata"]
    container = {
        "name": f"{metadata['name']}-ctr",
        "image": f"{spec['image']['repository']}:{spec['image']['tag']}",
        "ports": [{"name": PORT, "containerPort": spec["expose"]["service"]["port"]}],
    }
    labels = {"app.kubernetes.io/name": metadata["name"]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata,
        "spec": {"template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}}},
    }


def _scaler(service: Manifest) -> Iterator[Manifest]:
    scale = service["spec"].get("scale", {})
    if scale.get("enabled"):
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": service["metadata"]["name"]}
        yield {
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": service["metadata"],
            "spec": {"scaleTargetRef": target, **scale["hpa"]},
        }
