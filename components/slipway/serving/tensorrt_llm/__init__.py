"""TensorRT-LLM behind one Service: `trtllm-serve` on its PyTorch backend, or engines that were built beforehand."""
