"""The tritonserver that the wheel nvidia-pytriton has in it: where its parts are, and what they need around them.

It serves on processors, and of the backends it has the one in Python. The Python package around it is not used.
"""

import importlib.util
import os
import shutil
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

RELEASE = "24.10"
"""The container of NVIDIA's whose server this is (2.51)."""


class MissingWheelError(Exception):
    """The wheel is not installed; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Wheel:
    """Where the parts of the server are.

    Attributes:
        server: its folder.
        libraries: folders of the shared libraries that it and its backend load.
        numpy: where numpy and its libraries are.
    """

    server: Path
    libraries: tuple[Path, ...]
    numpy: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """What the server must find in its environment."""
        return {"LD_LIBRARY_PATH": os.pathsep.join(map(str, self.libraries))}


def find() -> Wheel:
    """Return where this environment has the server.

    Raises:
        MissingWheelError: it has none, or numpy 1 is missing, which the Python backend needs.
    """
    packages = {name: _package(name) for name in ("pytriton", "numpy")}
    if missing := [name for name, folder in packages.items() if folder is None]:
        raise MissingWheelError(
            f"{' and '.join(missing)} cannot be imported by {sys.executable}: a real tritonserver is in the wheel "
            "nvidia-pytriton, for Linux and Python 3.11 or 3.12. Run `uv sync --group triton` with such a Python "
            f"(this one is {sys.version_info.major}.{sys.version_info.minor} on {sys.platform})."
        )
    server, numpy = packages["pytriton"], packages["numpy"]
    assert server is not None
    assert numpy is not None
    libraries = (server.parent / "nvidia_pytriton.libs", Path(sysconfig.get_config_var("LIBDIR")))
    return Wheel(server / "tritonserver", libraries, numpy.parent)


def lay_out_backends(wheel: Wheel, folder: Path, beside: Iterable[Path] = ()) -> Path:
    """Lay the Python backend out as the server wants it, in `folder`, and return that.

    Its stub runs Python isolated, so models import what lies beside the stub: numpy, and here the files `beside`.
    """
    backend = folder / "python"
    shutil.copytree(wheel.server / "backends" / "python", backend, ignore=shutil.ignore_patterns("__pycache__"))
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    shutil.copy(wheel.server / "python_backend_stubs" / version / "triton_python_backend_stub", backend)
    for path in (wheel.numpy / "numpy", wheel.numpy / "numpy.libs", *beside):
        (backend / path.name).symlink_to(path)
    return folder


def _package(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None
