"""Triton Inference Server: what a person decides, what that becomes in a pod, and the scripts that pods run."""
