"""Programs that run in NVIDIA's containers; they import nothing but the standard library."""
