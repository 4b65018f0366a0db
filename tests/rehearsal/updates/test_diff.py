"""What a change does, by the catalog's word and then by the engine's own."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from offline import PROGRAM
from rehearsal import build
from rehearsal.updates.diff import NoBaseError, diff

GOOD = PROGRAM.parent / "stacks" / "Pulumi.gke-tpu.yaml"


def older(folder: Path, old: str, new: str) -> str:
    path = folder / "Pulumi.before.yaml"
    path.write_text(GOOD.read_text().replace(old, new))
    return str(path)


@pytest.fixture
def nothing_built(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(upstreams: Iterable[build.Upstream]) -> list[str]:
        return ["pulumi"]

    monkeypatch.setattr(build, "missing", missing)


@pytest.mark.usefixtures("nothing_built")
@pytest.mark.parametrize(
    ("was", "line", "allowed"),
    [
        (("maxNumSeqs: 128", "maxNumSeqs: 64"), "  rolling apps/v1 Deployment llama", True),
        (("type: on-demand", "type: spot"), "  REPLACED gcp.container.NodePool v6e", False),
    ],
)
def test_without_an_engine_the_catalog_alone_speaks(
    was: tuple[str, str], line: str, allowed: bool, tmp_path: Path
) -> None:
    said: list[str] = []
    assert diff("gke-tpu", older(tmp_path, *was), told=said.append) == allowed
    assert any(line in each for each in said)
    assert said[-1] == "the engine is not asked: pulumi would have to be built, as a first `make rehearse` does"


def test_a_base_that_is_refused_says_why(tmp_path: Path) -> None:
    with pytest.raises(NoBaseError, match="maxReplicas"):
        diff("gke-tpu", older(tmp_path, "maxReplicas: 2", "maxReplicas: 3"), told=print)


@pytest.mark.engine
def test_the_engine_plans_what_the_catalog_says(tmp_path: Path) -> None:
    said: list[str] = []
    assert diff("gke-tpu", older(tmp_path, "maxNumSeqs: 128", "maxNumSeqs: 64"), told=said.append)
    planned = said[said.index("") + 1 :]
    assert any("kubernetes:apps/v1:Deployment: (update)" in line for line in planned)
    assert any("--max-num-seqs=128" in line for line in planned)
    assert any("1 to update" in line for line in planned)
