"""`python -m rehearsal`: play a stack on a control plane on this machine, or clean up after a crash."""

import signal
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status: 0, or 1 where the story or the rehearsal failed."""
    try:
        # It takes seconds, in which people change their minds.
        from rehearsal import command_line

        return command_line.main(arguments)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; everything that was started has been stopped\n")
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main())
