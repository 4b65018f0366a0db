"""Whether a model's weights, KV cache and overheads fit the chips of a replica.

Numbers are estimates of what the engine itself works out when it starts, from the shape of the model and from measured
overheads; the modules of `checks.fit.engines` name their sources. Host memory, disks and load times are judged
elsewhere.
"""

from slipway.checks.fit.adapters import VLLM_MODULES, adapter_findings, vllm_adapters
from slipway.checks.fit.engines import Band, Engine
from slipway.checks.fit.judgement import Fit, any_of, fit
from slipway.checks.fit.memory import Memory
from slipway.checks.fit.remedies import Change, written
from slipway.checks.fit.replica import Adapters, Draft, KvDtype, LoraTarget, Replica

__all__ = [
    "VLLM_MODULES",
    "Adapters",
    "Band",
    "Change",
    "Draft",
    "Engine",
    "Fit",
    "KvDtype",
    "LoraTarget",
    "Memory",
    "Replica",
    "adapter_findings",
    "any_of",
    "fit",
    "vllm_adapters",
    "written",
]
