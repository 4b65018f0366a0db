"""Command lines of clouds and clusters, which know how a person signs in."""

import shlex
import shutil
import subprocess
from collections.abc import Sequence

from preflight.question import CredentialsError, UnansweredError

SECONDS = 6.0
"""For one command."""

UNKNOWN_USER = (
    "Unable to locate credentials",
    "ExpiredToken",
    "Token has expired",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "AuthFailure",
    "SSO session",
    "You do not currently have an active account",
    "Reauthentication",
    "default credentials were not found",
    "invalid_grant",
)
"""What the command lines say where whoever runs them is not known."""


class RefusedError(UnansweredError):
    """A command ended with an error."""


def output(words: Sequence[str], sign_in: str) -> str:
    """Return what a command prints.

    Args:
        words: the program and its arguments.
        sign_in: what a person runs to be known to it.

    Raises:
        CredentialsError: whoever runs it is not known, or it is not installed.
        RefusedError: it failed for another reason.
        UnansweredError: it took too long.
    """
    if not shutil.which(words[0]):
        raise CredentialsError(f"{words[0]} is not installed, which knows who you are", f"install it, and {sign_in}")
    try:
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        message = f"{words[0]} has not answered within {SECONDS:.0f} seconds"
        raise UnansweredError(message, f"run it by hand: {shlex.join(words)}") from None
    if done.returncode == 0:
        return done.stdout
    if any(sign in done.stderr for sign in UNKNOWN_USER):
        raise CredentialsError(f"{words[0]} does not know who you are", f"run {sign_in}")
    last = next((line.strip() for line in reversed(done.stderr.splitlines()) if line.strip()), "")
    reason = last[:300] or f"{words[0]} ended with {done.returncode}"
    raise RefusedError(reason, f"run it by hand: {shlex.join(words)}")
