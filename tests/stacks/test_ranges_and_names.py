"""Names, ranges, zones, identities and versions follow the rules of those who own them, on each cluster."""

from collections.abc import Iterable
from typing import Any

import pytest
import yaml

import stacks
from slipway.checks import Finding, errors
from tests.stack_paths import STACK_FILES

SURROUNDINGS = stacks.Surroundings(project="my-project", api_key=None)
STACKS = {
    path.stem.removeprefix("Pulumi."): yaml.safe_load(path.read_text(encoding="utf-8"))["config"]["slipway:stack"]
    for path in STACK_FILES
}
ROLE, CERTIFICATE = "arn:aws:iam::123456789012:role/", "arn:aws:acm:us-east-1:123456789012:certificate/"


def judged(stack: str, *edits: tuple[str, Any]) -> Iterable[Finding]:
    """Return what is found in a stack file after keys were set, each by its dotted path."""
    raw = yaml.safe_load(yaml.safe_dump(STACKS[stack]))
    for path, value in edits:
        *above, last = path.split(".")
        block = raw
        for part in above:
            block = block.setdefault(part, {})
        block[last] = value
    try:
        return stacks.load(raw, SURROUNDINGS).findings
    except stacks.Refused as refused:
        return refused.findings


WRONG: list[tuple[str, str, Any, str]] = [
    *(("eks-nim", "network.vpc", text, "networks.form") for text in ("10.0.0.1/16", "999.0.0.0/16")),
    *(
        ("eks-nim", "network.vpc", text, "networks.public")
        for text in ("8.8.0.0/16", "127.0.0.0/16", "169.254.0.0/16", "198.18.0.0/16", "240.0.0.0/16", "203.0.112.0/20")
    ),
    *(("eks-nim", "network.vpc", text, "networks.size") for text in ("10.0.0.0/8", "10.0.0.0/24")),
    *(
        ("eks-nim", "cluster.publicAccess.us", text, "networks.nobody")
        for text in ("10.0.0.0/8", "192.168.1.0/24", "127.0.0.1/32", "0.0.0.0/8", "224.0.0.0/8")
    ),
    *(("gke-tpu", f"network.{key}", "127.0.0.0/16", "networks.public") for key in ("nodes", "pods", "services")),
    ("eks-nim", "network.zones", ["us-east-1a", "us-east-1a"], "placement.zone-twice"),
    ("eks-nim", "network.zones", ["us-east-1a", "us-west-2a"], "placement.zone-elsewhere"),
    ("eks-nim", "network.zones", ["us-east-1a", "us-east-1g"], "placement.zone"),
    ("eks-nim", "network.zones", ["eu-central-1a", "eu-central-1d"], "placement.zone"),
    ("eks-nim", "network.zones", ["mars-east-1a", "mars-east-1b"], "placement.region"),
    ("eks-nim", "network.zones", ["cn-north-1a", "cn-north-1b"], "placement.region"),
    ("eks-nim", "cluster.pools.l40s.zones", ["us-east-1a", "us-east-1a"], "placement.zone-twice"),
    ("gke-tpu", "cluster.pools.v6e.zones", ["us-east5-a", "us-east5-a"], "placement.zone-twice"),
    ("eks-nim", "cluster.administrators.us", "arn:aws-cn:iam::123456789012:role/x", "names.partition"),
    ("eks-nim", "cluster.administrators.us", f"{ROLE}aws-service-role/eks.amazonaws.com/x", "names.arn"),
    ("eks-nim", "cluster.administrators.us", f"{ROLE}{'x' * 65}", "names.arn"),
    ("eks-nim", "cluster.administrators.us", f"{ROLE} x", "names.arn"),
    ("gke-tpu", "cluster.minVersion", "1.20", "cluster.version"),
    ("gke-tpu", "cluster.minVersion", "2.0", "cluster.version"),
    *(
        ("gke-gpu", "cluster.systemPool.machineType", name, code)
        for name, code in {
            "t2a-standard-4": "placement.architecture",
            "c4a-standard-4": "placement.architecture",
            "e2-micro": "placement.system-size",
            "ct6e-standard-8t": "placement.system-chips",
            "a3-highgpu-8g": "placement.system-chips",
            "e2-standard-3": "names.machine",
            "m7i.xlarge": "names.machine",
        }.items()
    ),
    *(
        ("eks-nim", "cluster.systemPool.instanceType", name, code)
        for name, code in {
            "m7g.xlarge": "placement.architecture",
            "t3.micro": "placement.system-size",
            "g5.xlarge": "placement.system-chips",
            "m7i.banana": "names.machine",
            "m7i.1000xlarge": "names.machine",
            "e2-standard-4": "names.machine",
        }.items()
    ),
    *(
        ("existing", "cluster.pools.l40s.taints", [taint], "names.label")
        for taint in ({"key": "Bad Key!"}, {"key": "a/b/c"}, {"key": "ok", "value": "v" * 64})
    ),
    *(
        ("existing", "cluster.pools.l40s.resource", name, "names.resource")
        for name in ("cpu", "google.com/tpu", "amd.com/gpu", "a/b/c")
    ),
    *(
        ("existing", "cluster.pools.l40s.resource", name, "values.gpu-sharing")
        for name in ("nvidia.com/gpu.shared", "nvidia.com/mig-1g.5gb")
    ),
    *(
        ("existing", "cluster.pools.l40s.nodeSelector", {key: value}, "placement.selector")
        for key, value in {
            "kubernetes.io/os": "windows",
            "kubernetes.io/arch": "arm64",
            "node.kubernetes.io/instance-type": "g5.xlarge",
            "beta.kubernetes.io/instance-type": "g5.xlarge",
            "nvidia.com/gpu.product": "NVIDIA-A10G",
            "nvidia.com/gpu.count": "8",
        }.items()
    ),
    (
        "existing-tpu",
        "cluster.pools.v6e.nodeSelector",
        {"cloud.google.com/gke-tpu-topology": "2x4"},
        "placement.selector",
    ),
    ("existing", "cluster.access.context", "", "settings.length"),
    ("eks-h200", "servers.llama.route.speculation.maxDraftLen", 1000, "settings.bound"),
    *(("existing", "ngc.pullSecret", name, "settings.form") for name in ("Ours", "our secret", "a_b")),
    *(("eks-h200", "huggingFace.key", key, "settings.form") for key in ("a b", "a/b")),
    *(("eks-nim", "namespace", name, "names.namespace") for name in ("kube-system", "default", "monitoring", "keda")),
]


@pytest.mark.parametrize(("stack", "path", "value", "code"), WRONG, ids=lambda each: str(each)[:40])
def test_what_its_owner_would_refuse_is_refused(stack: str, path: str, value: Any, code: str) -> None:
    found = errors(judged(stack, (path, value)))
    assert code in {finding.code for finding in found}
    assert all(finding.path.startswith(path) for finding in found if finding.code == code)


RIGHT: list[tuple[str, str, Any]] = [
    *(
        ("eks-nim", "network.vpc", text)
        for text in ("172.16.0.0/16", "192.168.0.0/16", "100.64.0.0/16", "10.8.16.0/20")
    ),
    ("gke-tpu", "network.pods", "100.64.0.0/14"),
    ("gke-tpu", "cluster.access.authorizedNetworks", {"inside": "10.0.0.0/8", "outside": "8.8.8.0/24"}),
    ("eks-nim", "cluster.publicAccess", {"everywhere": "0.0.0.0/0"}),
    ("eks-nim", "network.zones", ["us-west-2a", "us-west-2d"]),
    ("eks-nim", "network.zones", ["ap-northeast-1a", "ap-northeast-1d"]),
    ("eks-nim", "cluster.administrators.us", f"{ROLE}team/platform"),
    ("eks-nim", "cluster.systemPool.instanceType", "c7a.2xlarge"),
    ("gke-tpu", "cluster.systemPool.machineType", "n4-standard-4"),
    ("gke-tpu", "cluster.systemPool.machineType", "e2-custom-4-8192"),
    ("existing", "ngc.pullSecret", "9.ngc-pull.ours"),
    ("existing", "namespace", "2027-serving"),
    ("existing", "cluster.pools.l40s.resource", "nvidia.com/l40s"),
    ("existing", "cluster.pools.l40s.nodeSelector", {"node.kubernetes.io/instance-type": "g6e.2xlarge"}),
    ("existing", "cluster.pools.l40s.nodeSelector", {"nvidia.com/gpu.product": "NVIDIA-L40S"}),
    ("existing", "cluster.pools.l40s.taints", [{"key": "our.org/pool", "value": "l40s", "effect": "NoExecute"}]),
]


@pytest.mark.parametrize(("stack", "path", "value"), RIGHT, ids=lambda each: str(each)[:40])
def test_what_its_owner_takes_is_taken(stack: str, path: str, value: Any) -> None:
    before = {(finding.code, finding.path) for finding in judged(stack)}
    found = [finding for finding in judged(stack, (path, value)) if not finding.code.startswith("cost.")]
    assert not [finding for finding in found if (finding.code, finding.path) not in before]


def test_a_network_has_addresses_for_all_of_its_nodes() -> None:
    edits = ("network.vpc", "10.0.0.0/20"), ("cluster.pools.l40s.maxNodes", 200)
    [found] = [finding for finding in judged("eks-nim", *edits) if finding.code == "networks.nodes"]
    assert found.path == "network.vpc"
    assert "addresses for 50 nodes in 2 zones" in found.message
    assert "there may be 204" in found.message


def test_a_public_server_is_for_public_addresses() -> None:
    exposure = {
        "type": "public-alb",
        "certificateArn": f"{CERTIFICATE}a",
        "sourceRanges": ["10.0.0.0/8", "1.2.3.4", "8.8.8.0/24"],
    }
    found = {finding.path: finding for finding in judged("eks-h200", ("servers.llama.exposure", exposure))}
    assert found["servers.llama.exposure.sourceRanges.0"].code == "networks.nobody"
    assert found["servers.llama.exposure.sourceRanges.1"].remedy == "write 1.2.3.4/32"
    assert "servers.llama.exposure.sourceRanges.2" not in found


def test_a_certificate_is_one_of_the_stacks_partition_and_region() -> None:
    for arn, code in {
        CERTIFICATE.replace("us-east-1", "eu-west-1") + "a": "names.certificate-region",
        CERTIFICATE.replace("aws:acm", "aws-cn:acm") + "a": "names.partition",
        CERTIFICATE + "no certificate": "names.arn",
    }.items():
        found = judged("eks-h200", ("servers.llama.exposure", {"type": "internal-alb", "certificateArn": arn}))
        assert [each.code for each in found if each.path == "servers.llama.exposure.certificateArn"] == [code]


@pytest.mark.parametrize("path", ["network.nodes", "network.pods"])
def test_a_range_to_write_has_room_and_is_free(path: str) -> None:
    many = ("cluster.pools.v6e.maxNodes", 4500)
    [small] = [finding for finding in judged("gke-tpu", many) if finding.path == path]
    found = judged("gke-tpu", many, (path, small.remedy.removeprefix("write ").partition(",")[0]))
    assert path not in {finding.path for finding in errors(found)}


@pytest.mark.parametrize(("written", "remedy"), [("10.0.0.0/30", "10.0.0.0/29"), ("10.0.0.0/7", "10.0.0.0/8")])
def test_a_range_of_another_size_is_answered_with_the_nearest(written: str, remedy: str) -> None:
    [found] = [each for each in judged("gke-tpu", ("network.nodes", written)) if each.code == "networks.size"]
    assert found.remedy == f"write {remedy}"


@pytest.mark.parametrize(
    ("stack", "path"),
    [("gke-tpu", "cluster.access.authorizedNetworks"), ("eks-nim", "cluster.publicAccess")],
)
def test_a_range_that_is_let_in_twice_is_said_once(stack: str, path: str) -> None:
    found = judged(stack, (path, {"office": "198.18.7.0/24", "home": "198.18.7.0/24"}))
    [twice] = [finding for finding in found if finding.code == "networks.twice"]
    assert (twice.path, twice.severity) == (f"{path}.home", "warning")
