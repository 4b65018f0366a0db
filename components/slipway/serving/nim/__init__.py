"""NVIDIA NIM: its settings, its pods, and its server with or without NVIDIA's operator."""
