"""The chain of signals is proven on what the program registers, whatever altered that on its way to the engine."""

import shutil
from pathlib import Path

import pytest

from offline import StackFileError, record
from offline.recorder import PROGRAM

ALTERING = """
import runpy

import pulumi


def altered(args):
    props = args.props
    if args.type_ == {type!r}:
        {change}
    return pulumi.ResourceTransformationResult(props, args.opts)


pulumi.runtime.register_stack_transformation(altered)
globals().update(runpy.run_path({program!r}, run_name="__main__"))
"""

HELM, AUTOSCALER = "kubernetes:helm.sh/v3:Release", "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
MONITOR = "kubernetes:monitoring.coreos.com/v1:PodMonitor"

BROKEN = {
    "an autoscaler that asks for another series": (
        "gke-tpu",
        AUTOSCALER,
        'props["spec"]["metrics"][0]["pods"]["metric"]["name"] = "prometheus.googleapis.com|vllm:nothing|gauge"',
        "HorizontalPodAutoscaler vllm/llama",
        "vllm:nothing",
    ),
    "an adapter that asks another Prometheus": (
        "eks-nim",
        HELM,
        'if props["chart"] == "prometheus-adapter": props["values"]["prometheus"]["url"] = "http://other.monitoring.svc"',
        "Release monitoring/prometheus-adapter",
        "http://other.monitoring.svc names a Service that the chart does not make",
    ),
    "a Prometheus that reads other monitors": (
        "eks-nim",
        HELM,
        'if props["chart"] == "kube-prometheus-stack": props["values"]["prometheus"]["prometheusSpec"]'
        '["podMonitorSelector"] = {"matchLabels": {"team": "other"}}',
        "PodMonitor nim/llama",
        "team",
    ),
    "no adapter at all": (
        "eks-nim",
        HELM,
        'if props["chart"] == "prometheus-adapter": props["chart"] = "something-else"',
        "program",
        "no adapter that serves them metrics",
    ),
}


def program(folder: Path, type_: str, change: str) -> Path:
    """Return the project's program with a transformation, in a folder of its own."""
    shutil.copy(PROGRAM.parent / "Pulumi.yaml", folder)
    file = folder / "__main__.py"
    file.write_text(ALTERING.format(type=type_, change=change, program=str(PROGRAM)))
    return file


@pytest.mark.parametrize("name", BROKEN)
def test_an_altered_object_that_breaks_the_chain_is_refused(name: str, tmp_path: Path) -> None:
    stack, type_, change, path, message = BROKEN[name]
    with pytest.raises(StackFileError) as refused:
        record(PROGRAM.parent / f"stacks/Pulumi.{stack}.yaml", program(tmp_path, type_, change))
    found = [finding for finding in refused.value.findings if finding.severity == "error"]
    assert [finding for finding in found if path in finding.path and message in finding.message], found


def test_an_altered_object_beside_the_chain_is_not(tmp_path: Path) -> None:
    change = 'props["metadata"]["labels"] = {"team": "ours"}'
    altered = record(PROGRAM.parent / "stacks/Pulumi.gke-tpu.yaml", program(tmp_path, AUTOSCALER, change))
    assert altered.judged.signals
