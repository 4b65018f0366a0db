"""The programs of examples/: short, recorded without an engine as stacks are, and judged."""

from pathlib import Path
from shutil import copytree

import pytest
import yaml

from offline import Recording, record
from slipway.refused import Refused

EXAMPLES = sorted(path.parent for path in (Path(__file__).parents[2] / "examples").glob("*/__main__.py"))
MOST_LINES = 40


@pytest.fixture(scope="module", params=EXAMPLES, ids=lambda folder: folder.name)
def example(request: pytest.FixtureRequest) -> Recording:
    return run(request.param)


def run(folder: Path) -> Recording:
    return record(folder / "Pulumi.dev.yaml", folder / "__main__.py")


def test_an_example_scales_what_it_is_about(example: Recording) -> None:
    scalers = example.of("kubernetes:autoscaling/v2:HorizontalPodAutoscaler")
    assert scalers
    for scaler in scalers:
        [metric] = scaler.inputs["spec"]["metrics"]
        assert metric["pods"]["target"]["averageValue"]


def test_an_example_names_its_providers(example: Recording) -> None:
    made = [each for each in example.resources if each.custom and not each.type.startswith("pulumi:providers:")]
    assert not [each.urn for each in made if each.provider is None]


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_an_example_is_short(folder: Path) -> None:
    assert len((folder / "__main__.py").read_text().splitlines()) <= MOST_LINES


def test_what_does_not_fit_is_refused_as_in_a_stack_file(tmp_path: Path) -> None:
    folder = Path(copytree(next(each for each in EXAMPLES if each.name == "gke-tpu-pool"), tmp_path / "own"))
    stack_file = folder / "Pulumi.dev.yaml"
    content = yaml.safe_load(stack_file.read_text())
    content["config"]["gke-tpu-pool:server"]["model"] = "meta-llama/Llama-3.1-70B-Instruct"
    stack_file.write_text(yaml.safe_dump(content))
    with pytest.raises(Refused) as refused:
        run(folder)
    assert "fit.memory" in {finding.code for finding in refused.value.findings}
