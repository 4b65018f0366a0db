"""Runs the real program without an engine, under Pulumi's own mock runtime, and keeps every registration.

It runs as a deployment, not as a preview: in a preview, outputs that no provider has computed yet are unknown, `apply`
skips them, and whatever is made from them is missing. Here each output has a value, so every resource shows with
all of its inputs. No provider plugin starts and nothing leaves the machine.
"""

import asyncio
import runpy
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import rpc, settings
from pulumi.runtime.stack import run_pulumi_func
from typing_extensions import override

from offline import input_checks, neighbours, signals, stack_config, wire
from offline.monitor import RecordingMonitor
from offline.providers import Providers
from offline.recording import Loaded, Recording, RecordingError, StackFileError
from offline.surroundings import program_surroundings, without_collector, without_stack_traces
from slipway.checks import Finding, errors
from slipway.checks.judged import Judged
from slipway.project import PROJECT_FILE

PROGRAM = Path(__file__).parent.parent / "__main__.py"


def record(stack_file: Path, program: Path = PROGRAM, *, assume_secrets: bool = False) -> Recording:
    """Return what the program registers for a stack file. It may be called many times in one process.

    Args:
        stack_file: what a person writes.
        program: the `__main__.py` of the project.
        assume_secrets: count each secret that the project declares as given.

    Raises:
        StackFileError: the stack file cannot be turned into configuration, or an autoscaler of what the program
            registers cannot follow its signal.
        pulumi.RunError: what the program raised itself, such as `stacks.Refused` with the findings of its checks.
        RecordingError: a defect of the program: it failed, registered a URN twice, looked up what no mock answers,
            turned an Output into a string, or gave a resource inputs that its schema does not know.
    """
    config = stack_config.read(stack_file, program.parent / PROJECT_FILE, assume_secrets=assume_secrets)
    providers = Providers(config.values.get("gcp:project", "project"))
    monitor = RecordingMonitor(providers)
    with program_surroundings(program.parent), without_collector(), without_stack_traces(), asyncio.Runner() as runner:
        try:
            globals_, outputs = runner.run(_run(program, config, monitor))
        except pulumi.RunError as error:
            if not config.refused:
                raise
            said: Sequence[Finding] = getattr(error, "findings", ())
            refused = {finding.path for finding in config.refused}
            raise StackFileError([*config.refused, *(each for each in said if each.path not in refused)]) from None
        except Exception as error:
            raise RecordingError([*monitor.problems, _describe(error, program.parent)]) from error
    if config.refused:
        raise StackFileError(config.refused)
    loaded: Loaded | None = globals_.get("loaded")
    recording = Recording(
        stack=config.stack,
        resources=monitor.recorded(),
        outputs=outputs.value,
        secret_outputs=outputs.secrets,
        findings=(*_findings(stack_file, config), *(loaded.findings if loaded else ())),
        judged=loaded.judged if loaded else Judged(),
        made_up=providers.made_up,
    )
    if problems := [*monitor.problems, *input_checks.problems(recording, config.disabled_default_providers)]:
        raise RecordingError(problems)
    if broken := errors(signals.findings(recording)):
        raise StackFileError([*recording.findings, *broken])
    return recording


def _findings(stack_file: Path, config: stack_config.StackConfig) -> Iterator[Finding]:
    """Yield what is to be said of a stack file that its settings do not show."""
    if config.assumed:
        message = f"assumed to be given: {', '.join(config.assumed)}"
        remedy = "set those that the stack needs, by pulumi config set --secret <key> <value>, before an update"
        yield Finding("stack-file.assumed", "config", message, remedy, "warning")
    for key, meant in config.unread.items():
        message = f"is no key that {PROJECT_FILE} declares, and nothing reads it"
        yield Finding("stack-file.unread", key, message, f"write {meant}, or leave it out", "warning")
    yield from neighbours.name_findings(stack_file, config)


async def _run(
    program: Path, config: stack_config.StackConfig, monitor: RecordingMonitor
) -> tuple[dict[str, Any], wire.Plain]:
    """Run the program to its end. Pulumi keeps its state in context variables, so all of it ends with this task."""
    loop = asyncio.get_running_loop()
    loop.set_default_executor(_InlineExecutor())
    # The first failure is raised; the futures that it leaves behind have nothing to add.
    loop.set_exception_handler(_ignore)
    pulumi.runtime.reset_options()
    pulumi.runtime.set_all_config(dict(config.values), list(config.secret_keys))
    pulumi.runtime.set_mocks(
        monitor.mocks,
        project=config.project,
        stack=config.stack,
        preview=False,
        monitor=monitor,
        logger=monitor.log,
        organization="organization",
    )
    globals_: dict[str, Any] = {}

    async def run_program() -> None:
        globals_.update(runpy.run_path(str(program), run_name="__main__"))
        await _settle()

    await run_pulumi_func(run_program)
    stack = pulumi.runtime.get_root_resource()
    exported: dict[str, Any] = getattr(stack, "outputs", {})
    return globals_, wire.decode(await rpc.serialize_properties(exported, {}))


async def _settle() -> None:
    """Wait for all outputs at once: Pulumi goes on to wait for each with an eye on all the others."""
    while pending := [task for task in _outstanding() if not task.done()]:
        await asyncio.wait(pending)


def _outstanding() -> set[asyncio.Task[Any]]:
    return settings.SETTINGS.outputs  # pyright: ignore


def _ignore(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    pass


class _InlineExecutor(ThreadPoolExecutor):
    """Answers each call to the monitor at once: registrations come in one order, the same in every run."""

    @override
    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def _describe(error: Exception, folder: Path) -> str:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_own(frame.filename, folder)]
    where = f"{Path(frames[-1].filename).relative_to(folder)}:{frames[-1].lineno}: " if frames else ""
    return f"{where}{type(error).__name__}: {error}"


def _is_own(filename: str, folder: Path) -> bool:
    path = Path(filename)
    return path.is_relative_to(folder) and not path.is_relative_to(folder / ".venv") and path.parent.name != "offline"
