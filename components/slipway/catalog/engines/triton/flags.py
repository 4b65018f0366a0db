"""The arguments of `tritonserver` and the variables that change how it listens.

Source: src/command_line_parser.cc (src/main.cc before it) of triton-inference-server/server in every tag from v2.30.0,
which is container 23.01, to v2.71.0, which is 26.07, and on its main branch @e1db8a60; Dockerfile.sdk of each tag names
the container. `getopt_long` completes the beginning of a name where it is the only one, and takes the next word for the
value of every flag that has one. Variables: that of Vertex AI, which the same file reads.
"""

from functools import cache
from pathlib import Path

from slipway.catalog.engines import flags
from slipway.catalog.engines.flags import Flags

FOLDER = Path(__file__).parent


@cache
def arguments(container: str) -> Flags:
    """Return the arguments of a release of the container, `YY.MM`."""
    return Flags(engine="tritonserver of", spelling="getopt", known=flags.rows(FOLDER / "flags.csv")).of(container)


@cache
def variables() -> Flags:
    """Return the variables that are known to change something."""
    return flags.variables("tritonserver", FOLDER)
