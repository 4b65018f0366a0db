"""A repository as files: written, read back, and carried by a ConfigMap to a real server."""

import base64
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slipway.triton_repository import (
    ConfigMapFiles,
    External,
    Model,
    ModelConfig,
    Repository,
    RepositoryError,
    config_map_files,
    config_map_findings,
    layout,
    read,
    write,
)
from slipway.triton_repository.layout import SMALL_BYTES
from tests.triton_repository.random_repositories import repositories
from tests.triton_repository.repositories import code, ensemble, model, repository, step
from tests.triton_repository.server_process import start

MIXED = repository(
    model("part", files={"labels.txt": "gato\nção\n", "warmup/x.bin": bytes([0, 255])}),
    ensemble("whole", step("part", {"x": "x"}, {"y": "y"})),
)


def place_as_kubelet_does(files: ConfigMapFiles, model: str, directory: Path) -> None:
    """Make the volume of one model: data in a dated directory, reached by way of `..data`."""
    dated = directory / "..2026_11_20_21_53_00.123456789"
    for key, path in files.items[model].items():
        target = dated / path
        target.parent.mkdir(parents=True, exist_ok=True)
        content = files.data[key].encode() if key in files.data else base64.b64decode(files.binary_data[key])
        target.write_bytes(content)
    (directory / "..data").symlink_to(dated.name)
    for entry in dated.iterdir():
        (directory / entry.name).symlink_to(Path("..data") / entry.name)


def contents(directory: Path) -> dict[str, bytes]:
    found = [Path(folder) / name for folder, _, names in os.walk(directory, followlinks=True) for name in names]
    return {str(path.relative_to(directory)): path.read_bytes() for path in found}


@given(repositories("p"))
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_a_repository_reads_back_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, made: Repository) -> None:
    directory = tmp_path_factory.mktemp("repository")
    write(made, directory)
    assert {model.name: model for model in read(directory).models} == {model.name: model for model in made.models}


def test_text_and_binary_files_and_empty_version_directories_are_kept(tmp_path: Path) -> None:
    write(MIXED, tmp_path)
    assert (tmp_path / "part/labels.txt").read_text("utf-8") == "gato\nção\n"
    assert (tmp_path / "whole/1").is_dir()
    assert read(tmp_path) == MIXED


def test_what_is_elsewhere_becomes_a_link_and_a_large_file_is_left_where_it_is(tmp_path: Path) -> None:
    weights = tmp_path / "weights.onnx"
    weights.write_bytes(bytes(SMALL_BYTES + 1))
    config = ModelConfig(name="onnx", backend="onnxruntime")
    made = repository(Model(config=config, versions={1: {"model.onnx": External(source=str(weights))}}))
    write(made, tmp_path / "repository")
    assert (tmp_path / "repository/onnx/1/model.onnx").resolve() == weights
    assert read(tmp_path / "repository") == made
    assert layout(made).links == {"onnx/1/model.onnx": str(weights)}


def test_reading_reports_every_model_that_is_wrong(tmp_path: Path) -> None:
    for name, text in (("a", 'name: "b"'), ("c", "input {"), ("d", None)):
        (tmp_path / name).mkdir()
        if text is not None:
            (tmp_path / name / "config.pbtxt").write_text(text)
    with pytest.raises(RepositoryError) as caught:
        read(tmp_path)
    assert [finding.path for finding in caught.value.findings] == [
        "a/config.pbtxt",
        "c/config.pbtxt:1:7",
        "d/config.pbtxt",
    ]
    assert "name is 'b', but the directory is 'a'" in caught.value.findings[0].message


def test_a_path_cannot_leave_its_directory() -> None:
    for path in ("../x", "/etc/x", "a/../../x", ""):
        with pytest.raises(ValueError, match="no path inside the directory"):
            Model(config=ModelConfig(name="m"), versions={}, files={path: ""})


@pytest.mark.parametrize("changed", ["files", "config", "link", "path"])
def test_the_digest_changes_with_whatever_pods_would_see(changed: str) -> None:
    def made(*, link: str = "/weights/a", content: str = "a", name: str = "x.txt", size: int = 1) -> str:
        files = {name: content, "model.onnx": External(source=link)}
        config = ModelConfig(name="m", max_batch_size=size)
        return config_map_files(repository(Model(config=config, versions={1: files}))).digest

    others = {
        "files": made(content="b"),
        "config": made(size=2),
        "link": made(link="/weights/b"),
        "path": made(name="y.txt"),
    }
    assert made() == made() != others[changed]


names = st.text("ab_.-/", min_size=1, max_size=8).filter(lambda name: not {"", ".", ".."} & {*name.split("/")})


@given(st.lists(names, min_size=1, max_size=6, unique=True))
def test_every_file_has_a_key_of_its_own(paths: list[str]) -> None:
    made = repository(Model(config=ModelConfig(name="m"), versions={}, files=dict.fromkeys(paths, "text")))
    assert len(config_map_files(made).data) == len({*paths, "config.pbtxt"})


def test_more_than_a_config_map_holds_is_refused_with_the_largest_file() -> None:
    made = repository(model("big", files={"vocabulary.json": "x" * 1_100_000, "small.txt": "x"}))
    (finding,) = config_map_findings(made, "server.repository")
    assert finding.path == "server.repository"
    assert "the largest is big/vocabulary.json" in finding.message
    assert "and a ConfigMap holds 1048576" in finding.message
    assert config_map_findings(MIXED, "server.repository") == []


def test_a_file_that_no_key_can_name_is_refused() -> None:
    made = repository(model("m", files={"two words.txt": ""}))
    (finding,) = config_map_findings(made, "server.repository")
    assert "m/two words.txt" in finding.message


def test_a_server_loads_models_that_the_kubelet_mounts_one_by_one(backends: Path, tmp_path: Path) -> None:
    files = config_map_files(MIXED)
    directory = tmp_path / "models"
    for name in files.items:
        (directory / name).mkdir(parents=True)
        place_as_kubelet_does(files, name, directory / name)
    with start(backends, tmp_path, "--model-control-mode=none", repository=directory) as (server, process):
        assert process.poll() is None, server.log
        assert server.get("/v2/health/ready").ok
        tensor = {"name": "x", "datatype": "FP32", "shape": [1, 2], "data": [1.0, 2.0]}
        assert server.post("/v2/models/whole/infer", {"inputs": [tensor]}).ok


def test_a_volume_over_the_whole_repository_would_make_models_of_the_kubelets_own_directories(
    backends: Path, tmp_path: Path
) -> None:
    directory = tmp_path / "models"
    write(MIXED, directory / "..data")
    for name in ("part", "whole"):
        (directory / name).symlink_to(Path("..data") / name)
    with start(backends, tmp_path, "--model-control-mode=none", repository=directory) as (server, process):
        assert process.wait(10) != 0
        assert "failed to load model '..data'" in server.log


def test_the_parts_of_a_config_map_are_the_files_of_the_directory(tmp_path: Path) -> None:
    files = config_map_files(MIXED)
    for name in files.items:
        (tmp_path / "mounted" / name).mkdir(parents=True)
        place_as_kubelet_does(files, name, tmp_path / "mounted" / name)
    mounted = {path: data for path, data in contents(tmp_path / "mounted").items() if ".." not in path}
    write(MIXED, tmp_path / "written")
    assert mounted.keys() - contents(tmp_path / "written").keys() == {"whole/1/.directory"}
    assert contents(tmp_path / "written").items() <= mounted.items()
    assert mounted["part/1/model.py"].decode() == code("zeros")
