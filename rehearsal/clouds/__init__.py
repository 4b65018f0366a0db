"""Doubles of the clouds behind the real Pulumi engine: gRPC providers that keep what they made, and refuse what they
would refuse.

The engine attaches to them by `PULUMI_DEBUG_PROVIDERS`. Kubernetes objects go on to the genuine provider.
"""
