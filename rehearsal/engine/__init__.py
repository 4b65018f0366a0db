"""A double of the engines: what runs in a model server's pods, as a queueing model behind real metrics pages.

It computes no token. What it does compute is when requests wait, run and finish, and therefore what the engine's
series show and how an autoscaler that follows them moves.
"""
