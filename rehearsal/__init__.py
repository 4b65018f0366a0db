"""A stack on a real Kubernetes API server, on this machine.

Real: etcd, the Kubernetes control plane, kwok, Prometheus and prometheus-operator, each built from its pinned Go
module. Doubles stand in for what only a cloud has: nodes, their autoscaler, what runs inside a pod. Nothing here knows
how `pulumi up` would reach a cloud, and nothing listens beyond loopback.
"""
