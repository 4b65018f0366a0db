"""Every image and chart that a stack installs, pinned. One pin a line, under the rule that Renovate follows."""

# renovate: datasource=docker depName=vllm/vllm-tpu
VLLM_TPU = "v0.27.0"

# renovate: datasource=docker depName=curlimages/curl
CURL = "8.17.0"

# renovate: datasource=docker depName=gcr.io/gke-release/custom-metrics-stackdriver-adapter
STACKDRIVER_ADAPTER = "v0.16.9-gke.0"

# renovate: datasource=docker depName=registry.k8s.io/lws/charts/lws
LEADER_WORKER_SET = "0.10.0"
