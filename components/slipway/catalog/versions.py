"""Every image and chart that a stack installs, pinned. One pin a line, under the rule that Renovate follows.

The pages of EKS' user guide list the newest of three add-ons for each Kubernetes version; of the others the API alone
tells, and Renovate needs credentials for it.
"""

# renovate: datasource=docker depName=vllm/vllm-tpu
VLLM_TPU = "v0.27.0"

# renovate: datasource=docker depName=vllm/vllm-openai
VLLM_GPU = "v0.27.0"

# renovate: datasource=docker depName=lmsysorg/sglang
SGLANG = "v0.5.23"

# renovate: datasource=docker depName=curlimages/curl
CURL = "8.17.0"

# renovate: datasource=docker depName=gcr.io/gke-release/custom-metrics-stackdriver-adapter
STACKDRIVER_ADAPTER = "v0.16.9-gke.0"

# renovate: datasource=docker depName=registry.k8s.io/lws/charts/lws
LEADER_WORKER_SET = "0.10.0"

# renovate: datasource=custom.eks depName=vpc-cni versioning=loose
EKS_VPC_CNI = "v1.22.3-eksbuild.1"

# renovate: datasource=custom.eks depName=kube-proxy versioning=regex:^v1\.(?<minor>34)\.(?<patch>\d+)-\D+(?<build>\d+)$
EKS_KUBE_PROXY_1_34 = "v1.34.6-eksbuild.13"

# renovate: datasource=custom.eks depName=kube-proxy versioning=regex:^v1\.(?<minor>35)\.(?<patch>\d+)-\D+(?<build>\d+)$
EKS_KUBE_PROXY_1_35 = "v1.35.3-eksbuild.13"

# renovate: datasource=custom.eks depName=kube-proxy versioning=regex:^v1\.(?<minor>36)\.(?<patch>\d+)-\D+(?<build>\d+)$
EKS_KUBE_PROXY_1_36 = "v1.36.0-eksbuild.14"

# renovate: datasource=custom.eks depName=coredns versioning=regex:^v1\.(?<minor>12)\.(?<patch>\d+)-\D+(?<build>\d+)$
EKS_COREDNS_1_34 = "v1.12.4-eksbuild.10"

# renovate: datasource=custom.eks depName=coredns versioning=regex:^v1\.(?<minor>13)\.(?<patch>\d+)-\D+(?<build>\d+)$
EKS_COREDNS_1_35 = "v1.13.2-eksbuild.1"

# renovate: datasource=custom.eks depName=coredns versioning=regex:^v1\.(?<minor>14)\.(?<patch>\d+)-\D+(?<build>\d+)$
EKS_COREDNS_1_36 = "v1.14.3-eksbuild.3"

# renovate: datasource=aws-eks-addon depName={"kubernetesVersion":"1.35","addonName":"eks-pod-identity-agent"}
EKS_POD_IDENTITY_AGENT = "v1.3.10-eksbuild.3"

# renovate: datasource=aws-eks-addon depName={"kubernetesVersion":"1.35","addonName":"aws-ebs-csi-driver"}
EKS_EBS_CSI = "v1.63.1-eksbuild.1"

# renovate: datasource=aws-eks-addon depName={"kubernetesVersion":"1.35","addonName":"aws-efs-csi-driver"}
EKS_EFS_CSI = "v3.4.1-eksbuild.1"

# renovate: datasource=aws-eks-addon depName={"kubernetesVersion":"1.35","addonName":"aws-mountpoint-s3-csi-driver"}
EKS_S3_CSI = "v2.7.0-eksbuild.1"

# renovate: datasource=aws-eks-addon depName={"kubernetesVersion":"1.35","addonName":"eks-node-monitoring-agent"}
EKS_NODE_MONITORING_AGENT = "v1.6.7-eksbuild.1"

# renovate: datasource=github-releases depName=awslabs/amazon-eks-ami versioning=loose
EKS_AMI = "v20260818"

# renovate: datasource=helm depName=cluster-autoscaler registryUrl=https://kubernetes.github.io/autoscaler
CLUSTER_AUTOSCALER_CHART = "9.59.0"

# renovate: datasource=docker depName=registry.k8s.io/autoscaling/cluster-autoscaler
CLUSTER_AUTOSCALER_1_34 = "v1.34.5"

# renovate: datasource=docker depName=registry.k8s.io/autoscaling/cluster-autoscaler
CLUSTER_AUTOSCALER_1_35 = "v1.35.2"

# renovate: datasource=docker depName=registry.k8s.io/autoscaling/cluster-autoscaler
CLUSTER_AUTOSCALER_1_36 = "v1.36.1"

# renovate: datasource=helm depName=gpu-operator registryUrl=https://helm.ngc.nvidia.com/nvidia
GPU_OPERATOR = "v26.7.0"

# renovate: datasource=helm depName=kube-prometheus-stack registryUrl=https://prometheus-community.github.io/helm-charts
KUBE_PROMETHEUS_STACK = "88.5.3"

# renovate: datasource=helm depName=prometheus-operator-crds registryUrl=https://prometheus-community.github.io/helm-charts
PROMETHEUS_OPERATOR_CRDS = "31.0.1"

# renovate: datasource=helm depName=prometheus-adapter registryUrl=https://prometheus-community.github.io/helm-charts
PROMETHEUS_ADAPTER = "5.3.0"

# renovate: datasource=helm depName=metrics-server registryUrl=https://kubernetes-sigs.github.io/metrics-server/
METRICS_SERVER = "3.13.1"

# renovate: datasource=docker depName=public.ecr.aws/karpenter/karpenter
KARPENTER = "1.14.1"

# renovate: datasource=helm depName=aws-efa-k8s-device-plugin registryUrl=https://aws.github.io/eks-charts
EFA_DEVICE_PLUGIN = "v0.5.30"

# renovate: datasource=helm depName=aws-load-balancer-controller registryUrl=https://aws.github.io/eks-charts
LOAD_BALANCER_CONTROLLER = "3.5.0"

# renovate: datasource=helm depName=keda registryUrl=https://kedacore.github.io/charts
KEDA = "2.20.2"

# renovate: datasource=helm depName=k8s-nim-operator registryUrl=https://helm.ngc.nvidia.com/nvidia
NIM_OPERATOR = "3.1.2"

# renovate: datasource=docker depName=nvcr.io/nvidia/tensorrt-llm/release
TENSORRT_LLM = "1.3.0rc24"

# renovate: datasource=docker depName=python
PYTHON = "3.12.12-slim"

# renovate: datasource=pypi depName=aiperf
AIPERF = "0.12.0"
