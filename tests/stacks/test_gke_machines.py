"""What GKE wants to be told of its largest GPU machines."""

import pytest

from tests.stacks.edits import Deploy, Edit, Stack

NODE_POOL = "gcp:container/nodePool:NodePool"


def chat_on(machine: str) -> Edit:
    """Serve the chat pool of `gke-gpu` on a machine, where it and the others are."""

    def edit(stack: Stack) -> None:
        stack["cluster"]["location"] = "us-central1-b"
        stack["cluster"]["pools"]["chat"] |= {"machineType": machine, "capacity": {"type": "spot"}, "minNodes": 0}

    return edit


@pytest.mark.parametrize(
    ("machine", "local_ssds", "boot_disk"),
    [("g2-standard-12", None, None), ("a3-highgpu-1g", 2, None), ("a3-ultragpu-8g", 32, "hyperdisk-balanced")],
)
def test_a_machine_gets_the_local_ssds_it_comes_with_and_its_kind_of_boot_disk(
    machine: str, local_ssds: int | None, boot_disk: str | None, deployed: Deploy
) -> None:
    [pool] = [one for one in deployed(chat_on(machine), stack="gke-gpu").of(NODE_POOL) if one.name == "chat"]
    node = pool.inputs["nodeConfig"]
    assert node.get("ephemeralStorageLocalSsdConfig") == (local_ssds and {"localSsdCount": local_ssds})
    assert node.get("diskType") == boot_disk
