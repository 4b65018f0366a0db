"""The messages of a model configuration, and config.pbtxt read into them and written from them."""
