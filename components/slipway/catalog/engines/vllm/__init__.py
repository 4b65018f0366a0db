"""vLLM, on TPUs and GPUs."""
