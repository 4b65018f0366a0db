"""The stack files that tests run: those that are deployed, and those that make the other choices."""

from pathlib import Path

TESTS = Path(__file__).parent
COMMITTED = sorted((TESTS.parent / "stacks").glob("Pulumi.*.yaml"))
STACK_FILES = COMMITTED + sorted((TESTS / "stack_files").glob("Pulumi.*.yaml"))
