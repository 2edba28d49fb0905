import asyncio
import logging
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import suppress

import pytest

from engine.child import Child, _log_lines, environment


def test_the_child_ends_when_its_parent_is_gone() -> None:
    program = """
import asyncio, os, signal
from engine.child import Child

async def main():
    async with Child.started() as child:
        print(child._process.pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""
    parent = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=False)

    child = int(parent.stdout)

    assert parent.returncode == -signal.SIGKILL
    wait_until_gone(child)


def wait_until_gone(pid: int) -> None:
    """Wait for the end of somebody else's child; the test's own time-out is the limit."""
    with suppress(ProcessLookupError):
        descriptor = os.pidfd_open(pid)
        select.select([descriptor], [], [])
        os.close(descriptor)


@pytest.fixture
async def talker() -> AsyncGenerator[tuple[Child, asyncio.StreamWriter]]:
    """A child whose words are ours, in front of a process that only waits to be ended."""
    ours, theirs = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=ours)
    _, words = await asyncio.open_connection(sock=theirs)
    process = await asyncio.create_subprocess_exec("sleep", "600")
    yield Child(process, reader, writer), words
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()
    writer.close()
    words.close()


async def test_a_silent_child_is_given_up(talker: tuple[Child, asyncio.StreamWriter]) -> None:
    child, _ = talker

    assert [message async for message in child.messages(silence_max_s=0.2)] == []


async def test_a_child_that_talks_nonsense_is_killed(
    talker: tuple[Child, asyncio.StreamWriter],
) -> None:
    child, words = talker
    words.write(b"\xff" * 100)

    heard = [message async for message in child.messages(silence_max_s=0.2)]

    assert heard == []
    assert await child._process.wait() == -signal.SIGKILL


async def test_what_a_child_prints_goes_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "engine.worker")
    process = await asyncio.create_subprocess_exec(
        "sh", "-c", "echo one; echo two; printf three", stdout=asyncio.subprocess.PIPE
    )

    await _log_lines(process)
    await process.wait()

    assert caplog.messages == ["one", "two", "three"]


def test_a_child_is_not_told_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_TELEGRAM__TOKEN", "123:secret")

    assert "123:secret" not in environment().values()
    assert "PATH" in environment()


def test_whoever_drives_the_engine_needs_no_torch() -> None:
    program = "import sys, engine.engine; sys.exit('torch' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
