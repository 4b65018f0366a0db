"""How Triton tells which backend runs a model whose configuration does not name one.

Source: AutoCompleteBackendFields in src/model_config_utils.cc of Triton's core. It runs even if the server is told to
complete nothing.
"""

from dataclasses import dataclass

from slipway.triton_repository.model import Model


@dataclass(frozen=True, slots=True)
class Sign:
    """What stands for a backend.

    Attributes:
        backend: the backend.
        file: its file, as `default_model_filename` or in the version directory.
        platform: its `platform`; empty if it has none.
        since: the first release that knows the sign; empty if all do.
    """

    backend: str
    file: str
    platform: str = ""
    since: str = ""


SIGNS = (
    Sign("tensorflow", "model.savedmodel", "tensorflow_savedmodel"),
    Sign("tensorflow", "model.graphdef", "tensorflow_graphdef"),
    Sign("tensorrt", "model.plan", "tensorrt_plan"),
    Sign("onnxruntime", "model.onnx", "onnxruntime_onnx"),
    Sign("openvino", "model.xml"),
    Sign("pytorch", "model.pt", "pytorch_libtorch"),
    Sign("pytorch", "model.pt2", "torch_aoti", since="26.03"),
    Sign("python", "model.py"),
)
"""In the order in which Triton looks for them."""
DIRECTORIES = ("model.savedmodel", "model.onnx")
"""Of the files, those that may be directories."""


def sign_of(model: Model) -> Sign | None:
    """Return what tells the backend of a model; None if nothing does. Where one is named, only its platform counts."""
    config = model.config
    file = "" if config.backend else config.default_model_filename
    held = set[str]() if config.backend or config.platform or file else _first_folder(model)
    for sign in SIGNS:
        told = (config.platform and config.platform == sign.platform) or sign.file == file or sign.file in held
        if told and config.backend in {"", sign.backend}:
            return sign
    return None


def named_backend(model: Model) -> str:
    """Return the backend that a model's own name ends with: `own` of `model.own`; empty if it counts for nothing.

    It counts where nothing else is stated, and for backends that want neither a platform nor a file of another name.
    """
    config = model.config
    stated = config.backend or config.platform or config.default_model_filename or sign_of(model)
    ending = config.name.partition(".")[2]
    return "" if stated or ending == "python" or platforms_of(ending) else ending


def platforms_of(backend: str) -> set[str]:
    """Return the values of `platform` that go with a backend; none if it takes any."""
    return {sign.platform for sign in SIGNS if sign.backend == backend and sign.platform}


def _first_folder(model: Model) -> set[str]:
    """Return the files of the one folder that Triton looks into: the first by its name, be it a version or not."""
    folders = {str(version): {*files} for version, files in model.versions.items()}
    for folder, _, file in (path.partition("/") for path in model.files if "/" in path):
        folders.setdefault(folder, set()).add(file)
    held = folders[min(folders)] if folders else set[str]()
    return held | {path.partition("/")[0] for path in held if path.startswith(DIRECTORIES)}
