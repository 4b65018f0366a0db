"""The arguments of `vllm serve` and the variables that vLLM reads, on GPUs and TPUs alike.

Source: vLLM 0.27.0 as PyPI has it. Flags, short forms, choices and types are those of the parser that
`vllm/entrypoints/openai/cli_args.py` makes, run; variables those of `vllm/envs.py` and of `tpu_inference/envs.py` in
tpu-inference 0.27.0. What each changes was read in their source. `vllm/utils/argparse_utils.py` says how words are
read: underscores stand for dashes, `--flag.key value` is a part of a JSON value, `-O3` is `--optimization-level 3`,
`--config` names a file of further arguments, and argparse completes the beginning of a name where it is the only one.
Names of parsers and attention backends are those of `vllm/tool_parsers`, `vllm/reasoning` and
`vllm/v1/attention/backends/registry.py`; what a flag needs beside it is in `validate_parsed_serve_args` of cli_args.py.
Flags that are gone were seen to be refused by vLLM 0.32; variables that are gone are missing in `envs.py`, and read
over.
"""

from functools import cache
from pathlib import Path

from slipway.catalog.engines import flags
from slipway.catalog.engines.flags import Flags
from slipway.catalog.versions import VLLM_GPU

FOLDER = Path(__file__).parent
ENGINE = f"vLLM {VLLM_GPU.removeprefix('v')}"


@cache
def arguments() -> Flags:
    """Return the arguments of `vllm serve`."""
    return Flags(
        engine=ENGINE,
        spelling="flexible",
        known=flags.rows(FOLDER / "flags.csv"),
        needs={"--enable-auto-tool-choice": "--tool-call-parser", "--enable-log-outputs": "--enable-log-requests"},
        opened={
            "--tool-call-parser": "--tool-parser-plugin",
            "--reasoning-parser": "--reasoning-parser-plugin",
        },
        folders=("/vllm-workspace/", "/workspace/"),
    )


@cache
def variables() -> Flags:
    """Return the variables that vLLM reads."""
    return flags.variables(ENGINE, FOLDER, "VLLM_")
