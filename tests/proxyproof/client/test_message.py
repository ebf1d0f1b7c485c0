import pytest

from proxyproof.client.message import StreamEvent, read_event


def test_event_is_read_from_its_json() -> None:
    raw = '{"id":"e-1","type":"loop.log","loopId":"a"}'
    data = {"id": "e-1", "type": "loop.log", "loopId": "a"}

    assert read_event(raw, 1.5) == StreamEvent("e-1", "loop.log", data, raw, 1.5)


@pytest.mark.parametrize("raw", ["hello", "[1]", "17", "", "{", "[" * 100_000])
def test_text_that_is_no_json_object_is_kept_raw(raw: str) -> None:
    event = read_event(raw, 0.0, event_type="tick", event_id="7")

    assert event == StreamEvent("7", "tick", {}, raw, 0.0)


def test_json_without_an_id_has_none_whatever_the_stream_carries_over() -> None:
    event = read_event('{"reason":"too-old"}', 0.0, event_type="gap", event_id="e-9")

    assert (event.id, event.type) == ("", "gap")


@pytest.mark.parametrize("raw", ['{"id":5,"type":null}', '{"id":null}'])
def test_id_and_type_are_texts(raw: str) -> None:
    event = read_event(raw, 0.0)

    assert (event.id, event.type) == ("", "message")
