"""Real Triton servers for the pods of a stack: the tritonserver of a wheel, one process for each pod.

What is real is the server with its Python backend, the pod's own model repository and the clients' HTTP. What is not
is the GPU and what computes on it: `stand_in` takes the place of the packages that a model imports.
"""
