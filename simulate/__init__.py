"""The autoscaling loop of a stack in discrete time: what waiting time and what cost a target gives, in milliseconds.

The autoscaler is Kubernetes' own algorithm (`hpa`), the engine that of the rehearsal (`rehearsal.engine`), nodes and
load times are those that a rehearsal plays. Nothing is started and nothing listens.
"""
