import pytest

from proxyproof.origin import Ledger
from proxyproof.origin.ledger import MAX_TOKENS
from tests.proxyproof.origin.drive import raw, serving


async def test_a_head_is_kept_as_it_was_received() -> None:
    request = "GET /api//x/%2e%2E?case=t&a=1;b=%2F+%20 HTTP/1.1\nhOsT: here\nX-b: 1\nX-A: 2\nx-b: 3"
    async with serving() as origin, await raw(origin, request) as connection:
        await connection.head()
        head = origin.ledger.of("t").heads[0]

        assert (head.method, head.version, head.peer) == ("GET", "HTTP/1.1", "127.0.0.1")
        assert head.target == "/api//x/%2e%2E?case=t&a=1;b=%2F+%20"
        assert head.fields == (("hOsT", "here"), ("X-b", "1"), ("X-A", "2"), ("x-b", "3"))
        assert head.all("x-B") == ["1", "3"]
        assert head.parameters("a") == ["1;b=/  "]


async def test_a_field_with_thousands_of_cookies_is_read() -> None:
    cookies = "; ".join(f"c{number}={'x' * 100}" for number in range(300))
    request = f"GET /api/health?case=t HTTP/1.1\nHost: x\nCookie: {cookies}"
    async with serving() as origin, await raw(origin, request) as connection:
        assert (await connection.head()).startswith("HTTP/1.1 200")
        assert origin.ledger.of("t").heads[0].first("Cookie") == cookies


async def test_waiting_for_a_fact_has_a_deadline() -> None:
    with pytest.raises(TimeoutError):
        await Ledger(10).of("t").until(lambda case: bool(case.opened), 0.01)


async def test_waiting_ends_with_the_fact() -> None:
    ledger = Ledger(10)
    ledger.opened("t", 1, "sse", None)
    await ledger.of("t").until(lambda case: bool(case.opened), 0)

    assert ledger.of("t").opened[0].stream == 1


def test_a_stranger_cannot_fill_the_memory() -> None:
    ledger = Ledger(10)
    ledger.opened("first", 1, "sse", None)
    for number in range(MAX_TOKENS):
        ledger.opened(str(number), number, "sse", None)

    assert not ledger.of("first").opened
