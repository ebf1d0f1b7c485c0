"""What the outbox does when its connection goes away between two writes."""

import asyncio

from proxyproof.origin.stream.codec import Block
from proxyproof.origin.stream.outbox import Outbox


class ClosedTwice(asyncio.Transport):
    """A TLS transport after its second `close`: it holds no protocol any more."""

    def is_closing(self) -> bool:
        return True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        raise AttributeError("'NoneType' object has no attribute '_write_appdata'")

    def get_write_buffer_size(self) -> int:
        raise AttributeError("'NoneType' object has no attribute '_get_write_buffer_size'")


class Connection:
    writing_paused = False
    connected = True


async def _drain() -> None:
    return


async def test_a_write_to_a_closed_connection_takes_nothing_from_the_others() -> None:
    outbox = Outbox(ClosedTwice(), Connection(), _drain, bound=1024)

    assert outbox.put(Block(b"data: 1\n\n")) is False
    assert outbox.last is None


async def test_the_last_words_to_a_closed_connection_are_dropped() -> None:
    outbox = Outbox(ClosedTwice(), Connection(), _drain, bound=1024)

    outbox.finish(b"data: bye\n\n")

    assert outbox.finished.is_set()


async def test_nothing_waits_for_a_closed_connection() -> None:
    outbox = Outbox(ClosedTwice(), Connection(), _drain, bound=1024)

    assert not outbox.is_waiting
    assert outbox.stalled_for() < 1
