"""vLLM on GPUs: its image, and what a replica takes of its host.

Sources: docs.vllm.ai (environment variables, deployment with Docker) and Docker Hub's vllm/vllm-openai. Of weights that
are streamed from buckets: docs.vllm.ai, "Loading models with Run:ai Model Streamer" (since 0.6.6), vLLM's
docker/Dockerfile, which installs `runai-model-streamer[s3,gcs]` in the image, github.com/run-ai/runai-model-streamer,
docs/src/usage.md and env-vars.md, and the GKE page "Accelerate model loading with Run:ai Model Streamer" (Cloud
Storage by Workload Identity, since vLLM 0.11.1).
"""

from math import ceil

from slipway.catalog.architecture import Model

STREAM_FORMAT = "runai_streamer"
"""The load format that streams safetensors from a bucket through main memory to the GPUs; files other than weights,
such as config and tokenizer, are copied beneath `VLLM_CACHE_ROOT` first."""

STREAM_ENVIRONMENT = {"RUNAI_STREAMER_NO_BOTO3_SESSION": "0"}
"""Lets boto3 find the credentials, which knows EKS Pod Identity since 1.34.41 (AWS, "Use pod identity with the AWS
SDK"); newer streamers leave it to the SDK for C++ by default."""

STREAM_BUFFER_GIB = 4
"""Main memory into which each worker streams weights, GiB. The streamer's default is as much as the weights take; it
refuses a limit that is smaller than the largest tensor, which in most models is the embedding."""

S3_BYTES_PER_SECOND = 300_000_000
"""What each GPU's worker reads from S3 in its region: the baseline of the smallest machines, 2.5 Gbit/s (AWS, "Network
specifications" of accelerated instances), of which larger ones have more for each GPU. The streamer's own benchmark has
3.5 GiB/s on a g5.12xlarge; one connection of its eight gives 85 to 90 MB/s (AWS, S3 performance guidelines)."""

STREAM_DISK_GIB = 8
"""Disk that compiled programs and the files beside the weights take where the weights take none, GiB: a cautious guess.
"""

LOAD_SECONDS = 15 * 60
"""Reading weights, profiling, torch.compile and CUDA graphs, without a cache: a cautious guess."""


def streamed_start_seconds(model: Model) -> int:
    """Return the time until a replica answers whose workers each stream all weights from S3, and keep their part."""
    return ceil(model.weight_bytes / S3_BYTES_PER_SECOND) + LOAD_SECONDS
