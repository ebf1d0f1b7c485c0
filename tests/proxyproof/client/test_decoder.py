import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxyproof.client.decoder import (
    Comment,
    EventStreamDecoder,
    Item,
    Retry,
    ServerSentEvent,
)

# The decoder of the pages reads the same file: tests/javascript/decoder.test.js.
SHARED = Path(__file__).parents[2] / "vectors" / "event_stream.json"
VECTORS = json.loads(SHARED.read_text())["vectors"]
# Pieces that meet each rule, and the bytes that break it.
PIECES = [
    *(b"\n", b"\r", b"\r\n", b"\n\n", b":", b" ", b"data", b"data: ", b"event:x", b"id: 1"),
    *(b"id", b"id:\0", b"retry: 10", b"retry:x", b"retry:", b": ", b"\xef\xbb\xbf", b"\0"),
    *("é€😀".encode(), b"\xe2", b"\x82", b"\xf0\x9f", b"\x80", b"\xed\xa0", "\u2028".encode()),
]
STREAMS = st.lists(st.sampled_from(PIECES) | st.binary(max_size=3), max_size=24).map(b"".join)


def vector_bytes(vector: dict[str, Any]) -> bytes:
    return bytes.fromhex(vector["hex"]) if "hex" in vector else vector["text"].encode()


def as_vector(item: Item) -> dict[str, Any]:
    match item:
        case ServerSentEvent():
            fields = {"type": item.type, "data": item.data, "lastEventId": item.last_event_id}
            return {"event": fields}
        case Comment():
            return {"comment": item.text}
        case Retry():
            return {"retry": item.milliseconds}


def decoded(chunks: list[bytes], initial: str = "") -> tuple[list[Item], str]:
    decoder = EventStreamDecoder(initial)
    items = [item for chunk in chunks for item in decoder.feed(chunk)]
    return items + decoder.end(), decoder.last_event_id


def naively_decoded(stream: bytes) -> tuple[list[Item], str]:  # noqa: C901 -- one rule a branch
    """The text of 9.2.6 read aloud, for a stream that is there as a whole."""
    text = stream.decode("utf-8", "replace").removeprefix("\ufeff")
    *lines, _unfinished = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    items: list[Item] = []
    last_event_id = id_buffer = event_type = data = ""
    for line in lines:
        if line == "":
            last_event_id = id_buffer
            if data:
                items.append(ServerSentEvent(event_type or "message", data[:-1], last_event_id))
            data = event_type = ""
            continue
        name, colon, value = line.partition(":")
        if colon and not name:
            items.append(Comment(value))
            continue
        value = value[1:] if value[:1] == " " else value
        if name == "data":
            data += value + "\n"
        elif name == "event":
            event_type = value
        elif name == "id" and "\0" not in value:
            id_buffer = value
        elif name == "retry" and value and set(value) <= set("0123456789"):
            items.append(Retry(int(value)))
    return items, last_event_id


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_vector_comes_out_as_the_standard_says(vector: dict[str, Any]) -> None:
    items, last = decoded([vector_bytes(vector)], vector.get("initialLastEventId", ""))

    assert [as_vector(item) for item in items] == vector["items"]
    assert last == vector["lastEventId"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_vector_comes_out_the_same_when_split_anywhere(vector: dict[str, Any]) -> None:
    stream, initial = vector_bytes(vector)[:300], vector.get("initialLastEventId", "")
    whole = decoded([stream], initial)

    for at in range(len(stream) + 1):
        assert decoded([stream[:at], stream[at:]], initial) == whole
    assert decoded([bytes([byte]) for byte in stream], initial) == whole


@given(STREAMS)
def test_decoder_agrees_with_a_naive_reading_of_the_standard(stream: bytes) -> None:
    assert decoded([stream]) == naively_decoded(stream)


@given(STREAMS, st.data())
def test_chunks_make_no_difference(stream: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    edges = [0, *cuts, len(stream)]
    chunks = [stream[start:end] for start, end in pairwise(edges)]

    assert decoded(chunks) == decoded([stream])


@given(STREAMS)
def test_every_split_in_two_gives_the_same(stream: bytes) -> None:
    whole = decoded([stream])

    assert all(decoded([stream[:at], stream[at:]]) == whole for at in range(len(stream)))


def test_event_is_dispatched_at_its_last_byte() -> None:
    decoder = EventStreamDecoder()

    assert decoder.feed(b"data: a\r") == []
    assert decoder.feed(b"\r") == [ServerSentEvent("message", "a", "")]
    assert decoder.feed(b"\n") == []


def test_large_event_in_small_chunks_is_whole() -> None:
    stream = b"data: " + b"x" * 1_000_000 + b"\n\n"
    chunks = [stream[start : start + 4096] for start in range(0, len(stream), 4096)]

    items, _ = decoded(chunks)

    assert items == [ServerSentEvent("message", "x" * 1_000_000, "")]
