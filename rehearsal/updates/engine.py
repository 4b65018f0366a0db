"""One stack of the project in the real engine: its updates, and what the engine said of each."""

import asyncio
import json
import runpy
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from pulumi.automation import ConfigValue, LocalWorkspace, OutputMap, Stack, UpdateSummary
from pulumi.automation._stack import StackInitMode
from pulumi.automation.errors import CommandError
from pulumi.automation.events import EngineEvent
from typing_extensions import override

from offline.stack_config import StackConfig
from offline.surroundings import program_surroundings, without_stack_traces
from rehearsal.updates import loops
from rehearsal.updates.command import Command
from rehearsal.updates.update import Name, Update
from slipway.project import PROJECT_FILE

PASSPHRASE = "rehearsal"
"""It guards placeholders alone: no secret of a stack file is decrypted here."""
PARALLEL = 64
"""Operations at once: waiting for a cloud or for a pod costs nothing."""


class Engine:
    """The engine with one stack, which has no resources yet.

    Args:
        cli: the Pulumi CLI.
        folder: where its state and its files go.
        program: the program's `__main__.py`; `Pulumi.yaml` lies beside it.
        config: of the stack.
        here: values of secrets that lead to this machine, in place of those that nobody decrypts, by full key.

    Attributes:
        folder: as given.
    """

    def __init__(
        self, cli: Path, folder: Path, program: Path, config: StackConfig, here: Mapping[str, str] | None = None
    ) -> None:
        self.folder, self._here = folder, here or {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._secrets: Mapping[str, str] = {}
        self._command, self._project = Command(cli), folder / "project"
        for each in (folder / "state", folder / "home", self._project):
            each.mkdir(parents=True)
        self.run_by(program)
        self._workspace = LocalWorkspace(
            work_dir=str(self._project),
            pulumi_home=str(folder / "home"),
            program=self._run_program,
            pulumi_command=self._command,
            env_vars={
                "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
                "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
                "PULUMI_SKIP_UPDATE_CHECK": "true",
                "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
                "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
            },
        )
        self._stack = _Stack(config.stack, self._workspace, StackInitMode.CREATE)
        self.configure(config)

    def run_by(self, program: Path) -> None:
        """Have another program make the stack from now on."""
        self._program = program
        project = yaml.safe_load((program.parent / PROJECT_FILE).read_text(encoding="utf-8"))
        (self._project / PROJECT_FILE).write_text(
            yaml.safe_dump({**project, "runtime": "python", "stackConfigDir": "."}), encoding="utf-8"
        )

    def configure(self, config: StackConfig) -> None:
        """Give the stack another configuration."""
        path = self._project / f"Pulumi.{config.stack}.yaml"
        kept: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {} if path.exists() else {}
        secrets = {key: self._here.get(key, config.values[key]) for key in sorted(config.secret_keys)}
        values = {key: _value(text) for key, text in config.values.items() if key not in secrets}
        same = secrets.items() & self._secrets.items()
        values |= {key: kept["config"][key] for key, _ in same}  # Each is encrypted by a run of the CLI.
        path.write_text(yaml.safe_dump({**kept, "config": values}), encoding="utf-8")
        if other := secrets.items() - same:
            self._stack.set_all_config({key: ConfigValue(value, secret=True) for key, value in other})
        self._secrets = secrets

    def run(
        self, command: Name, providers: Mapping[str, int], told: Callable[[EngineEvent], None] = lambda event: None
    ) -> Update:
        """Run a command, whether it comes to its end or not; a preview with all differences.

        Args:
            command: what to run.
            providers: the port of each provider's server, by package.
            told: hears each event of the engine.
        """
        attached = ",".join(f"{package}:{port}" for package, port in providers.items())
        self._workspace.env_vars = {**self._workspace.env_vars, "PULUMI_DEBUG_PROVIDERS": attached}
        update, began = Update(command=command), time.monotonic()

        def hear(event: EngineEvent) -> None:
            update.hear(event)
            told(event)

        try:
            more = {"diff": True} if command == "preview" else {}
            getattr(self._stack, command)(on_event=hear, on_output=update.printed.append, parallel=PARALLEL, **more)
        except CommandError as error:
            update.failed = True
            update.errors = update.errors or [str(error)]
        finally:
            self._close_loop()
        update.seconds = time.monotonic() - began
        return update

    def interrupt(self) -> None:
        """Let a command that runs end what it has begun, and begin nothing new."""
        self._command.interrupt()

    def cancel(self) -> None:
        """Free the stack of an update that was interrupted."""
        self._stack.cancel()

    def resources(self) -> list[Mapping[str, Any]]:
        """Return what the engine's state holds."""
        found: list[Mapping[str, Any]] = (self._stack.export_stack().deployment or {}).get("resources", [])
        return found

    def _run_program(self) -> None:
        self._loop = asyncio.get_running_loop()
        with program_surroundings(self._program.parent), without_stack_traces():
            runpy.run_path(str(self._program), run_name="__main__")

    def _close_loop(self) -> None:
        loop, self._loop = self._loop, None
        if loop:
            loops.end(loop)


class _Stack(Stack):
    """A stack that says nothing after a command: the events have said it, and each answer is a run of the CLI."""

    @override
    def outputs(self) -> OutputMap:
        return {}

    @override
    def info(self, show_secrets: bool = True) -> UpdateSummary:
        return UpdateSummary(kind="", start_time=datetime.min, message="", environment={}, config={}, result="")


def _value(text: str) -> Any:
    """Return a value of the configuration as it stands in a stack file: objects and lists travel as JSON."""
    if text.startswith(("{", "[")):
        return json.loads(text)
    return text
