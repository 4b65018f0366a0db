"""An ensemble and its steps: what may be stated, whether the composing models exist and take what they are given."""

from collections.abc import Iterator

from slipway.checks import Finding
from slipway.triton_repository.backends import ENSEMBLE, completed, is_ensemble
from slipway.triton_repository.model import Model, Repository
from slipway.triton_repository.rules.ensemble_graph import graph_findings
from slipway.triton_repository.rules.ensemble_tensors import agreement_findings
from slipway.triton_repository.rules.versions import served_versions
from slipway.triton_repository.schema.scheduling import Step


def ensemble_findings(repository: Repository, model: Model, place: str) -> Iterator[Finding]:
    """Yield what is wrong with an ensemble; nothing for other models."""
    if not is_ensemble(model.config):
        return
    yield from _stated_findings(model, place)
    scheduling = model.config.ensemble_scheduling
    if scheduling is None or not scheduling.step:
        remedy = "add a step for each composing model"
        yield Finding("triton.ensemble-steps", f"{place}.ensemble_scheduling.step", "it has no steps", remedy)
        return
    whole = True
    for index, step in enumerate(scheduling.step):
        path = f"{place}.ensemble_scheduling.step[{index}]"
        for finding in _step_findings(repository, model, step, path):
            whole = False
            yield finding
    for finding in graph_findings(model, place):
        whole = False
        yield finding
    if whole:
        yield from agreement_findings(repository, model, place)


def circle_findings(repository: Repository, place: str) -> Iterator[Finding]:
    """Yield the ensembles that are made of themselves."""
    for model in repository.models:
        circle = _circle(repository, model.name, ())
        if circle and circle[0] == min(circle):
            path = f"{place}.{model.name}.ensemble_scheduling"
            message = f"it is made of itself: {' → '.join(circle)}"
            yield Finding("triton.ensemble-itself", path, message, "take one of these steps out")


def _circle(repository: Repository, name: str, above: tuple[str, ...]) -> tuple[str, ...]:
    """Return the way from the first of `above` back to it, beginning and ending with it."""
    if above and name == above[0]:
        return (*above, name)
    model = repository.model(name)
    if name in above or model is None or model.config.ensemble_scheduling is None:
        return ()
    ways = (_circle(repository, step.model_name, (*above, name)) for step in model.config.ensemble_scheduling.step)
    return next((way for way in ways if way), ())


def _stated_findings(model: Model, place: str) -> Iterator[Finding]:
    config = model.config
    if config.platform != ENSEMBLE:
        message = f"{config.platform!r}, but ensemble_scheduling makes it an ensemble"
        yield Finding("triton.ensemble-platform", f"{place}.platform", message, f'write platform: "{ENSEMBLE}"')
    if config.backend:
        message = f"{config.backend!r}, but an ensemble has no backend: its steps have"
        yield Finding("triton.ensemble-backend", f"{place}.backend", message, "leave it out")
    for field in ("instance_group", "optimization", "model_warmup"):
        value = getattr(config, field)
        if value or (field == "optimization" and value is not None):
            message = "an ensemble has none: its steps have"
            yield Finding("triton.ensemble-field", f"{place}.{field}", message, f"move {field} to a step's model")


def _step_findings(repository: Repository, model: Model, step: Step, path: str) -> Iterator[Finding]:
    for side in ("input_map", "output_map"):
        given: dict[str, str] = getattr(step, side)
        if not given:
            remedy = "map the composing model's tensors to the ensemble's"
            yield Finding("triton.step-unmapped", f"{path}.{side}", "it is empty", remedy)
        for key, value in given.items():
            if not value:
                message = f"{key!r} has no value, so it is mapped to a tensor without a name"
                remedy = f'write {{ key: "{key}" value: "{key}" }}'
                yield Finding("triton.step-value", f"{path}.{side}", message, remedy)
    composing = repository.model(step.model_name)
    if composing is None:
        known = sorted(other.name for other in repository.models if other is not model)
        message = f"there is no model {step.model_name!r} in the repository"
        remedy = f"add it, or write one of {', '.join(known)}"
        yield Finding("triton.step-model", f"{path}.model_name", message, remedy)
        return
    served = served_versions(composing)
    if step.model_version != -1 and step.model_version not in served:
        message = f"version {step.model_version} of {composing.name} is not served; left out, it is 0"
        yield Finding("triton.step-version", f"{path}.model_version", message, "write -1 for the latest")
    if 0 < composing.config.max_batch_size < model.config.max_batch_size:
        most = composing.config.max_batch_size
        message = f"max_batch_size {model.config.max_batch_size} is above that of the step {composing.name}, {most}"
        remedy = f"write at most {most}, or raise it in {composing.name}"
        place = path.partition(".ensemble_scheduling")[0]
        yield Finding("triton.step-batch", f"{place}.max_batch_size", message, remedy)
    yield from _mapped_findings(composing, step, path)


def _mapped_findings(composing: Model, step: Step, path: str) -> Iterator[Finding]:
    config = completed(composing)
    for side, given, known in (
        ("input_map", step.input_map, [tensor.name for tensor in config.input]),
        ("output_map", step.output_map, [tensor.name for tensor in config.output]),
    ):
        for key in given:
            if known and key not in known:
                message = f"the key {key!r} is no {side.removesuffix('_map')} of {composing.name}"
                yield Finding("triton.step-tensor", f"{path}.{side}", message, f"write one of {', '.join(known)}")
            elif side == "output_map" and known.count(key) > 1:
                message = f"{composing.name} declares its output {key!r} {known.count(key)} times: it cannot be mapped"
                remedy = f"declare it once in {composing.name}"
                yield Finding("triton.step-output-twice", f"{path}.{side}", message, remedy)
    for tensor in config.input:
        if tensor.name not in step.input_map and not tensor.optional:
            message = f"the input {tensor.name!r} of {composing.name} is not fed"
            remedy = f'add {{ key: "{tensor.name}" value: … }}, or declare it optional in {composing.name}'
            yield Finding("triton.step-input", f"{path}.input_map", message, remedy)
