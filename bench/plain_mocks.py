"""Runs a program under Pulumi's mocks as its documentation shows them: `python -m bench.plain_mocks program.py`.

Writes how many resources it registered, as a proof of work.
"""

import runpy
import sys
from typing import Any, cast

import pulumi
from typing_extensions import override


class Echo(pulumi.runtime.Mocks):
    """Answers each resource with its own inputs, and no call at all."""

    registered = 0

    @override
    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.registered += 1
        return f"{args.name}-id", cast("dict[str, Any]", args.inputs)  # pyright: ignore[reportUnknownMemberType]

    @override
    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[str, Any], None]:
        raise NotImplementedError(args.token)


def main(path: str) -> int:
    """Run the program and return how many resources it registered."""
    echo = Echo()
    pulumi.runtime.set_mocks(echo, preview=False)
    pulumi.runtime.test(lambda: runpy.run_path(path) and None)()  # pyright: ignore[reportUnknownMemberType]
    return echo.registered


if __name__ == "__main__":
    print(main(sys.argv[1]))
