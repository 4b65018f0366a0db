"""What TensorRT-LLM's two ways into Triton decide. Neither runs here: the facts are their documentation's."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from slipway.triton_repository import (
    External,
    LlmApiArgs,
    Model,
    Repository,
    TensorRtLlmParameters,
    TritonConfig,
    is_decoupled,
    llmapi_model,
    parse,
    repository_findings,
)
from slipway.triton_repository.schema.policies import ModelTransactionPolicy
from tests.triton_repository.repositories import A10G, FOUR_GPUS, found, group

SHAPES = Path(__file__).parent / "shapes"


def tensorrtllm(name: str = "engine", /, **given: str) -> Model:
    config = parse((SHAPES / "tensorrtllm_inflight.pbtxt").read_text("utf-8"))
    parameters = {"gpt_model_type": "inflight_fused_batching", "gpt_model_path": "/e"} | given
    return Model(config=config.model_copy(update={"name": name, "parameters": parameters}), versions={1: {}})


class TestTensorRtLlm:
    def test_parameters_are_strings_that_read_back_typed(self) -> None:
        typed = TensorRtLlmParameters(
            gpt_model_path="/engines/llama", kv_cache_free_gpu_mem_fraction=0.85, enable_chunked_context=True
        )
        written = typed.parameters()
        assert written == {
            "gpt_model_type": "inflight_fused_batching",
            "gpt_model_path": "/engines/llama",
            "kv_cache_free_gpu_mem_fraction": "0.85",
            "enable_chunked_context": "true",
        }
        assert TensorRtLlmParameters.model_validate(written) == typed
        assert found(tensorrtllm(**written)) == []

    @pytest.mark.parametrize(
        ("parameters", "path", "message"),
        [
            ({"gpt_model_path": "${engine_dir}"}, "gpt_model_path", "a blank of the template that was not filled in"),
            ({"gpt_model_path": ""}, "gpt_model_path", "does not load the model without it"),
            ({"gpt_model_type": "${batching_strategy}"}, "gpt_model_type", "was not filled in, and the backend does"),
            ({"kv_cache_free_gpu_mem_fraction": "9"}, "kv_cache_free_gpu_mem_fraction", "'9'"),
            ({"gpt_model_type": "V2"}, "gpt_model_type", "'V2' is not a choice"),
            ({"gpu_device_ids": "0,3"}, "gpu_device_ids", "GPU 3 of a pod that has 1"),
            ({"gpu_device_ids": "0;;1"}, "gpu_device_ids", "commas, and semicolons between groups"),
            ({"max_attention_window_size": "4096;256"}, "max_attention_window_size", "commas between them"),
            ({"enable_chunked_context": "yes"}, "enable_chunked_context", "takes true, false, 1 and 0"),
            ({"max_beam_widht": "2"}, "max_beam_widht", "has no such parameter"),
        ],
    )
    def test_its_parameters_are_typed(self, parameters: dict[str, str], path: str, message: str) -> None:
        ((where, what),) = found(tensorrtllm(**parameters))
        assert where == f"engine.parameters.{path}"
        assert message in what

    @pytest.mark.parametrize("blank", ["", " ", "${blank}"])
    def test_a_parameter_that_is_left_blank_has_its_default(self, blank: str) -> None:
        required = {"gpt_model_type", "gpt_model_path"}
        optional = TensorRtLlmParameters.model_fields.keys() - required
        assert found(tensorrtllm(**dict.fromkeys([*optional, "tokenizer_dir", "lookahead_window_size"], blank))) == []

    @pytest.mark.parametrize("missing", ["gpt_model_type", "gpt_model_path"])
    def test_two_parameters_have_no_default(self, missing: str) -> None:
        made = tensorrtllm()
        left = {name: value for name, value in made.config.parameters.items() if name != missing}
        config = made.config.model_copy(update={"parameters": left})
        message = "missing, and the backend does not load the model without it"
        assert found(made.model_copy(update={"config": config})) == [(f"engine.parameters.{missing}", message)]

    def test_an_encoder_needs_no_other_engine(self) -> None:
        assert found(tensorrtllm(encoder_model_path="/encoder", gpt_model_path="${engine_dir}")) == []

    @pytest.mark.parametrize(
        "parameters",
        [
            {"max_attention_window_size": "4096,256"},
            {"max_attention_window_size": "4096, 256"},
            {"max_attention_window_size": "4096"},
            {"gpt_model_type": "v1"},
            {"gpt_model_type": "V1"},
            {"gpt_model_type": "inflight_batching"},
            {"gpu_device_ids": "0, 1"},
            {"gpu_device_ids": "0,1;2,3"},
            {"gpu_device_ids": " 0 , 1 ; 2 , 3 ;"},
            {"participant_ids": "1, 2; 3, 4"},
            {"enable_kv_cache_reuse": "True", "enable_chunked_context": "1", "normalize_log_probs": "FALSE"},
            {"kv_cache_free_gpu_mem_fraction": " 0.85"},
        ],
    )
    def test_what_the_backend_reads_passes(self, parameters: dict[str, str]) -> None:
        assert found(tensorrtllm(**parameters), pod=FOUR_GPUS) == []

    def test_engines_on_one_gpu_share_what_is_free(self) -> None:
        def engine(name: str, share: str) -> Model:
            return tensorrtllm(name, kv_cache_free_gpu_mem_fraction=share)

        shared = Repository(models=(engine("target", "0.35"), engine("draft", "0.35")))
        assert repository_findings(shared, A10G) == []
        greedy = Repository(models=(engine("target", "0.9"), engine("draft", "0.9")))
        (finding,) = repository_findings(greedy, A10G)
        assert finding.severity == "warning"
        assert finding.path == "repository.draft.parameters.kv_cache_free_gpu_mem_fraction"
        assert "GPU 0: target 0.9 + draft 0.9" in finding.message


CODE = {"model.py": External(source="/opt/llmapi/model.py"), "helpers.py": External(source="/opt/llmapi/helpers.py")}
LLMAPI = parse((SHAPES / "llmapi_engine.pbtxt").read_text("utf-8"))


def llmapi(pod_gpus: int = 1, **fields: Any) -> Model:
    args = LlmApiArgs(model="m", tensor_parallel_size=pod_gpus, triton_config=TritonConfig(decoupled=True))
    return llmapi_model(LLMAPI.model_copy(update=fields), args, {**CODE})


class TestLlmApi:
    def test_its_policy_comes_from_model_yaml(self) -> None:
        made = llmapi()
        assert yaml.safe_load(str(made.versions[1]["model.yaml"])) == {
            "model": "m",
            "tensor_parallel_size": 1,
            "triton_config": {"max_batch_size": 0, "decoupled": True},
        }
        assert found(made) == []
        assert is_decoupled(Repository(models=(made,)), made)

    def test_what_config_pbtxt_states_in_its_place_is_refused(self) -> None:
        made = llmapi(max_batch_size=8, model_transaction_policy=ModelTransactionPolicy(decoupled=False))
        assert [path for path, _ in found(made)] == [
            "llmapi_engine.max_batch_size",
            "llmapi_engine.model_transaction_policy",
        ]

    def test_engines_need_their_gpus(self) -> None:
        ((path, message),) = found(llmapi(2))
        assert path == "llmapi_engine.versions.1.model.yaml.tensor_parallel_size"
        assert message == "1 engines of 2 GPUs need 2, and the pod has 1"
        two = {"instance_group": (group(count=2),)}
        ((path, message),) = found(llmapi(2, **two), pod=FOUR_GPUS)
        assert path == "llmapi_engine.parameters.gpu_device_ids"
        assert found(llmapi(2, **two, parameters={"gpu_device_ids": "0,1;2,3"}), pod=FOUR_GPUS) == []

    @pytest.mark.parametrize(
        ("text", "path", "message"),
        [
            ("model: [", "model.yaml:1:9", "not YAML"),
            ("model: m", "model.yaml.triton_config", "is missing"),
            (
                "model: m\ntriton_config: {decoupled: 'no'}",
                "model.yaml.triton_config.decoupled",
                "neither true nor false",
            ),
            (
                "model: m\ntriton_config: {decoupled: false, max_batch_size: 4}",
                "model.yaml.triton_config.max_batch_size",
                "4 is not a choice",
            ),
        ],
    )
    def test_its_arguments_are_typed(self, text: str, path: str, message: str) -> None:
        made = Model(config=LLMAPI, versions={1: {**CODE, "model.yaml": text}})
        ((where, what),) = found(made)
        assert where == f"llmapi_engine.versions.1.{path}"
        assert message in what
