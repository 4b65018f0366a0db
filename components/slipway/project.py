"""The folder of the project, from which stack files and settings name other files."""

from pathlib import Path

PROJECT_FILE = "Pulumi.yaml"


def folder() -> Path:
    """Return the nearest folder with a Pulumi.yaml, from where the program runs upwards or from here; else the former.

    Pulumi runs a program in its project's folder, and whoever imports it may do so from anywhere.
    """
    here = Path.cwd().resolve()
    above = (*(here, *here.parents), *Path(__file__).resolve().parents)
    return next((each for each in above if (each / PROJECT_FILE).is_file()), here)
