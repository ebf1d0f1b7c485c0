"""What pages of other sites can do with a user's browser: open streams, read them, lead away.

RFC 6455 section 10.2; RFC 6265bis section 5.6.7 for SameSite; the Fetch standard for reading.
"""

import pytest

from fixtures.actors import Users
from fixtures.asking import answer_to, statuses_of
from fixtures.browser import attributes, browser
from fixtures.client import Client
from fixtures.origin import OriginActor
from fixtures.pages import ELSEWHERE, abroad, foreign_pages, is_at_home
from proxy.model import Feature
from suites.requirement import ORIGIN, OUTPOST, PROXY, must, needs, practice


@must(
    "RFC 6455",
    "10.2",
    watches=(ORIGIN, PROXY),
    kills=("ignores-origin-field",),
    field=("SEC-01",),
)
async def test_foreign_page_cannot_open_a_stream(client: Client, origin: OriginActor) -> None:
    """The server opens a WebSocket for its own pages and for no other site, port or scheme."""
    pages = foreign_pages(client.way.url)

    own = await answer_to(client, "websocket", None, ("Origin", client.way.url))
    from_pages = {page: client.sending(("Origin", page)) for page in pages}
    answers = await statuses_of("websocket", "/api/ws", from_pages)

    assert own.status == 101
    assert answers == dict.fromkeys(pages, 403)


@practice(
    "a page that may read an answer reads what the user may read, with the user's own cookie",
    watches=(PROXY, ORIGIN),
    kills=("reflects-origin",),
    field=("SEC-01",),
)
@pytest.mark.parametrize("way", ["sse", "get"])
async def test_foreign_page_cannot_read_a_stream(client: Client, way: str) -> None:
    """The server lets no page of another site read an event stream or a page of the user."""
    answer = await answer_to(client, way, None, ("Origin", ELSEWHERE))

    assert answer.status == 200
    assert answer.get_all("Access-Control-Allow-Origin") == []
    assert answer.get_all("Access-Control-Allow-Credentials") == []


@needs(Feature.GATE)
@practice(
    "a cookie that goes along with the requests of other sites lets them ask in the user's name",
    watches=(PROXY, OUTPOST),
    kills=("cookie-samesite-none", "cookie-readable"),
    field=("SEC-01", "COO-06"),
)
async def test_session_cookie_stays_with_its_own_site(users: Users) -> None:
    """The gate gives its cookie so that neither other sites nor scripts have the use of it."""
    async with browser(users.stranger) as page:
        given = attributes(await page.obtain_session())

    assert given.get("samesite") in ("Lax", "Strict")
    assert "httponly" in given
    assert ("secure" in given) == (users.stranger.way.scheme == "https")


@needs(Feature.GATE)
@practice(
    "a link to the login of the house that ends at a stranger's is what phishing is made of",
    watches=OUTPOST,
    kills=("open-redirect",),
)
async def test_redirect_target_is_ours(users: Users) -> None:
    """The gate leads nobody to another host after the login, whatever the link asks for."""
    way = users.stranger.way
    async with browser(users.stranger) as page:
        home = await page.lands(f"{way.url}/api/whoami?home")
        landed = await page.lands_each(abroad(way.url))

    assert home == f"{way.url}/api/whoami?home"
    assert [url for url in landed if not is_at_home(url, way.url, way.issuer)] == []
