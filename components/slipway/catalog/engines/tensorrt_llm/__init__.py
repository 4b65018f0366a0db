"""TensorRT-LLM, behind `trtllm-serve`."""
