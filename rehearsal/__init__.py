"""A stack on a real Kubernetes API server, on this machine.

Real: etcd, the Kubernetes control plane, kwok, Prometheus, prometheus-operator, the Pulumi CLI and its Kubernetes
provider, each built from its pinned Go module. Doubles stand in for what only a cloud has: the providers of its
resources, nodes, their autoscaler, what runs inside a pod. Nothing listens beyond loopback.
"""
