"""A program's event loop ends with its tasks, whoever left it."""

import asyncio

from rehearsal.updates import loops


async def program(ended: list[asyncio.AbstractEventLoop]) -> None:
    try:
        await asyncio.sleep(3600)
    finally:
        ended.append(asyncio.get_running_loop())


def test_tasks_that_were_left_take_their_last_steps_on_their_loop() -> None:
    loop, ended = asyncio.new_event_loop(), list[asyncio.AbstractEventLoop]()
    task = loop.create_task(program(ended))
    loop.call_soon(loop.stop)
    loop.run_forever()
    loop.stop()
    loops.end(loop)
    assert ended == [loop]
    assert task.cancelled()
    assert loop.is_closed()


def test_a_loop_that_is_closed_is_left_alone() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    loops.end(loop)
