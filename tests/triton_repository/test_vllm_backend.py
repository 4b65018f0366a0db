"""What the vLLM backend decides. It does not run here: the facts are its documentation's and vLLM's."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from slipway.triton_repository import (
    Model,
    ModelConfig,
    ModelDynamicBatching,
    ModelInput,
    ModelOutput,
    Repository,
    VllmEngineArgs,
    is_decoupled,
    repository_findings,
    vllm_model,
)
from slipway.triton_repository.llama2 import vllm_repository
from tests.triton_repository.repositories import A10G, FOUR_GPUS, ensemble, found, group, step

TEXT = ModelInput(name="text_input", data_type="TYPE_STRING", dims=(-1,))


def vllm(arguments: dict[str, Any] | str, **fields: Any) -> Model:
    config = ModelConfig.model_validate(
        {"name": "vllm", "backend": "vllm", "instance_group": (group("KIND_MODEL"),)} | fields
    )
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return Model(config=config, versions={1: {"model.json": text}})


class TestVllm:
    def test_its_repository_is_in_order_and_has_typed_arguments(self) -> None:
        args = VllmEngineArgs(model="meta-llama/Llama-2-7b-chat-hf", max_model_len=4096, gpu_memory_utilization=0.9)
        repository = vllm_repository(args)
        assert repository_findings(repository, A10G) == []
        (made,) = repository.models
        assert json.loads(str(made.versions[1]["model.json"])) == {
            "model": "meta-llama/Llama-2-7b-chat-hf",
            "max_model_len": 4096,
            "gpu_memory_utilization": 0.9,
        }
        assert is_decoupled(repository, made)

    def test_it_batches_by_itself(self) -> None:
        made = vllm({"model": "m"}, max_batch_size=8, dynamic_batching=ModelDynamicBatching())
        reason = "the vllm engine takes requests as they come and batches them itself"
        assert found(made) == [
            ("vllm.dynamic_batching", f"it is on, but {reason}"),
            ("vllm.max_batch_size", f"8, but {reason}"),
        ]

    @pytest.mark.parametrize(
        ("arguments", "path", "message"),
        [
            ('{"model": m}', "model.json:1:11", "not JSON"),
            ('["m"]', "model.json", "it holds no map of arguments"),
            ({}, "model.json.model", "is missing"),
            (
                {"model": "m", "tensor_parallel_size": "2"},
                "model.json.tensor_parallel_size",
                "'2' is no whole number",
            ),
            ({"model": "m", "gpu_memory_utilization": 1.5}, "model.json.gpu_memory_utilization", "1.5 is above 1.0"),
            ({"model": "m", "tensor_paralel_size": 1}, "model.json.tensor_paralel_size", "has no such argument"),
            (
                {"model": "m", "disable_log_stats": "true"},
                "model.json.disable_log_stats",
                "neither true nor false",
            ),
            ({"model": "m", "some_new_flag": "false"}, "model.json.some_new_flag", "takes any string for true"),
            ({"model": "m", "tensor_parallel_size": 2}, "model.json.tensor_parallel_size", "2 GPUs are needed"),
        ],
    )
    def test_its_arguments_are_typed(self, arguments: Any, path: str, message: str) -> None:
        ((where, what),) = found(vllm(arguments))
        assert where == f"vllm.versions.1.{path}"
        assert message in what

    def test_an_argument_of_the_wrong_type_comes_with_one_to_paste(self) -> None:
        repository = Repository(models=(vllm({"model": "m", "tensor_parallel_size": "2"}),))
        (finding,) = repository_findings(repository, A10G)
        assert finding.remedy.startswith("write tensor_parallel_size: 1; it says: GPUs over which")

    def test_arguments_that_are_not_known_here_are_passed_on(self) -> None:
        assert found(vllm({"model": "m", "some_new_argument": 3})) == []
        assert VllmEngineArgs(model="m", extra_args={"some_new_argument": 3}).arguments()["some_new_argument"] == 3
        with pytest.raises(ValidationError, match="some_new_argument"):
            VllmEngineArgs.model_validate({"model": "m", "some_new_argument": 3})

    def test_an_argument_of_older_engines_is_a_warning(self) -> None:
        (finding,) = repository_findings(Repository(models=(vllm({"model": "m", "swap_space": 4}),)), A10G)
        assert (finding.severity, finding.message) == ("warning", "vLLM 0.32 has no such argument")

    def test_an_engine_on_several_gpus_chooses_them_itself(self) -> None:
        arguments = {"model": "m", "tensor_parallel_size": 4}
        assert found(vllm(arguments), pod=FOUR_GPUS) == []
        ((_, message),) = [
            each
            for each in found(vllm(arguments, instance_group=(group("KIND_GPU"),)), pod=FOUR_GPUS)
            if "engine" in each[1]
        ]
        assert message == "an engine takes 4 GPUs, but KIND_GPU gives each instance one"

    def test_its_metrics_need_its_statistics(self) -> None:
        made = vllm_model("vllm", VllmEngineArgs(model="m", disable_log_stats=True))
        ((path, message),) = found(made)
        assert (path, message) == (
            "vllm.versions.1.model.json.disable_log_stats",
            "true, but REPORT_CUSTOM_METRICS asks for the statistics",
        )

    def test_an_ensemble_knows_the_tensors_that_it_fills_in(self) -> None:
        text = ModelOutput(name="y", data_type="TYPE_STRING", dims=(-1,))
        tensors = {"max_batch_size": 0, "input": (TEXT.model_copy(update={"name": "x"}),), "output": (text,)}
        right = ensemble("whole", step("vllm", {"text_input": "x"}, {"text_output": "y"}), **tensors)
        wrong = ensemble("whole", step("vllm", {"prompt": "x"}, {"text_output": "y"}), **tensors)
        assert found(vllm({"model": "m"}), right) == []
        assert "the key 'prompt' is no input of vllm" in found(vllm({"model": "m"}), wrong)[0][1]
