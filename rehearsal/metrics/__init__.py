"""The way of a series from an engine's page to the autoscaler: what is scraped, by a real Prometheus, and who answers.

Two ways exist in stacks: managed collection and the Stackdriver adapter on GKE, prometheus-operator and
prometheus-adapter elsewhere. Each is a `MetricsPath`, which the `MetricsPlan` of a recording opens.
"""
