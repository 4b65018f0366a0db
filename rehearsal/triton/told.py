"""What a report says of real Triton servers: what of them is real, what is a double, and what is changed."""

from rehearsal.triton.pace import SOURCE
from rehearsal.triton.wheel import RELEASE

REAL = (
    f"tritonserver of container {RELEASE}, from the wheel nvidia-pytriton: one process for each pod, at the pod's own "
    "address and ports, with the stack's own config.pbtxt and model.py, put together by the pod's own init container; "
    "Prometheus scrapes its page, so times in the queue and of compute are its own",
    "load clients: as many HTTP requests under way as their Ready pods would keep, to the pods behind the Service",
    "readiness of these pods: asked of the server as their readiness probe says",
)
DOUBLES = (
    "weights and GPUs of Triton: a stand-in for torch and transformers that sleeps for the time of each batch, after "
    f"{SOURCE}",
    "kube-proxy: each request goes to one of the Ready pods with equal chance",
)
CHANGES = (
    "in config.pbtxt, instances run on processors (KIND_CPU) where the stack says GPUs; nothing else is changed",
    "the time of a batch is divided by the speed, so queue and compute times keep their ratio; Triton's own work, HTTP "
    "and the delay for batches are not: at a speed of 30, a millisecond of them shows as 30",
    "a pod that goes takes its server along at once, without the time to drain",
)
