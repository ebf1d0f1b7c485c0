import asyncio
import resource
import socket
import threading
from pathlib import Path

import pytest

from proxyproof import holdings as module
from proxyproof.holdings import holdings, resident


async def test_what_is_taken_is_counted_and_what_is_given_back_is_not() -> None:
    before = await holdings()
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    task = asyncio.create_task(asyncio.sleep(60))
    with socket.socket(), socket.socket():
        during = await holdings()
    done.set()
    thread.join()
    task.cancel()
    await asyncio.wait([task])
    after = await holdings()

    assert during.tasks == before.tasks + 1
    assert during.threads == before.threads + 1
    assert during.files == before.files + 2
    assert (after.tasks, after.threads, after.files) == (
        before.tasks,
        before.threads,
        before.files,
    )


async def test_garbage_is_held_by_nobody() -> None:
    class Knot:
        def __init__(self) -> None:
            self.own = self

    before = await holdings()
    for _ in range(1000):
        Knot()
    after = await holdings()

    assert after.objects - before.objects < 500


def test_memory_is_in_bytes() -> None:
    assert 5 * 2**20 < resident() < 2**36


def test_where_the_kernel_does_not_tell_memory_its_peak_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "STATM", Path("/no/such/file"))

    assert resident() == resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


async def test_what_the_allocator_keeps_is_held_by_nobody() -> None:
    before = await holdings()
    pieces = [bytes(100_000) for _ in range(1000)]  # below what glibc asks the kernel for singly
    pieces = pieces[-1:]  # at the end of the heap: without a trim nothing before it goes back
    after = await holdings()

    assert len(pieces) == 1
    assert after.resident - before.resident < 20 * 2**20
