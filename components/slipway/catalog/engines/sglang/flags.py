"""The arguments of `sglang.launch_server` and the variables that SGLang reads.

Source: SGLang 0.5.23 as PyPI has it. Flags, aliases, choices and types are those of the parser that
`ServerArgs.add_cli_args` in `sglang/srt/server_args.py` makes, run; variables those of `sglang/srt/environ.py`, and
what else the package reads by such a name. What each changes was read in their source. Words are read by argparse,
which completes the beginning of a name where it is the only one; `--config` names a file of further arguments.
"""

from functools import cache
from pathlib import Path

from slipway.catalog.engines import flags
from slipway.catalog.engines.flags import Flags
from slipway.catalog.versions import SGLANG

FOLDER = Path(__file__).parent
ENGINE = f"SGLang {SGLANG.removeprefix('v')}"


@cache
def arguments() -> Flags:
    """Return the arguments of the server."""
    return Flags(engine=ENGINE, spelling="argparse", known=flags.rows(FOLDER / "flags.csv"))


@cache
def variables() -> Flags:
    """Return the variables that SGLang reads."""
    return flags.variables(ENGINE, FOLDER, "SGLANG_", "SGL_")
