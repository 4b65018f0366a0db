"""The upstream projects whose binaries a rehearsal runs, each pinned by the go.mod of its folder below `binaries/`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

BINARIES = Path(__file__).parent / "binaries"

# No debugger reads these binaries, and leaving DWARF out makes compiling and linking a fifth faster.
COMPILER = "-dwarf=false"
# Without optimisation it takes half as long again off, for what works a few seconds only.
UNOPTIMISED = "-N -l -dwarf=false"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """One upstream project.

    Attributes:
        name: its folder below `binaries/`.
        module: the Go module whose pinned version is the upstream's version.
        packages: the main package of each binary, by the binary's name.
        tags: Go build tags.
        version_variable: the package variable that must hold the version; empty where the upstream needs none.
        files: a folder of the module that a rehearsal needs beside the binaries; empty where there is none.
        apart: whether it is built with the versions of its own go.mod, outside the workspace.
        compiler: flags of the compiler.
    """

    name: str
    module: str
    packages: Mapping[str, str]
    tags: tuple[str, ...] = ()
    version_variable: str = ""
    files: str = ""
    apart: bool = False
    compiler: str = COMPILER

    @property
    def version(self) -> str:
        """The pinned version of its module, such as `v1.36.4`."""
        go_mod = BINARIES / self.name / "go.mod"
        pinned = re.search(rf"^(?:require)?\s+{re.escape(self.module)} (v\S+)", go_mod.read_text(), re.MULTILINE)
        assert pinned, f"{go_mod} does not require {self.module}"
        return pinned[1]


ETCD = Upstream(name="etcd", module="go.etcd.io/etcd/server/v3", packages={"etcd": "go.etcd.io/etcd/server/v3"})
KUBERNETES = Upstream(
    name="kubernetes",
    module="k8s.io/kubernetes",
    packages={
        name: f"k8s.io/kubernetes/cmd/{name}"
        for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
    },
    # Clients cannot parse the version of an API server that was built without one.
    version_variable="k8s.io/component-base/version.gitVersion",
)
KWOK = Upstream(name="kwok", module="sigs.k8s.io/kwok", packages={"kwok": "sigs.k8s.io/kwok/cmd/kwok"})
PROMETHEUS = Upstream(
    name="prometheus",
    module="github.com/prometheus/prometheus",
    packages={name: f"github.com/prometheus/prometheus/cmd/{name}" for name in ("prometheus", "promtool")},
    tags=("remove_all_sd", "enable_kubernetes_sd"),
)
PROMETHEUS_OPERATOR = Upstream(
    name="prometheus-operator",
    module="github.com/prometheus-operator/prometheus-operator",
    packages={"prometheus-operator": "github.com/prometheus-operator/prometheus-operator/cmd/operator"},
    files="example/prometheus-operator-crd",
)
PROMETHEUS_ADAPTER = Upstream(
    name="prometheus-adapter",
    module="sigs.k8s.io/prometheus-adapter",
    packages={"prometheus-adapter": "sigs.k8s.io/prometheus-adapter/cmd/adapter"},
    apart=True,
)
# The last version whose module has the files of its user interface: without them it does not compile.
ALERTMANAGER = Upstream(
    name="alertmanager",
    module="github.com/prometheus/alertmanager",
    packages={"alertmanager": "github.com/prometheus/alertmanager/cmd/alertmanager"},
    apart=True,
    compiler=UNOPTIMISED,
)
PULUMI = Upstream(
    name="pulumi",
    module="github.com/pulumi/pulumi/pkg/v3",
    packages={"pulumi": "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"},
    # The Automation API asks the CLI for its version.
    version_variable="github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
    apart=True,
    compiler=UNOPTIMISED,
)
# It has a main package of ours, because its own embeds files that its module leaves out.
PULUMI_KUBERNETES = Upstream(
    name="pulumi-kubernetes",
    module="github.com/pulumi/pulumi-kubernetes/provider/v4",
    packages={"kubernetes-provider": "slipway/rehearsal/pulumi-kubernetes"},
    version_variable="github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version",
    files="cmd/pulumi-resource-kubernetes",
    apart=True,
    compiler=UNOPTIMISED,
)
# The host of programs in YAML, for tests of the plugin: no rehearsal runs it.
PULUMI_YAML = Upstream(
    name="pulumi-yaml",
    module="github.com/pulumi/pulumi-yaml",
    packages={"pulumi-language-yaml": "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"},
    apart=True,
    compiler=UNOPTIMISED,
)
ENGINE = (PULUMI, PULUMI_KUBERNETES)
CONTROL_PLANE = (ETCD, KUBERNETES, KWOK)
ALL = (*CONTROL_PLANE, PROMETHEUS_OPERATOR, PROMETHEUS, PROMETHEUS_ADAPTER, ALERTMANAGER, *ENGINE)
