import pytest

from proxyproof.client.policy import TransportName, Wanted
from proxyproof.client.transport.target import Target, fields_of, named_by

BOTH: tuple[TransportName, ...] = ("websocket", "sse")


@pytest.mark.parametrize(
    ("url", "websocket", "sse"),
    [
        ("http://h", "ws://h/api/ws", "http://h/api/events"),
        ("https://h:8443/", "wss://h:8443/api/ws", "https://h:8443/api/events"),
        ("https://h/app/", "wss://h/app/api/ws", "https://h/app/api/events"),
        ("wss://h/api/ws", "wss://h/api/ws", "https://h/api/events"),
        ("ws://h", "ws://h/api/ws", "http://h/api/events"),
        ("http://h/app/api/events", "ws://h/app/api/ws", "http://h/app/api/events"),
        ("http://h?case=1&b=%2F;+", "ws://h/api/ws?case=1&b=%2F;+", None),
        ("http://h/api/loops/a%2Fb/events", "ws://h/api/ws?loopId=a%2Fb", None),
    ],
)
def test_application_has_two_streams(url: str, websocket: str, sse: str | None) -> None:
    target = Target(url)
    sse = sse or url.replace("h?", "h/api/events?")

    assert target.transports == BOTH
    assert target.request("websocket", None).url == websocket
    assert target.request("sse", None).url == sse


@pytest.mark.parametrize(
    ("url", "transport"),
    [
        ("https://h/feed?a=1", "sse"),
        ("http://h/feed", "sse"),
        ("ws://h/chat", "websocket"),
        ("wss://h/chat?a=%20", "websocket"),
    ],
)
def test_other_stream_is_used_as_it_is(url: str, transport: TransportName) -> None:
    target = Target(url)

    assert target.transports == (transport,)
    assert target.request(transport, None).url == url


def test_loop_id_is_encoded_whole() -> None:
    target = Target("http://h?case=1", loop_id="a b/ü;+%")

    assert target.request("websocket", None).url == (
        "ws://h/api/ws?case=1&loopId=a%20b%2F%C3%BC%3B%2B%25"
    )
    assert target.request("sse", None).url == (
        "http://h/api/loops/a%20b%2F%C3%BC%3B%2B%25/events?case=1"
    )


def test_empty_loop_id_is_sent_as_an_empty_filter() -> None:
    target = Target("http://h", loop_id="")

    assert target.request("websocket", None).url == "ws://h/api/ws?loopId="
    assert target.request("sse", None).url == "http://h/api/events?loopId="


def test_given_loop_id_replaces_the_one_in_the_path() -> None:
    target = Target("http://h/api/loops/a/events", loop_id="b")

    assert target.request("sse", None).url == "http://h/api/loops/b/events"


def test_websocket_resumes_by_query() -> None:
    request = Target("http://h", "a").request("websocket", "e é-1")

    assert request.url == "ws://h/api/ws?loopId=a&lastEventId=e%20%C3%A9-1"
    assert request.last_event_id == "e é-1"


def test_event_stream_resumes_by_field() -> None:
    request = Target("http://h", fields=[("A", "1")]).request("sse", "e-1")

    assert request.url == "http://h/api/events"
    assert request.fields == (("A", "1"), ("Last-Event-ID", "e-1"))


@pytest.mark.parametrize("transport", BOTH)
def test_empty_id_is_not_sent(transport: TransportName) -> None:
    target = Target("http://h")

    assert target.request(transport, "").url == target.request(transport, None).url
    assert target.request(transport, "").fields == ()


@pytest.mark.parametrize(
    ("url", "secure"), [("https://h", True), ("wss://h", True), ("http://h", False)]
)
def test_scheme_says_whether_tls_is_spoken(url: str, secure: bool) -> None:
    assert Target(url).secure is secure


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://h", "no stream URL: expected ws://"),
        ("localhost:8000", "no stream URL"),
        ("http://", "names no host"),
        ("http://h:99999", "is no URL: Port out of range"),
        ("http://[h", "is no URL: Invalid IPv6"),
    ],
)
def test_bad_url_is_refused_in_plain_words(url: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Target(url)


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("ws://h", "websocket"),
        ("wss://h/api/ws", "websocket"),
        ("http://h/api/events", "sse"),
        ("http://h/api/loops/a/events", "sse"),
        ("http://h", "auto"),
        ("http://h/api/ws", "auto"),
    ],
)
def test_url_names_a_transport(url: str, wanted: Wanted) -> None:
    assert named_by(url) == wanted


def test_cookies_are_sent_in_one_field_as_given() -> None:
    fields = fields_of({"b": "x=y", "a": '"q"'}, {"X-Test": "1"})

    assert fields == (("X-Test", "1"), ("Cookie", 'b=x=y; a="q"'))


def test_repeated_fields_are_kept() -> None:
    assert fields_of(None, [("A", "1"), ("A", "2")]) == (("A", "1"), ("A", "2"))


def test_no_fields_are_no_fields() -> None:
    assert fields_of(None, None) == ()
