"""Cookies of the application: what the client sends reaches the origin (RFC 6265)."""

from fixtures.client import Client
from fixtures.origin import OriginActor
from suites.requirement import PROXY, must

THEME = 'theme="dark=1"'


@must("RFC 6265", "5.4", watches=PROXY, kills=("strips-cookie", "cookie-not-forwarded"))
async def test_application_cookie_reaches_the_upgrade(client: Client, origin: OriginActor) -> None:
    """The origin sees the application's cookie on an opening handshake, byte for byte."""
    async with client.with_cookies(THEME).stream("websocket"):
        head = await origin.head("/api/ws")

    assert THEME in "; ".join(head.all("Cookie"))


@must("RFC 6265", "5.4", watches=PROXY, kills=("strips-cookie", "cookie-not-forwarded"))
async def test_application_cookie_reaches_the_event_stream(
    client: Client, origin: OriginActor
) -> None:
    """The origin sees the application's cookie on the request of an event stream, byte for byte."""
    async with client.with_cookies(THEME).stream("sse"):
        head = await origin.head("/api/events")

    assert THEME in "; ".join(head.all("Cookie"))
