"""Messages of a WebSocket come back as they were sent: RFC 6455 sections 5 and 8, RFC 7692."""

import pytest

from fixtures.client import Client
from fixtures.echo import closing_codes, echoed, echoed_at_once, echoed_compressed, whole
from fixtures.vocabulary import Frame, Opcode, fragmented, ping
from suites.expect import expect_echo
from suites.fidelity.payloads import NO_UTF8, SIZES, TEXTS, noise
from suites.requirement import ORIGIN, PROXY, must, practice

BYTES = fragmented(Opcode.TEXT, [b"%c" % byte for byte in "in bytes: 🌍 ü".encode()])
HOLLOW = fragmented(Opcode.BINARY, [b"", b"a", b"", b"", b"b", b""])
EMPTY = (whole(Opcode.TEXT, b""), whole(Opcode.BINARY, b""))
PINGED = [Frame(Opcode.TEXT, b"ping ", fin=False), ping(), Frame(Opcode.CONT, b"between")]
OFFERS = {
    "no offer of windows": {},
    "no context": {"client_no_context_takeover": True, "server_no_context_takeover": True},
    "small windows": {"server_max_window_bits": 9, "client_max_window_bits": 9},
}
THRESHOLDS = (0, 1, 125, 126, 1023, 1024, 65_537)
COMPRESSIBLE = [("compressible " * 6000)[:size] for size in THRESHOLDS] * 3


@practice(
    "a screenshot is a megabyte: cut at a buffer or refused at a limit it is lost",
    watches=(PROXY, ORIGIN),
    kills=("truncates-4k", "limits-messages"),
    field=("FRM-01", "FRM-02"),
)
async def test_messages_of_every_size_come_back_whole(client: Client) -> None:
    """Messages of no byte to two mebibytes pass both ways whole, told by size and hash."""
    sent = [whole(Opcode.BINARY, noise(size)) for size in SIZES]

    received = await echoed(client, sent)

    expect_echo(received, sent)


@must("RFC 6455", "5.4", watches=(PROXY, ORIGIN), kills=("drops-empty-frames",), field=("FRM-03",))
async def test_small_and_empty_fragments_make_a_message(client: Client) -> None:
    """Fragments of one byte and of none make up their message, and an empty message is one."""
    sent = [BYTES, HOLLOW, *EMPTY, PINGED]

    received = await echoed(client, sent)

    expect_echo(received, sent)


@practice(
    "a tool's output holds colours, bells and other people's alphabets",
    watches=PROXY,
    kills=("cleans-text",),
    field=("FRM-05",),
)
async def test_every_character_comes_back(client: Client) -> None:
    """Control characters, marks and unnormalised text pass both ways as they are."""
    sent = [whole(Opcode.TEXT, text.encode()) for text in TEXTS]

    received = await echoed(client, sent)

    expect_echo(received, sent)


@must("RFC 6455", "8.1", watches=(PROXY, ORIGIN), kills=("repairs-utf8",), field=("FRM-05",))
async def test_text_that_is_no_utf8_is_refused(client: Client) -> None:
    """Text that is no UTF-8, lone surrogates among it, is refused with 1007 and not repaired."""
    codes = await closing_codes(client, [*NO_UTF8.values(), "well-formed: 🌍".encode()])

    assert dict(zip([*NO_UTF8, "valid"], codes, strict=True)) == {
        **dict.fromkeys(NO_UTF8, 1007),
        "valid": None,
    }


@practice(
    "an application tells messages apart by where they end",
    watches=PROXY,
    kills=("joins-messages",),
    field=("FRM-03",),
)
async def test_many_small_messages_stay_apart(client: Client) -> None:
    """A thousand messages of a few bytes that leave in one write come back one by one, in order."""
    sent = [whole(Opcode.TEXT, b"%d" % number) for number in range(1000)]

    received = await echoed_at_once(client, sent)

    expect_echo(received, sent)


@must("RFC 7692", "7", watches=PROXY, kills=("compresses-one-leg",), field=("FRM-04",))
@pytest.mark.parametrize("offer", [pytest.param(each, id=name) for name, each in OFFERS.items()])
async def test_compressed_messages_come_back_whole(client: Client, offer: dict[str, int]) -> None:
    """Compressed messages around every threshold come back whole, whatever was offered."""
    received = await echoed_compressed(client, COMPRESSIBLE, **offer)

    assert received == COMPRESSIBLE
