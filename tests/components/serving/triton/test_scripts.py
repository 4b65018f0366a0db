"""The scripts that pods run, with the container's own packages replaced by recordings of what is asked of them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from slipway.serving.triton import server
from slipway.triton_repository import parse

SCRIPTS = server.SCRIPTS
MODEL = "meta-llama/Llama-2-7b-chat-hf"
ENGINE = [
    f"--model={MODEL}",
    "--dtype=float16",
    "--tensor-parallel=2",
    "--pipeline-parallel=1",
    "--max-batch-size=8",
    "--max-num-tokens=4096",
    "--max-seq-len=1024",
]
DIRECTORY = f"engines/{MODEL}/tensorrt_llm-1.2.1/sm86/tp2-pp1/float16-batch8-tokens4096-length1024"

PACKAGES = {
    "huggingface_hub.py": """
import json, os, pathlib
def snapshot_download(model, local_dir, allow_patterns, ignore_patterns):
    with open(os.environ["LOG"], "a") as log:
        print(json.dumps({"download": model, "files": allow_patterns}), file=log)
    (pathlib.Path(local_dir) / "config.json").write_text("{}")
""",
    "torch.py": """
class cuda:
    @staticmethod
    def set_device(rank): pass
""",
    "tensorrt_llm/__init__.py": """
import json, os, pathlib, types
class Mapping:
    def __init__(self, **given): self.given = given
class AutoModelForCausalLM:
    @staticmethod
    def from_hugging_face(source, dtype, mapping, load_model_on_cpu):
        return {"source": source, "dtype": dtype, "cpu": load_model_on_cpu, **mapping.given}
class BuildConfig:
    def __init__(self, **given):
        self.given, self.plugin_config = given, types.SimpleNamespace(gemm_plugin=None)
class Engine:
    def __init__(self, model, config): self.model, self.config = model, config
    def save(self, folder):
        with open(os.environ["LOG"], "a") as log:
            print(json.dumps({"build": self.model, "limits": self.config.given}), file=log)
        (pathlib.Path(folder) / f"rank{self.model['rank']}.engine").touch()
def build(model, config):
    if os.environ.get("BROKEN") == str(model["rank"]):
        raise RuntimeError("out of memory")
    return Engine(model, config)
""",
    "tensorrt_llm-1.2.1.dist-info/METADATA": "Metadata-Version: 2.1\nName: tensorrt_llm\nVersion: 1.2.1\n",
}

TEMPLATES = {
    "tensorrt_llm_bls": 'name: "tensorrt_llm_bls"\nmax_batch_size: ${triton_max_batch_size}\n'
    "instance_group [{ count: ${bls_instance_count} kind: KIND_CPU }]\n"
    'parameters: { key: "multimodal_encoders_name" value: { string_value: "${multimodal_encoders_name}" } }\n',
    "tensorrt_llm": 'name: "tensorrt_llm"\nbackend: "${triton_backend}"\n'
    'parameters: { key: "gpt_model_path" value: { string_value: "${engine_dir}" } }\n'
    'parameters: { key: "tokenizer_dir" value: { string_value: "${tokenizer_dir}" } }\n',
}


class Container:
    """A folder that stands for the container's file system, in which scripts run."""

    def __init__(self, root: Path) -> None:
        self.root, self.weights, self.log = root, root / "weights", root / "log"
        for name, text in PACKAGES.items():
            self.write(f"packages/{name}", text)
        self.gpus("8.6", "8.6")

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def gpus(self, *capabilities: str) -> None:
        self.write("bin/nvidia-smi", f"#!/bin/sh\nprintf '%s\\n' {' '.join(capabilities)}\n")
        (self.root / "bin/nvidia-smi").chmod(0o755)

    def run(self, script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        paths = {
            "PYTHONPATH": str(self.root / "packages"),
            "PATH": f"{self.root / 'bin'}{os.pathsep}/usr/bin:/bin",
            "LOG": str(self.log),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command = [sys.executable, str(SCRIPTS / script), *arguments]
        return subprocess.run(command, env=paths | environment, capture_output=True, text=True, check=False)

    def build(self, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run("build_engine.py", f"--weights={self.weights}", *ENGINE, **environment)

    @property
    def asked(self) -> list[dict[str, object]]:
        """What was asked of the packages since the last look."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return [json.loads(line) for line in lines]


@pytest.fixture
def container(tmp_path: Path) -> Container:
    return Container(tmp_path)


def test_an_engine_lies_where_release_architecture_and_shards_say(container: Container) -> None:
    """Trap 49."""
    assert container.build().returncode == 0
    folder = container.weights / DIRECTORY
    assert {path.name for path in folder.iterdir()} == {"rank0.engine", "rank1.engine", ".finished"}


def test_an_engine_is_built_for_each_rank_with_the_limits_of_the_stack(container: Container) -> None:
    container.build()
    download, *builds = container.asked
    assert download["download"] == MODEL
    assert [build["build"] for build in builds] == [
        {
            "source": str(container.weights / "checkpoints" / MODEL),
            "dtype": "float16",
            "cpu": True,
            "world_size": 2,
            "rank": rank,
            "tp_size": 2,
            "pp_size": 1,
        }
        for rank in (0, 1)
    ]
    assert builds[0]["limits"] == {
        "max_batch_size": 8,
        "max_num_tokens": 4096,
        "max_seq_len": 1024,
        "max_input_len": 1023,
    }


def test_a_finished_engine_is_not_built_again(container: Container) -> None:
    container.build()
    assert container.asked
    again = container.build()
    assert (again.returncode, container.asked) == (0, [])
    assert "is finished" in again.stdout


def test_what_an_interrupted_build_left_is_no_engine(container: Container) -> None:
    failed = container.build(BROKEN="1")
    assert failed.returncode != 0
    assert "out of memory" in failed.stderr
    assert not (container.weights / DIRECTORY / ".finished").exists()
    assert [next(iter(each)) for each in container.asked] == ["download", "build"]
    assert container.build().returncode == 0
    assert [next(iter(each)) for each in container.asked] == ["build", "build"]


def test_another_gpu_has_an_engine_of_its_own(container: Container) -> None:
    container.build()
    container.gpus("9.0", "9.0")
    container.build()
    folder = container.weights / DIRECTORY
    assert (folder.parents[1].with_name("sm90") / folder.parent.name / folder.name / ".finished").exists()


def test_gpus_of_two_kinds_are_refused(container: Container) -> None:
    container.gpus("8.6", "9.0")
    refused = container.build()
    assert refused.returncode != 0
    assert "an engine needs GPUs of one kind" in refused.stderr


def fill(container: Container, *models: str, behind: str = "") -> subprocess.CompletedProcess[str]:
    for name, text in TEMPLATES.items():
        container.write(f"templates/{name}/config.pbtxt", text)
        container.write(f"templates/{name}/1/model.py", "")
    values = {"triton_max_batch_size": "8", "bls_instance_count": "8", "triton_backend": "tensorrtllm"}
    return container.run(
        "engine_repository.py",
        f"--weights={container.weights}",
        *ENGINE,
        f"--templates={container.root / 'templates'}",
        f"--repository={container.root / 'repository'}",
        f"--values={json.dumps(values)}",
        *(["--behind", behind] if behind else []),
        "--models",
        *models,
    )


def test_the_templates_of_the_image_are_filled_in(container: Container) -> None:
    assert fill(container, "tensorrt_llm_bls", "tensorrt_llm", behind="tensorrt_llm_bls").returncode == 0
    repository = container.root / "repository"
    bls = parse((repository / "tensorrt_llm_bls/config.pbtxt").read_text(), "bls")
    assert bls.max_batch_size == 8
    assert [group.count for group in bls.instance_group] == [8]
    assert bls.metric_tags == {}
    engine = parse((repository / "tensorrt_llm/config.pbtxt").read_text(), "engine")
    assert engine.parameters["gpt_model_path"] == str(container.weights / DIRECTORY)
    assert engine.parameters["tokenizer_dir"] == str(container.weights / "checkpoints" / MODEL)
    assert engine.metric_tags == {"behind": "tensorrt_llm_bls"}
    assert (repository / "tensorrt_llm/1/model.py").exists()


def test_a_blank_that_triton_could_not_read_is_named(container: Container) -> None:
    container.write("templates/whisper/config.pbtxt", "max_batch_size: ${new_blank}\n")
    refused = fill(container, "whisper")
    assert refused.returncode != 0
    assert "has blanks without a value: new_blank" in refused.stderr


def test_a_repository_is_put_together_from_volumes_and_links(container: Container) -> None:
    container.write("files/model/config.pbtxt", "x")
    container.write("files/model/..data/config.pbtxt", "x")
    container.write("files/pipeline/1/.directory", "")
    container.write("weights/llama.onnx", "weights")
    links = {"model/1/llama.onnx": str(container.root / "weights/llama.onnx")}

    def assemble() -> subprocess.CompletedProcess[str]:
        where = [f"--files={container.root / 'files'}", f"--repository={container.root / 'repository'}"]
        return container.run("repository.py", *where, f"--links={json.dumps(links)}")

    assert assemble().returncode == 0
    repository = container.root / "repository"
    assert (repository / "model/1/llama.onnx").read_text() == "weights"
    assert sorted(path.name for path in (repository / "model").iterdir()) == ["1", "config.pbtxt"]
    assert (repository / "pipeline/1").is_dir()
    assert assemble().returncode == 0, "a container that starts again finds what it made"
    links["model/1/other.onnx"] = "/nowhere/other.onnx"
    refused = assemble()
    assert refused.returncode != 0
    assert "neither the image nor a volume of the pod has /nowhere/other.onnx" in refused.stderr
