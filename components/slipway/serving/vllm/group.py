"""How the pods of a replica that spans hosts find one another, through Ray, before the engine starts."""

from collections.abc import Sequence
from shlex import join, quote

RAY_PORT = 6379

_DOWNLOAD = (
    "import sys, huggingface_hub as hub; "
    "hub.snapshot_download(sys.argv[1], cache_dir=sys.argv[2], allow_patterns=['*.safetensors', '*.json'])"
)
_HERE = (
    "import sys, ray; ray.init('auto', log_to_driver=False); "
    "sys.exit(sum(node['Alive'] for node in ray.nodes()) < int(sys.argv[1]))"
)


def leading(serve: Sequence[str], *, model: str, folder: str, hosts: int) -> list[str]:
    """Return the command of a leader.

    It downloads before anybody loads, since what the hosts share knows no locks, and waits for all of them, since the
    engine takes the chips that it finds.

    Args:
        serve: the command of the engine.
        folder: where the files of the model go.
        hosts: pods of the replica, the leader included.
    """
    steps = (
        f"ray start --head --port={RAY_PORT}",
        f"python3 -c {quote(_DOWNLOAD)} {quote(model)} {quote(folder)}",
        f"until python3 -c {quote(_HERE)} {hosts}; do sleep 5; done",
        # SIGTERM must reach the engine, which drains, and not a shell, which dies.
        f"exec {join(serve)}",
    )
    return ["/bin/sh", "-c", " && ".join(steps)]


def helping() -> list[str]:
    """Return the command of a pod that lends its chips to the leader of its group."""
    return ["/bin/sh", "-c", f"exec ray start --address=$(LWS_LEADER_ADDRESS):{RAY_PORT} --block"]
