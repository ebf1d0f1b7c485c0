"""Cookies of the application, in both directions: RFC 6265 sections 3 and 5.4.

The RFC binds the two ends. What a gateway does between them is practice, and applications stand or
fall with it.
"""

import pytest

from fixtures.asking import answers_to
from fixtures.client import Client
from fixtures.origin import OriginActor
from suites.admission import expect_let_in
from suites.requirement import ORIGIN, PROXY, over_both_transports, over_both_versions, practice

LAYOUT = 'layout="wide=1"'
SEVERAL = ("zoom=1.5", 'layout="wide=1"', "empty=", "state=a=b==", "account=7")
SET = ("view=grid; Path=/; Expires=Wed, 09 Jun 2027 10:18:14 GMT", "view.old=; Max-Age=0; Path=/")
PIECE = 2048  # browsers give each cookie 4 KiB


@practice(
    "sessions of the application are in its cookies: without them a stream is anonymous",
    watches=PROXY,
    kills=("strips-cookie", "cookie-not-forwarded"),
)
async def test_application_cookie_reaches_the_upgrade(client: Client, origin: OriginActor) -> None:
    """The proxy passes the application's cookie on with an opening handshake, byte for byte."""
    async with client.with_cookies(LAYOUT).stream("websocket"):
        head = await origin.head("/api/ws")

    assert LAYOUT in "; ".join(head.all("Cookie")).split("; ")


@practice(
    "sessions of the application are in its cookies: without them a stream is anonymous",
    watches=PROXY,
    kills=("strips-cookie", "cookie-not-forwarded"),
)
async def test_application_cookie_reaches_the_event_stream(
    client: Client, origin: OriginActor
) -> None:
    """The proxy passes the application's cookie on with an event stream, byte for byte."""
    async with client.with_cookies(LAYOUT).stream("sse"):
        head = await origin.head("/api/events")

    assert LAYOUT in "; ".join(head.all("Cookie")).split("; ")


@practice(
    "of two cookies with one name the first is meant, and a value may hold quotes and `=`",
    watches=PROXY,
    kills=("reorders-cookies",),
)
@over_both_transports
@over_both_versions
async def test_several_cookies_arrive_whole(
    client: Client, origin: OriginActor, transport: str
) -> None:
    """The proxy passes on names, values and order of several cookies."""
    async with client.with_cookies(*SEVERAL).stream(transport):
        head = await origin.head()

    assert "; ".join(head.all("Cookie")).endswith("; ".join(SEVERAL))


@practice(
    "the page loads and only its streams fail, for those users whose cookies are large",
    watches=(PROXY, ORIGIN),
    kills=("small-header-buffers",),
    field=("COO-04",),
)
@pytest.mark.parametrize("kib", [2, 8, 12])
async def test_large_cookies_pass_alike(client: Client, kib: int) -> None:
    """The server lets in up to 12 KiB of cookies, with a page, an event stream and an upgrade."""
    pieces = [f"piece{number}={'x' * PIECE}" for number in range(kib * 1024 // PIECE)]

    answers = await answers_to(client.with_cookies(*pieces))

    expect_let_in(answers)


@practice(
    "a client keeps the first of cookies that were folded into one field, and loses the others",
    watches=(PROXY, ORIGIN),
    kills=("merges-set-cookie", "set-cookie-dropped"),
)
async def test_set_cookie_of_the_origin_arrives_on_101(client: Client, origin: OriginActor) -> None:
    """The proxy passes on the cookies that the origin sets with a 101, each in its own field."""
    origin.script.fields = [("Set-Cookie", cookie) for cookie in SET]

    async with client.stream("websocket") as stream:
        arrived = stream.fields.get_list("Set-Cookie")

    assert arrived == [*SET]


@practice(
    "a client keeps the first of cookies that were folded into one field, and loses the others",
    watches=(PROXY, ORIGIN),
    kills=("merges-set-cookie", "set-cookie-dropped"),
)
@over_both_versions
async def test_set_cookie_of_the_origin_arrives_on_the_event_stream(
    client: Client, origin: OriginActor
) -> None:
    """The proxy passes on the cookies that the origin sets with an event stream, one a field."""
    origin.script.fields = [("Set-Cookie", cookie) for cookie in SET]

    async with client.stream("sse") as stream:
        arrived = stream.fields.get_list("Set-Cookie")

    assert arrived == [*SET]
