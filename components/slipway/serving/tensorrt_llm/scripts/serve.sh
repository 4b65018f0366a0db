#!/bin/sh
# Serve the engines of a model and of its draft with Triton; without DRAFT, the model alone.
#
# ENGINES, LAYOUT   engines are in $ENGINES/<architecture>/$LAYOUT
# TARGET, DRAFT     the engines there
# TOKENIZER         checkpoint of the model, for its tokenizer
# TARGET_KV_SHARE, DRAFT_KV_SHARE, MAX_BATCH_SIZE, DRAIN_SECONDS
# TEMPLATES, TOOLS  where the image keeps its models and the script that fills in their blanks
set -eu

architecture="sm$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader | head -n 1 | tr -d '. ')"
built="$ENGINES/$architecture/$LAYOUT"
repository="$(mktemp -d)"

# Fill in those blanks that a model of this release has: the tool refuses others.
fill() {
    config="$repository/$1/config.pbtxt"
    pairs=""
    shift
    for pair in "$@"; do
        if grep -qF "\${${pair%%:*}}" "$config"; then
            pairs="$pairs${pairs:+,}$pair"
        fi
    done
    python3 "$TOOLS/fill_template.py" -i "$config" "$pairs"
}

# Each instance of tensorrt_llm_bls, which asks both engines, works on one request at a time.
model() {
    fill "$@" "triton_max_batch_size:$MAX_BATCH_SIZE" decoupled_mode:False "tokenizer_dir:$TOKENIZER" \
        preprocessing_instance_count:1 postprocessing_instance_count:1 "bls_instance_count:$MAX_BATCH_SIZE" \
        accumulate_tokens:False logits_datatype:TYPE_FP32 encoder_input_features_data_type:TYPE_FP16 \
        prompt_embedding_table_data_type:TYPE_FP16
}

# An engine takes what it is told of the memory that is free once its weights are loaded.
engine() {
    model "$1" triton_backend:tensorrtllm "engine_dir:$built/$2" "kv_cache_free_gpu_mem_fraction:$3" gpu_device_ids:0 \
        batching_strategy:inflight_fused_batching max_beam_width:1 enable_kv_cache_reuse:True \
        exclude_input_in_output:True
}

cp -r "$TEMPLATES"/. "$repository"
rm -rf "$repository/ensemble"

draft=""
if [ -n "${DRAFT:-}" ]; then
    draft=tensorrt_llm_draft
    cp -r "$repository/tensorrt_llm" "$repository/$draft"
    sed -i "s/^name: \"tensorrt_llm\"/name: \"$draft\"/" "$repository/$draft/config.pbtxt"
    engine "$draft" "$DRAFT" "$DRAFT_KV_SHARE"
fi
engine tensorrt_llm "$TARGET" "$TARGET_KV_SHARE"
model preprocessing
model postprocessing
model tensorrt_llm_bls tensorrt_llm_model_name:tensorrt_llm "tensorrt_llm_draft_model_name:$draft"

exec tritonserver --model-repository="$repository" --disable-auto-complete-config \
    --backend-config=python,shm-region-prefix-name=prefix0_ --exit-timeout-secs="$DRAIN_SECONDS"
