"""NVIDIA NIM for large language models."""
