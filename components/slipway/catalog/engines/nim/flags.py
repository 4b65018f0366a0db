"""The variables that NIM for LLMs reads, of releases 1.x and 2.x together.

Sources, of docs.nvidia.com/nim/large-language-models: "Environment Variables", "Advanced Configuration" and the index
of 2.0 (2.0.1, 2.0.4-pb6, 2.0.9 to 2.0.11), "Configuration", "Release Notes", "Container Variants" and "Models with
Functional Limitations" of 1.10 to 1.15. No page could be read whole, and NIM's code is not public: so an unknown name
is a warning, unless it is nearly one that is known. 2.x hands `NIM_PASSTHROUGH_ARGS` to vLLM, where they win.
"""

from functools import cache
from pathlib import Path

from slipway.catalog.engines import flags
from slipway.catalog.engines.flags import Flags


@cache
def variables(version: str) -> Flags:
    """Return the variables that a release reads."""
    return flags.variables(f"NIM {version}", Path(__file__).parent, "NIM_", whole=False)
