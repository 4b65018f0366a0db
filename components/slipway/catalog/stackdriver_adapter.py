"""Google's Custom Metrics Stackdriver Adapter: over which time it looks at the series of Cloud Monitoring.

Source: GoogleCloudPlatform/k8s-stackdriver, custom-metrics-stackdriver-adapter/adapter.go: the default of
`--external-metrics-request-window`, and the alignment period that no option changes.
"""

WINDOW_SECONDS = 5 * 60
"""How old the newest value of a gauge may be."""

RATE_SECONDS = 60
"""It gives a cumulative series as its rate over so long."""

MAX_PODS = 100
"""Most pods that it asks Cloud Monitoring about at once (pkg/adapter/translator, `MaxNumOfArgsInOneOfFilter`)."""
