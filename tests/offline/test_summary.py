"""The answer of a preview, over all stacks: it fits a screen, says every server, and shows nothing that was made up."""

from collections.abc import Mapping

from offline import Recording, text
from offline.summary import COLUMNS, MOST_LINES, summary


def test_the_answer_of_every_stack_fits_a_screen(recordings: Mapping[str, Recording]) -> None:
    for stack, recording in recordings.items():
        lines = summary(recording)
        assert len(lines) <= MOST_LINES, stack
        assert all(len(line) <= COLUMNS for line in lines), stack


def test_the_answer_says_fit_scaling_cost_reach_and_time(recordings: Mapping[str, Recording]) -> None:
    lines = summary(recordings["gke-tpu-prod"])
    assert "fits     llama           19.7 requests of 16,384 tokens at once, never measured" in lines
    assert "         qwen            1 to 2 replicas, vllm:kv_cache_usage_perc > 0.7" in lines
    assert "costs    130.01 to 130.28 USD an hour, 94,909 to 95,104 a month" in lines
    assert "         without traffic and requests" in lines
    assert "reached  llama, qwen from inside the cluster only" in lines
    assert "         the cluster's API from 198.51.100.0/28, 203.0.113.0/24" in lines
    assert any(line.startswith("answers  ") and "min at most: " in line for line in lines)


def test_a_preview_shows_no_id_that_the_recorder_made_up(recordings: Mapping[str, Recording]) -> None:
    for stack, recording in recordings.items():
        shown = "\n".join(text.lines(recording, tree=True))
        assert not [name for name in recording.made_up if f"{name}\n" in shown or f"{name} " in shown], stack
        assert "<suffix>" in shown or "<id of" in shown or stack.startswith("existing"), stack


def test_each_server_has_its_objects_by_their_names(recordings: Mapping[str, Recording]) -> None:
    shown = list(text.lines(recordings["gke-tpu-prod"]))
    below = shown[shown.index("qwen in namespace vllm") :]
    assert {"  PodDisruptionBudget/qwen", "  Deployment/qwen"} <= set(below)
    assert any(line.startswith("  HorizontalPodAutoscaler/qwen  target=qwen  min=1  max=2") for line in below)
