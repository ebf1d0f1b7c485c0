"""Whatever a client without a session sends, the outpost neither fails nor lets it pass."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxyproof.outpost.journal import Journal
from proxyproof.outpost.oidc.state import BadState, StateSigner
from proxyproof.outpost.server import Outpost
from proxyproof.outpost.sessions.store import Session
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

    def __init__(self, runner: asyncio.Runner, mode: str, profile: str) -> None:
        self.run = runner.run
        self.failures: list[object] = []
        internal = {"internal_host": "http://127.0.0.1:1"} if mode == "proxy" else {}
        table = {**TABLE, "mode": mode, "profile": profile, **internal}
        self.outpost = Outpost(parse(table), Journal())
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
def listening(mode: str, profile: str = "rust-2026.8") -> Iterator[Ground]:
    with asyncio.Runner() as runner:
        ground = Ground(runner, mode, profile)
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


# What a cookie's value may consist of without becoming two pairs (RFC 6265 4.1.1).
printable = st.text(st.characters(codec="ascii", min_codepoint=33, exclude_characters=';,"'))
edits = st.tuples(st.integers(0, 120), st.integers(0, 3), printable)


def edited(value: str, edit: tuple[int, int, str]) -> str:
    """The value with some characters from a place on replaced by others."""
    at, length, piece = edit
    return value[:at] + piece + value[at + length :]


@pytest.mark.parametrize("profile", ["rust-2026.8", "go-2025.12"])
def test_a_session_is_opened_by_its_own_cookie_alone(profile: str) -> None:
    async def ask(value: str) -> int | None:
        lines = [f"GET {own}/auth/nginx HTTP/1.1", "Host: app.test:9000"]
        lines += ["X-Original-URL: http://app.test:9000/", f"Cookie: {NAME}={value}"]
        return await status_of(ground.outpost.port, ("\r\n".join(lines) + "\r\n\r\n").encode())

    @settings(fuzz, max_examples=60)
    @given(edits)
    def examples(edit: tuple[int, int, str]) -> None:
        status = ground.run(ask(edited(genuine, edit)))

        assert (status == 200) is (edited(genuine, edit) == genuine)
        assert ground.failures == []

    with listening("forward_single", profile) as ground:
        session = Session.new(60)
        ground.outpost.store.save(replace(session, sub="alice", claims={"sub": "alice"}))
        written = ground.outpost.cookie.write(session)[1].decode()
        genuine = written.partition(";")[0].partition("=")[2]

        assert ground.run(ask(genuine)) == 200
        examples()


@settings(fuzz, max_examples=200)
@given(st.lists(edits, min_size=1, max_size=2), latin)
def test_a_changed_state_leads_nowhere_else(changes: list[tuple[int, int, str]], sid: str) -> None:
    signer = StateSigner("client", TABLE["cookie_secret"])
    state = signer.issue(sid, "/page")
    assert signer.redirect_of(state, sid) == "/page"

    for change in changes:
        state = edited(state, change)

    with suppress(BadState):  # the last character may change in bits that base64 does not use
        assert signer.redirect_of(state, sid) == "/page"
