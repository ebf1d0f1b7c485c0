import asyncio
import contextlib
import json
import socket

import pytest

from proxyproof.origin import Origin
from tests.proxyproof.origin.drive import (
    DEADLINE,
    UPGRADE,
    closed,
    event_source,
    opened,
    serving,
    websocket,
)

EVENT_STREAM = "GET {target} HTTP/1.1\r\nHost: x\r\n\r\n"
REQUEST = {
    "websocket": UPGRADE.replace("\n", "\r\n") + "\r\n\r\n",
    "sse": EVENT_STREAM,
}
PATH = {"websocket": "/api/ws", "sse": "/api/events"}


class SlowClient:
    """Reads nothing until it is told to."""

    def __init__(self, origin: Origin, transport: str, token: str) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.connect(("127.0.0.1", origin.port))
        target = f"{PATH[transport]}?case={token}"
        self._socket.send(REQUEST[transport].format(target=target).encode())

    async def rest(self) -> bytes:
        """Everything up to the end of the stream, or of the connection."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**20)
        self._socket.setblocking(False)
        data, loop = b"", asyncio.get_running_loop()
        with contextlib.suppress(ConnectionResetError):
            while more := await asyncio.wait_for(loop.sock_recv(self._socket, 2**20), DEADLINE):
                data += more
                if data.endswith(b"\r\n0\r\n\r\n"):
                    break
        return data

    def close(self) -> None:
        self._socket.close()


async def flood(origin: Origin, bytes_: int) -> None:
    for _ in range(bytes_ // 50_000):
        origin.emitter.publish("server.error", None, {"text": "x" * 50_000})
        await asyncio.sleep(0)


@pytest.mark.parametrize("transport", ["websocket", "sse"])
async def test_a_client_that_falls_behind_is_told_where_to_resume(transport: str) -> None:
    async with serving(queue_bytes=200_000, close_timeout=0.3) as origin:
        slow = SlowClient(origin, transport, "slow")
        await opened(origin, token="slow")
        await flood(origin, 12_000_000)
        data = await slow.rest()
        slow.close()
        await closed(origin, token="slow")
        case = origin.ledger.of("slow")
        resume_from = str(case.sent[-1].event)

        assert case.closed[0].code == 1013
        assert case.closed[0].reason == f"too slow: resume from {resume_from}"
        assert f"too slow: resume from {resume_from}".encode() in data[-200:]
        assert data.count(b'"type":"server.error"') == len(case.sent)


async def test_a_case_may_want_little_to_wait_with_the_kernel_too() -> None:
    async with serving(queue_bytes=2**30) as origin:
        origin.scripts["slow"].queue_bytes = 100_000
        slow = SlowClient(origin, "sse", "slow")
        await opened(origin, token="slow")
        await flood(origin, 1_000_000)
        await closed(origin, token="slow")
        slow.close()

        assert origin.ledger.of("slow").closed[0].code == 1013


async def test_a_slow_client_delays_nobody() -> None:
    async with serving(queue_bytes=2**30) as origin, websocket(origin) as ws:
        await ws.next()
        slow = SlowClient(origin, "websocket", "slow")
        await opened(origin, token="slow")
        await flood(origin, 12_000_000)

        assert len(await ws.take(240)) == 240
        assert len(origin.ledger.of("slow").sent) < 240
        slow.close()


async def test_a_slow_client_that_reads_again_gets_all() -> None:
    async with serving(queue_bytes=2**30, close_timeout=10.0) as origin:
        slow = SlowClient(origin, "sse", "slow")
        await opened(origin, token="slow")
        await flood(origin, 12_000_000)
        origin.streams.of("slow")[0].close(1012, "restarting")
        data = await slow.rest()
        slow.close()

        assert len(origin.ledger.of("slow").sent) == 240
        assert data.count(b'"type":"server.error"') == 240
        assert b'"code":1012' in data[-200:]


async def test_a_client_that_takes_nothing_is_given_up_in_time() -> None:
    async with serving(queue_bytes=2**30, heartbeat=0.05, stall=0.2, close_timeout=0.1) as origin:
        slow = SlowClient(origin, "websocket", "slow")
        await opened(origin, token="slow")
        await flood(origin, 12_000_000)
        await closed(origin, token="slow")
        slow.close()

        assert origin.ledger.of("slow").closed[0].code == 1013


async def test_a_lost_client_with_a_full_queue_is_forgotten() -> None:
    async with serving(queue_bytes=2**30) as origin:
        slow = SlowClient(origin, "sse", "slow")
        await opened(origin, token="slow")
        await flood(origin, 12_000_000)
        slow.close()
        await closed(origin, token="slow")

        assert len(origin.streams) == 0


@pytest.mark.parametrize("transport", ["websocket", "sse"])
async def test_a_burst_arrives_whole_at_a_client_that_reads(transport: str) -> None:
    async with serving() as origin:
        if transport == "sse":
            async with event_source(origin) as stream:
                await opened(origin)
                numbers = _burst(origin)
                received = [event["n"] for event in await stream.take(10_000)]
        else:
            async with websocket(origin) as ws:
                await ws.next()
                numbers = _burst(origin)
                received = [json.loads(await ws.raw())["n"] for _ in numbers]

        assert received == list(numbers)


def _burst(origin: Origin) -> range:
    numbers = range(10_000)
    for number in numbers:
        origin.emitter.publish("server.error", None, {"n": number})
    return numbers
