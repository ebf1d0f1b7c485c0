"""Whatever a server sends, the client goes on; whatever befalls its streams, no event is lost."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from proxyproof.client import EventStream
from proxyproof.client.policy import Wanted
from proxyproof.wire.frames import Opcode
from tests.proxyproof.client.stage import DEADLINE, QUICK, Behaviour, Stage, refuse, staged, write
from tests.proxyproof.fuzz import frames, fuzz, seldom

WORDS = [b"data", b"id", b"event", b"retry", b":", b" ", b"\n", b"\r", b"\r\n", b"{", b"\xff"]
EVENTS = [b'data: {"type":"x"}\n\n', b"id: e-1\ndata: []\n\n", b"data: null\n\n", b"\xef\xbb\xbf"]
pieces = st.sampled_from([*WORDS, *EVENTS])
chunks = st.lists(pieces | st.binary(min_size=1, max_size=8), min_size=1, max_size=8)


async def _next_after(stream: EventStream, wanted: str) -> None:
    async with asyncio.timeout(DEADLINE):
        while (await anext(stream)).id != wanted:
            pass


def test_any_event_stream_is_survived() -> None:
    async def follow(sent: list[bytes]) -> None:
        async with staged() as stage:
            stage.script["sse"].append(write(*sent))
            async with EventStream(stage.url, "sse", policy=QUICK) as stream:
                await stage.opened(2)
                stage.publish()
                await _next_after(stream, "e-1")

    @settings(fuzz, max_examples=50)
    @given(chunks)
    def examples(sent: list[bytes]) -> None:
        runner.run(follow(sent))

    with asyncio.Runner() as runner:
        examples()


# No close frame: its code may say that this was the end of it.
opcodes = st.sampled_from([one for one in Opcode if one is not Opcode.CLOSE])
payloads = st.binary(max_size=130) | st.sampled_from(
    [b'{"id":7}', b'{"id":"e-0","type":[]}', b"[" * 999]
)
LINES = [
    b"HTTP/1.1 101 Switching Protocols\r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 500 \r\n",
    b"Upgrade: websocket\r\n",
    b"Connection: Upgrade\r\n",
    b"Sec-WebSocket-Accept: x\r\n",
    b"Sec-WebSocket-Extensions: permessage-deflate; x=\r\n",
    b"Content-Type: text/event-stream\r\n",
    b"Content-Length: -1\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"\r\n",
]
answers = st.lists(st.sampled_from(LINES) | st.binary(min_size=1, max_size=8), max_size=8)


def hang_up_after(raw: bytes, *, upgraded: bool) -> Behaviour:
    """These bytes, after the opening handshake or in its place, and then the end."""

    async def behaviour(_: Stage, request: web.Request) -> web.StreamResponse:
        answer = web.WebSocketResponse() if upgraded else web.StreamResponse()
        if isinstance(answer, web.WebSocketResponse):
            await answer.prepare(request)
        if request.transport is not None:
            request.transport.write(raw)
            request.transport.close()
        return answer

    return behaviour


async def _survives(raw: bytes, transport: Wanted, *, upgraded: bool) -> None:
    """The connection after that one brings the next event."""
    async with staged() as stage:
        stage.script["websocket"].append(hang_up_after(raw, upgraded=upgraded))
        async with EventStream(stage.url, transport, policy=QUICK) as stream:
            await stage.opened(2)
            stage.publish()
            await _next_after(stream, "e-1")


def test_any_frames_are_survived() -> None:
    @settings(fuzz, max_examples=50)
    @given(st.lists(frames(opcodes, payloads, seldom) | st.binary(max_size=8), max_size=4))
    def examples(sent: list[bytes]) -> None:
        runner.run(_survives(b"".join(sent), "websocket", upgraded=True))

    with asyncio.Runner() as runner:
        examples()


def test_any_answer_to_the_opening_handshake_is_survived() -> None:
    @settings(fuzz, max_examples=50)
    @given(answers)
    def examples(sent: list[bytes]) -> None:
        runner.run(_survives(b"".join(sent), "auto", upgraded=False))

    with asyncio.Runner() as runner:
        examples()


class Reconnection(RuleBasedStateMachine):
    """A client whose streams are cut, closed and refused, beside what was published."""

    runner: asyncio.Runner
    transport: Wanted

    def __init__(self) -> None:
        super().__init__()
        self.stack = AsyncExitStack()
        self.received: list[str | None] = []
        self.runner.run(self._start())

    async def _start(self) -> None:
        self.stage: Stage = await self.stack.enter_async_context(staged())
        self.stream = await self.stack.enter_async_context(
            EventStream(self.stage.url, self.transport, policy=QUICK)
        )
        await self.stage.opened()
        await self._publish(1)  # before its first id a client can only go on from now

    async def _publish(self, count: int) -> None:
        self.stage.publish(count)
        await self._catch_up()

    async def _catch_up(self) -> None:
        async with asyncio.timeout(DEADLINE):
            while len(self.received) < len(self.stage.log):
                event = await anext(self.stream)
                self.received += [event.id] if event.id else []

        assert self.received == [f"e-{number + 1}" for number in range(len(self.stage.log))]

    @rule(count=st.integers(1, 3))
    def publish(self, count: int) -> None:
        self.runner.run(self._publish(count))

    @rule(missed=st.integers(0, 3), how=st.sampled_from([0, 1001, 1011, 1012, 1013, 4000]))
    def lose(self, missed: int, how: int) -> None:
        self.runner.run(self._lose(missed, how))

    async def _lose(self, missed: int, how: int) -> None:
        stream = await self.stage.opened()
        stream.tell(stream.abort if how == 0 else lambda: stream.end(how))
        await self.stage.holds(0)
        self.stage.publish(missed)
        await self.stage.holds(1)
        await self._catch_up()

    @rule(status=st.sampled_from([500, 502, 503, 504, 429]))
    def refuse_next(self, status: int) -> None:
        for script in self.stage.script.values():
            script.append(refuse(status))

    def teardown(self) -> None:
        self.runner.run(self.stack.aclose())


@pytest.mark.timeout(60)
@pytest.mark.parametrize("transport", ["websocket", "sse", "auto"])
def test_a_client_that_loses_its_streams_loses_no_event(transport: Wanted) -> None:
    with asyncio.Runner() as runner:
        Reconnection.runner, Reconnection.transport = runner, transport
        budget = settings(fuzz, max_examples=8, stateful_step_count=10)
        run_state_machine_as_test(Reconnection, settings=budget)
