"""`python -m bench.minutes`: CPU time of the tests and of rehearsals in previews of a stack, as any machine can say it.

Takes more than an hour on two cores: the last of them builds all of a rehearsal's binaries that cannot be fetched.
"""

import sys
import tempfile
from dataclasses import dataclass

from bench.measure import cpu_seconds

PREVIEW = ("make", "preview", "STACK=gke-tpu")
PREVIEW_SECONDS = 3.2
"""CPU time of that preview where the budgets below were set."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What a command of the Makefile may take.

    Attributes:
        cpu_seconds: minutes on two cores of the machine on which a preview takes `PREVIEW_SECONDS`, times their number.
        cold: whether it begins without the binaries of rehearsals.
    """

    command: tuple[str, ...]
    cpu_seconds: float
    cold: bool = False

    @property
    def previews(self) -> float:
        """The same in previews."""
        return self.cpu_seconds / PREVIEW_SECONDS


BUDGETS = {
    "tests without a control plane": Budget(("make", "test-offline"), 2 * 150),
    "all tests": Budget(("make", "test"), 2 * 900),
    "rehearsal, warm": Budget(("make", "rehearse"), 2 * 180),
    "rehearsal, cold": Budget(("make", "rehearse"), 1430 * 2 / 3 + 2 * 180, cold=True),
}


def main() -> int:
    """Print a row for each budget as it is measured; return 1 where one is exceeded."""
    preview = min(cpu_seconds(*PREVIEW) for _ in range(3))
    print(f"CPU time in previews of gke-tpu, {preview:.1f} s each")
    exceeded = 0
    for name, budget in BUDGETS.items():
        with tempfile.TemporaryDirectory() as empty:
            taken = cpu_seconds(*budget.command, **({"XDG_CACHE_HOME": empty} if budget.cold else {})) / preview
        print(f"  {name:30} {taken:6.0f}   (at most {budget.previews:.0f})", flush=True)
        exceeded += taken > budget.previews
    return 1 if exceeded else 0


if __name__ == "__main__":
    sys.exit(main())
