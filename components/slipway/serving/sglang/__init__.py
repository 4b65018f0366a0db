"""SGLang: its settings, its pods and its server."""
