"""What a person has installed already, which serves in place of what would be built."""

import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

from semver import VersionInfo

PRINT_SECONDS = 30


def pulumi() -> Path | None:
    """Return the Pulumi CLI on PATH; None where there is none, or one that is older than the SDK that asks for it."""
    found = shutil.which("pulumi")
    if found is None:
        return None
    try:
        printed = subprocess.run([found, "version"], capture_output=True, text=True, check=True, timeout=PRINT_SECONDS)
        new_enough = VersionInfo.parse(printed.stdout.strip().removeprefix("v")) >= VersionInfo.parse(version("pulumi"))
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return Path(found) if new_enough else None
