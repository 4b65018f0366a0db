"""Whether a model's weights, KV cache and overheads fit the chips of a replica.

Numbers are estimates of what the engine itself works out when it starts, from the shape of the model and from measured
overheads; `checks.fit.overheads` names their sources. Host memory, disks and load times are not judged here.
"""

from checks.fit.judgement import Fit, fit
from checks.fit.memory import Memory
from checks.fit.replica import Adapters, Draft, Engine, KvDtype, Replica

__all__ = ["Adapters", "Draft", "Engine", "Fit", "KvDtype", "Memory", "Replica", "fit"]
