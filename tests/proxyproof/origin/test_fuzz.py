"""Whatever a client sends, the origin answers, refuses or closes; it never fails nor harms."""

import asyncio
import json
import operator
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from proxyproof.wire.frames import Frame, FrameDecoder, Opcode
from proxyproof.wire.handshake import request, upgrade_request
from proxyproof.wire.raw import raw_connection
from tests.proxyproof.fuzz import DEADLINE, any_bytes, frames, fuzz, seldom, status_of
from tests.proxyproof.origin.drive import WebSocket, serving, websocket

texts = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=12)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
commands = st.fixed_dictionaries(
    {"type": st.sampled_from(["ping", "subscribe", "unsubscribe", "x", 1, None])},
    optional={"loopId": json_values, "nonce": json_values},
)
payloads = (
    st.binary(max_size=130)
    | st.builds(lambda value: json.dumps(value).encode(), commands | json_values)
    | st.just(b"[" * 3000)
)
any_frames = frames(st.sampled_from([*Opcode]), payloads, seldom.map(operator.not_))
field_names = st.sampled_from(
    [
        "Upgrade",
        "Connection",
        "Sec-WebSocket-Key",
        "Sec-WebSocket-Version",
        "Sec-WebSocket-Extensions",
        "Sec-WebSocket-Protocol",
        "Origin",
        "Cookie",
        "Last-Event-ID",
        "Content-Length",
        "Transfer-Encoding",
        "Range",
        "Expect",
        "X-authentik-username",
        "X-Forwarded-Host",
    ]
)
field_values = texts | st.sampled_from(
    ["websocket", "Upgrade", "13", "chunked", "100-continue", "-1", "permessage-deflate;x=", "[::1"]
)
queries = st.lists(
    st.tuples(st.sampled_from(["loopId", "lastEventId", "case", "x"]), st.binary(max_size=10)),
    max_size=3,
)
paths = st.sampled_from(
    ["/api/ws", "/api/events", "/api/echo", "/api/whoami", "/api/loops/%FF/events"]
)


class Ground:
    """An origin that all examples of a test share, and a bystander who must not be harmed."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self.run = runner.run
        self.failures: list[dict[str, Any]] = []
        self.stack = AsyncExitStack()
        self.run(self._start())

    async def _start(self) -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, told: self.failures.append(told))
        self.origin = await self.stack.enter_async_context(serving())
        self.bystander = await self.stack.enter_async_context(websocket(self.origin))
        await self.bystander.next()

    async def is_well(self) -> None:
        """The bystander is answered, and nothing failed that nobody caught."""
        await self.bystander.say(type="ping", nonce="well?")

        assert await self.bystander.next() == {"type": "pong", "nonce": "well?"}
        assert self.failures == []

    async def judge(self, raw: bytes) -> None:
        """It is answered or refused, and the bystander does not notice."""
        status = await status_of(self.origin.port, raw)

        assert status is None or 100 < status < 500
        await self.is_well()


@contextmanager
def serving_a_bystander() -> Iterator[Ground]:
    with asyncio.Runner() as runner:
        ground = Ground(runner)
        yield ground
        ground.run(ground.stack.aclose())


def test_any_frames_are_answered_or_refused() -> None:
    async def send(ground: Ground, sent: list[bytes]) -> None:
        port = ground.origin.port
        async with raw_connection("127.0.0.1", port, deadline=DEADLINE) as connection:
            await connection.send(upgrade_request("/api/ws", "localhost"))
            await connection.read_head()
            with suppress(ConnectionError):
                await connection.send(b"".join(sent) + Frame(Opcode.CLOSE, b"").encode())
            rest = b""
            with suppress(ConnectionError):
                rest = await connection.rest()
        told = FrameDecoder().feed(rest)

        assert told
        assert told[-1].opcode is Opcode.CLOSE
        await ground.is_well()

    @settings(fuzz, max_examples=80)
    @given(st.lists(any_frames, max_size=4))
    def examples(sent: list[bytes]) -> None:
        ground.run(send(ground, sent))

    with serving_a_bystander() as ground:
        examples()


def test_any_head_is_answered_or_refused() -> None:
    @settings(fuzz, max_examples=100)
    @given(
        paths, queries, st.lists(st.tuples(field_names, field_values), max_size=5), st.booleans()
    )
    def examples(
        path: str, query: list[tuple[str, bytes]], fields: list[tuple[str, str]], opening: bool
    ) -> None:
        target = f"{path}?{'&'.join(f'{name}={quote(value)}' for name, value in query)}"
        build = upgrade_request if opening else request
        raw = build(target, "localhost", fields=fields)
        ground.run(ground.judge(raw))

    with serving_a_bystander() as ground:
        examples()


def test_any_bytes_are_answered_or_refused() -> None:
    @settings(fuzz, max_examples=60)
    @given(any_bytes)
    def examples(raw: bytes) -> None:
        ground.run(ground.judge(raw))

    with serving_a_bystander() as ground:
        examples()


class Subscription(RuleBasedStateMachine):
    """The life of one subscription beside a model of it: its loops, and what it is due."""

    ground: Ground
    names = st.sampled_from(["a", "b", "c"])

    def __init__(self) -> None:
        super().__init__()
        self.stack = AsyncExitStack()
        self.loops: set[str] | None = None
        self.due: list[str] = []
        self.last: str | None = None
        self.acts: list[tuple[str, str]] = []
        self.stream = self.ground.run(self._open("/api/ws"))

    async def _open(self, target: str) -> WebSocket:
        stream = await self.stack.enter_async_context(websocket(self.ground.origin, target))
        assert (await stream.next())["type"] == "connected"
        return stream

    async def _receive(self) -> list[str]:
        """The ids of the events before the answer to a ping."""
        await self.stream.say(type="ping", nonce="marker")
        got: list[str] = []
        while (message := await self.stream.next())["type"] != "pong":
            got += [message["id"]] if "id" in message else []
        return got

    @rule(name=names)
    def publish(self, name: str) -> None:
        event = self.ground.run(self._act(name))
        if self.loops is None or name in self.loops:
            self.due.append(event)

    async def _act(self, name: str) -> str:
        event = str(self.ground.origin.loops.act(name, "log", {}).id)
        self.acts.append((name, event))
        return event

    @rule(name=names, word=st.sampled_from(["subscribe", "unsubscribe"]))
    def command(self, name: str, word: str) -> None:
        answer = self.ground.run(self._say(word, name))
        if word == "unsubscribe" and name not in (self.loops or ()):
            assert answer["reason"] == "not-subscribed"
            return
        if self.loops is not None:  # all of them stay all
            self.loops = self.loops | {name} if word == "subscribe" else self.loops - {name}

        assert answer["loopIds"] == (None if self.loops is None else sorted(self.loops))

    async def _say(self, word: str, name: str) -> dict[str, Any]:
        self._check(await self._receive())
        await self.stream.say(type=word, loopId=name)
        return await self.stream.next()

    @rule()
    def look(self) -> None:
        self._check(self.ground.run(self._receive()))

    @rule(name=names)
    def resume(self, name: str) -> None:
        """Be cut off, miss two events, and go on with the filter in the query."""
        self.ground.run(self._resume(name))

    async def _resume(self, name: str) -> None:
        self._check(await self._receive())
        await self.stack.aclose()
        newest = [await self._act("a"), await self._act(name)][-1]
        asked = f"&lastEventId={self.last}" if self.last else ""
        self.stream = await self._open(f"/api/ws?loopId={name}{asked}")
        self.loops = {name}
        got = await self._receive()

        assert got == self._missed(name)
        self.last = newest

    def _missed(self, name: str) -> list[str]:
        """All that a loop had after the last id, also what the filter before kept back."""
        ids = [event for _, event in self.acts]
        after = ids.index(self.last) + 1 if self.last else len(ids)
        return [event for one, event in self.acts[after:] if one == name]

    def _check(self, got: list[str]) -> None:
        assert got == self.due
        self.last = got[-1] if got else self.last
        self.due = []

    def teardown(self) -> None:
        self.ground.run(self.stack.aclose())


@pytest.mark.timeout(60)
def test_a_subscription_brings_what_its_model_is_due() -> None:
    async def create(ground: Ground) -> None:
        for name in ("a", "b", "c"):
            ground.origin.loops.create(name, owner=None, private=False, token="")

    with serving_a_bystander() as ground:
        Subscription.ground = ground
        ground.run(create(ground))
        budget = settings(fuzz, max_examples=8, stateful_step_count=10)
        run_state_machine_as_test(Subscription, settings=budget)
