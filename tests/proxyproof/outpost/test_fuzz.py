"""Whatever a client without a session sends, the outpost neither fails nor lets it pass."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxyproof.outpost.journal import Journal
from proxyproof.outpost.server import Outpost
from proxyproof.outpost.settings import parse
from tests.proxyproof.fuzz import any_bytes, fuzz, status_of

NAME = "authentik_proxy_948fe603"
TABLE = {
    "listen": "127.0.0.1:0",
    "control": "127.0.0.1:0",
    "external_host": "http://app.test:9000",
    "client_id": "client",
    "client_secret": "secret-secret-secret-secret-secret",
    "cookie_secret": "0123456789abcdef0123456789abcdef",
    "issuer": "http://127.0.0.1:1",
}

latin = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=20)
tokens = latin | st.sampled_from(["a.b.c", "e30.e30.e30", "..", "=", "%00", "[::1", "http://["])
names = st.sampled_from(
    [
        "Cookie",
        "Authorization",
        "X-Original-URL",
        "X-Original-URI",
        "X-Forwarded-Proto",
        "X-Forwarded-Host",
        "X-Forwarded-Uri",
        "X-Forwarded-For",
        "Upgrade",
        "Connection",
        "Transfer-Encoding",
        "Content-Length",
        "Expect",
        "Host",
        "X-authentik-username",
    ]
)
cookies = st.builds(lambda value: ("Cookie", f"{NAME}={value}"), tokens)
credentials = st.builds(
    lambda scheme, value: ("Authorization", f"{scheme} {value}"),
    st.sampled_from(["Bearer", "Basic", "basic", "", "Negotiate"]),
    tokens,
)
fields = st.lists(cookies | credentials | st.tuples(names, tokens), max_size=5)
own = "/outpost.goauthentik.io"
ends = [
    "start",
    "callback",
    "sign_out",
    "auth/nginx",
    "auth/traefik",
    "auth/caddy",
    "auth/envoy",
    "auth/envoy/x",
]
paths = st.sampled_from(["/", "/api/ws", *(f"{own}/{end}" for end in ends)])
queries = st.lists(
    st.tuples(
        st.sampled_from(
            ["rd", "state", "code", "X-authentik-auth-callback", "X-authentik-logout", "x"]
        ),
        st.binary(max_size=12) | st.sampled_from([b"true", b"//evil.test", b"a.b.c"]),
    ),
    max_size=3,
)


class Ground:
    """An outpost that all examples of a test share; nothing may fail that nobody caught."""

    def __init__(self, runner: asyncio.Runner, mode: str) -> None:
        self.run = runner.run
        self.failures: list[object] = []
        internal = {"internal_host": "http://127.0.0.1:1"} if mode == "proxy" else {}
        self.outpost = Outpost(parse({**TABLE, "mode": mode, **internal}), Journal())
        self.run(self._start())

    async def _start(self) -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, told: self.failures.append(told))
        await self.outpost.__aenter__()

    async def stop(self) -> None:
        await self.outpost.__aexit__(None, None, None)

    async def judge(self, raw: bytes) -> None:
        status = await status_of(self.outpost.port, raw)
        ping = f"GET {own}/ping HTTP/1.1\r\nHost: app.test:9000\r\nConnection: close\r\n\r\n"

        # 500 is the contract's word for an edge that does not tell the URL; 502: no provider here
        # 501: a transfer coding that nobody knows (RFC 9112 6.1)
        assert status is None or 300 <= status < 500 or status in (500, 501, 502, 505)
        assert await status_of(self.outpost.port, ping.encode()) == 204
        assert self.failures == []


@contextmanager
def listening(mode: str) -> Iterator[Ground]:
    with asyncio.Runner() as runner:
        ground = Ground(runner, mode)
        try:
            yield ground
        finally:
            ground.run(ground.stop())


@pytest.mark.parametrize("mode", ["proxy", "forward_single"])
def test_any_head_without_a_session_is_refused(mode: str) -> None:
    @settings(fuzz, max_examples=60)
    @given(paths, queries, fields)
    def examples(path: str, query: list[tuple[str, bytes]], sent: list[tuple[str, str]]) -> None:
        target = f"{path}?{'&'.join(f'{name}={quote(value)}' for name, value in query)}"
        lines = [f"GET {target} HTTP/1.1", "Host: app.test:9000"]
        lines += [f"{name}: {value}" for name, value in sent]
        raw = "\r\n".join(lines) + "\r\n\r\n"
        ground.run(ground.judge(raw.encode("latin-1")))

    with listening(mode) as ground:
        examples()


def test_any_bytes_are_refused() -> None:
    @settings(fuzz, max_examples=60)
    @given(any_bytes)
    def examples(raw: bytes) -> None:
        ground.run(ground.judge(raw))

    with listening("proxy") as ground:
        examples()
