"""What client and origin agree on in the handshake, and the first bytes that follow it.

RFC 6455 sections 4.2.2, 5.2 and 9; RFC 7692 for the compression.
"""

import pytest

from fixtures.asking import answer_to, first_frames
from fixtures.client import Client
from fixtures.origin import OriginActor
from suites.requirement import ORIGIN, PROXY, must, practice

PROTOCOL = "Sec-WebSocket-Protocol"
EXTENSIONS = "Sec-WebSocket-Extensions"


@must(
    "RFC 6455",
    "4.2.2",
    watches=(PROXY, ORIGIN),
    kills=("drops-subprotocol",),
    field=("HDR-03",),
)
async def test_subprotocol_is_negotiated_with_the_origin(
    client: Client, origin: OriginActor
) -> None:
    """The proxy brings the client's offer to the origin in order, and the origin's choice back."""
    origin.script.subprotocols = ("events.v2", "events.v1")

    answer = await answer_to(client, "websocket", None, (PROTOCOL, "chat, events.v1, events.v2"))
    head = await origin.head("/api/ws")

    assert head.all(PROTOCOL) == ["chat, events.v1, events.v2"]
    assert answer.get_all(PROTOCOL) == ["events.v1"]


@must(
    "RFC 6455",
    "4.2.2",
    watches=(PROXY, ORIGIN),
    kills=("invents-subprotocol",),
    field=("HDR-04",),
)
@pytest.mark.parametrize("offered", [(), ((PROTOCOL, "chat, superchat"),)], ids=["none", "two"])
async def test_no_subprotocol_is_invented(
    client: Client, offered: tuple[tuple[str, str], ...]
) -> None:
    """The server names no subprotocol where none was offered, or none chosen."""
    answer = await answer_to(client, "websocket", None, *offered)

    assert answer.status == 101
    assert answer.get_all(PROTOCOL) == []


@must("RFC 6455", "5.2", watches=PROXY, kills=("compresses-one-leg",), field=("FRM-04",))
async def test_compression_is_agreed_end_to_end_or_not_at_all(
    client: Client, origin: OriginActor
) -> None:
    """The proxy lets permessage-deflate be used on both legs or on neither: messages are intact."""
    async with client.websocket("/api/echo") as stream:
        head = await origin.head("/api/echo")
        await stream.say(type="echo", text="compressible " * 400)
        echoed = await stream.message()

    assert echoed.data["text"] == "compressible " * 400
    assert bool(head.all(EXTENSIONS)) == (EXTENSIONS in stream.fields)


@practice(
    "a fast origin greets in the segment of its 101: a hop that drops the rest loses events",
    watches=PROXY,
    kills=("loses-bytes-after-101",),
    field=("HDR-12",),
)
async def test_first_messages_after_101_arrive(client: Client, origin: OriginActor) -> None:
    """The proxy passes on what the origin sends behind its 101, a hundred times of a hundred."""
    greeting = ["one", "two", "three"]
    origin.script.greeting = greeting

    frames = await first_frames(client, 4, rounds=100)

    assert [[frame.text for frame in four[1:]] for four in frames] == [greeting] * 100
