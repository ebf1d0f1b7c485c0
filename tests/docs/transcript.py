"""The examples of docs/API.md: read out of the page, and replayed against a live origin."""

import json
import re
import shlex
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from proxyproof.origin import Fault, Origin, Settings
from proxyproof.origin.parts import Parts
from tests.proxyproof.origin.drive import EventSource, WebSocket, event_source, websocket

PAGE = Path(__file__).parents[2] / "docs" / "API.md"
TIMESTAMP = re.compile(r'("timestamp": ?)"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"')


@dataclass(frozen=True)
class Example:
    """A fenced block: its kind, its text and the line where it begins."""

    kind: str
    text: str
    line: int


def examples() -> Iterator[Example]:
    """The fenced blocks of the page, in order."""
    page = PAGE.read_text()
    for match in re.finditer(r"^```(\S+)\n(.*?)^```$", page, re.DOTALL | re.MULTILINE):
        yield Example(match[1], match[2], page.count("\n", 0, match.start()) + 1)


@asynccontextmanager
async def documented_origin() -> AsyncIterator[Origin]:
    """The origin that the page describes: its log has the epoch of the examples."""

    def epoch(parts: Parts) -> None:
        parts.epoch = lambda: "e3f1"

    settings = Settings(trusted_peers=("127.0.0.1",), drain=1.0, close_timeout=1.0)
    async with Origin(settings, [Fault("epoch", "", "", epoch)]) as origin:
        yield origin


class Page:
    """Replays examples in the order of the page."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._response: httpx.Response | None = None

    async def replay(self, example: Example) -> None:
        """Replay one example; AssertionError says what differs."""
        replayers = {
            "http": self._http,
            "console": self._console,
            "websocket": self._websocket,
            "event-stream": self._event_stream,
        }
        await replayers[example.kind](example.text)

    async def _http(self, text: str) -> None:
        head, _, body = text.partition("\n\n")
        first, *lines = head.strip().splitlines()
        fields = dict(line.split(": ", 1) for line in lines)
        if first.startswith("HTTP/"):
            assert self._response is not None
            assert first == f"HTTP/1.1 {self._response.status_code} {self._response.reason_phrase}"
            assert fields.items() <= _titled(self._response.headers).items()
            assert normal(self._response.text) == normal(body)
            return
        method, target, _ = first.split()
        self._response = await self._ask(method, target, body, fields)

    async def _ask(
        self, method: str, target: str, body: str = "", fields: dict[str, str] | None = None
    ) -> httpx.Response:
        base = f"http://127.0.0.1:{self._origin.port}"
        async with httpx.AsyncClient(base_url=base) as client:
            return await client.request(method, target, content=body.strip(), headers=fields)

    async def _console(self, text: str) -> None:
        for line in text.splitlines():
            words = shlex.split(line.removeprefix("$ "))
            if words[0] == "curl" and "-N" not in words:
                target = words[3].removeprefix("http://localhost:8000")
                answer = await self._ask(words[2], target, words[5])
                assert answer.is_success
        self._origin.loops.delete("try-1")
        self._origin.forget()

    async def _websocket(self, text: str) -> None:
        lines = text.splitlines()
        while lines[0].startswith("!"):
            await self._do(lines.pop(0)[2:])
        async with websocket(self._origin, lines[0].removeprefix("connect ")) as ws:
            for line in lines[1:]:
                await self._step(ws, line[0], line[2:])

    async def _step(self, ws: WebSocket, mark: str, rest: str) -> None:
        if mark == "!":
            await self._do(rest)
        elif mark == ">":
            size = re.fullmatch(r"(\d+) bytes", rest)
            await ws.connection.send("x" * int(size[1]) if size else rest)
        elif rest.startswith("close "):
            assert "close {} {}".format(*await ws.ended()).strip() == rest
        else:
            assert normal(str(await ws.raw())) == normal(rest)

    async def _event_stream(self, text: str) -> None:
        lines = text.splitlines()
        while lines[0].startswith("!"):
            await self._do(lines.pop(0)[2:])
        async with event_source(self._origin, lines[0].removeprefix("connect ")) as stream:
            expected = list[str]()
            for line in lines[1:]:
                if line.startswith("! "):
                    await self._do(line[2:])
                else:
                    await self._compare(stream, line[2:], expected)

    async def _compare(self, stream: EventSource, line: str, got: list[str]) -> None:
        if line.startswith("HTTP "):
            assert line == f"HTTP {stream.response.status_code}"
        elif re.match(r"[A-Z][A-Za-z-]+: ", line):
            name, value = line.split(": ", 1)
            assert stream.response.headers[name] == value
        elif line == "end":
            assert await stream.block() is None
        else:
            if not got:
                got += (await stream.block() or "").splitlines()
            assert normal(got.pop(0)) == normal(line)

    async def _do(self, action: str) -> None:
        word, _, rest = action.partition(" ")
        if word in ("GET", "POST", "DELETE"):
            target, _, body = rest.partition(" ")
            assert (await self._ask(word, target, body)).is_success
        elif word == "close":
            code, _, reason = rest.partition(" ")
            self._origin.streams.close(int(code), reason)
        elif word == "stop":
            await self._origin.stop(int(rest))
        elif word == "start":
            await self._origin.start()
        else:
            getattr(self._origin.transports, word)(rest)


def normal(text: str) -> object:
    """JSON as a value, the rest of a line as it is; timestamps made equal."""
    text = TIMESTAMP.sub(r'\1"now"', text.strip())
    prefix, brace, rest = text.partition("{")
    try:
        return prefix, json.loads(brace + rest)
    except ValueError:
        return text


def _titled(headers: httpx.Headers) -> dict[str, str]:
    return {name.title(): value for name, value in headers.items()}
