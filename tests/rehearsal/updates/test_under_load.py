"""Another model for `gke-tpu` by the real engine under load, where a successor starts before its predecessor goes."""

import re
from pathlib import Path

import pytest

from offline import PROGRAM
from rehearsal.updates.rehearse import rehearse

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("binaries")]

SPEED = 120
GOOD = (PROGRAM.parent / "stacks" / "Pulumi.gke-tpu.yaml").read_text(encoding="utf-8")
OLD, NEW = "meta-llama/Llama-3.1-70B", "meta-llama/Llama-3.3-70B-Instruct"
REQUESTS = re.compile(r"requests: (\d+) answered, (\d+) refused, (\d+) cut off")


def test_clients_notice_nothing_of_another_model_where_its_replica_starts_first(tmp_path: Path) -> None:
    surge = "engine: vllm\n        rollout: {surge: 1}"
    surging = GOOD.replace("maxNodes: 2", "maxNodes: 3").replace("engine: vllm", surge)
    older, newer = tmp_path / "Pulumi.older.yaml", tmp_path / "Pulumi.newer.yaml"
    older.write_text(surging, encoding="utf-8")
    newer.write_text(surging.replace(OLD, NEW), encoding="utf-8")
    said: list[str] = []
    assert rehearse(str(newer), str(older), speed=SPEED, told=said.append), "\n".join(said)
    update = said[said.index("-- the update") : said.index("-- the way back")]
    [(answered, refused, cut_off)] = REQUESTS.findall("\n".join(update))
    assert int(answered) > 0
    assert (refused, cut_off) == ("0", "0"), update
