"""Event loops of programs that the engine left before they had ended."""

import asyncio

from rehearsal import lifecycle

SECONDS = 5
"""What the SDK has to close a loop by itself, and what tasks have to end after that."""


def end(loop: asyncio.AbstractEventLoop) -> None:
    """Wait until the SDK has closed a program's loop, or end what it left there.

    Where the engine goes before the program has ended, a task's error stops the loop, and the SDK gives up on the rest.
    Tasks that are only dropped would run their last steps without a loop, and fail there.
    """
    if lifecycle.within(SECONDS, loop.is_closed):
        return
    loop.set_exception_handler(lambda loop, context: None)
    loop.call_soon(loop.stop)
    loop.run_forever()  # Once, since an error may have stopped the loop while nothing ran it.
    if tasks := asyncio.all_tasks(loop):
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.wait(tasks, timeout=SECONDS))
    loop.close()
