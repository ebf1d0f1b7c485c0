import json

from proxyproof.wire.head import RequestHead, ResponseHead
from proxyproof.wire.recording import Recording

UNTOLD: dict[str, object] = {"answer": [], "answered": [], "by": "", "at_ms": None}


def recording() -> Recording:
    return Recording(clock=lambda: 100.0)


def test_an_untouched_recording_is_empty() -> None:
    assert recording().evidence() == {
        "requests": [],
        "events": [],
        "marks": [],
        "output": [],
        "notes": [],
        "closes": [],
        "streams": [],
        "gate": [],
        "omitted": {},
        "published": [],
    }


def test_both_sides_of_an_event_are_one_entry() -> None:
    record = recording()
    record.sent(1, "e-1", "loop.started", transport="sse", at=100.5)
    record.received(1, "e-1", "loop.started", transport="sse", at=100.512)

    assert record.evidence()["events"] == [
        {
            "stream": 1,
            "id": "e-1",
            "type": "loop.started",
            "sent_ms": 500.0,
            "received_ms": 512.0,
            "transport": "sse",
            "reader": "",
            "wire_ms": None,
        }
    ]


def test_sides_may_be_told_in_any_order() -> None:
    record = recording()
    record.received(1, "e-1", "log", at=100.002)
    record.sent(1, "e-1", "log", at=100.001)
    (event,) = record.evidence()["events"]

    assert (event["sent_ms"], event["received_ms"]) == (1.0, 2.0)


def test_lost_and_repeated_events_are_seen() -> None:
    record = recording()
    record.sent(1, "e-1", "log", at=100.1)
    record.sent(1, "e-2", "log", at=100.2)
    record.received(1, "e-2", "log", at=100.3)
    record.received(1, "e-2", "log", at=100.4)
    events = record.evidence()["events"]

    assert [(one["id"], one["sent_ms"], one["received_ms"]) for one in events] == [
        ("e-1", 100.0, None),
        ("e-2", 200.0, 300.0),
        ("e-2", None, 400.0),
    ]


def test_same_event_on_two_streams_is_told_apart() -> None:
    record = recording()
    record.sent(1, "e-1", "log", at=100.1)
    record.received(2, "e-1", "log", at=100.2)

    assert len(record.evidence()["events"]) == 2


def test_events_are_in_the_order_of_time() -> None:
    record = recording()
    record.sent(1, "e-2", "log", at=100.2)
    record.sent(1, "e-1", "log", at=100.1)

    assert [event["id"] for event in record.evidence()["events"]] == ["e-1", "e-2"]


def test_marks_and_ends_are_on_the_same_clock() -> None:
    record = recording()
    record.closed(1, "client", 4401, "session ended", at=100.2)
    record.closed(2, "origin", None, at=100.3)
    record.mark("the link was cut", at=100.1)
    record.mark("now")

    assert record.evidence()["marks"] == [
        {"at_ms": 0.0, "what": "now"},
        {"at_ms": 100.0, "what": "the link was cut"},
        {"at_ms": 200.0, "what": "stream 1: client saw it end with 4401 session ended"},
        {"at_ms": 300.0, "what": "stream 2: origin saw it end without a code"},
    ]


def test_heads_are_kept_as_lines_under_pseudonyms() -> None:
    record = recording()
    head = RequestHead("GET", "/", fields=(("Cookie", "session=0123456789"),))
    record.exchange("handshake", head, ResponseHead(101, "Switching Protocols"))
    record.exchange("at the origin", head.encode())

    assert record.evidence()["requests"] == [
        {
            "label": "handshake",
            "sent": ["GET / HTTP/1.1", "Cookie: session=session#1"],
            "received": ["HTTP/1.1 101 Switching Protocols"],
            **UNTOLD,
        },
        {
            "label": "at the origin",
            "sent": ["GET / HTTP/1.1", "Cookie: session=session#1"],
            "received": [],
            **UNTOLD,
        },
    ]


def test_output_and_notes_hold_no_secret() -> None:
    record = recording()
    record.exchange("login", b"GET /callback?code=0123456789 HTTP/1.1\r\n\r\n")
    record.output("line one\nsaw 0123456789")
    record.note("the code was 0123456789")
    evidence = record.evidence()

    assert evidence["output"] == ["line one", "saw code#1"]
    assert evidence["notes"] == ["the code was code#1"]


def test_too_much_is_counted_and_not_shown() -> None:
    record = recording()
    for n in range(10_000):
        record.sent(1, f"e-{n}", "log", at=100.0 + n)
    evidence = record.evidence()

    assert len(evidence["events"]) == 200
    assert (evidence["events"][0]["id"], evidence["events"][-1]["id"]) == ("e-0", "e-9999")
    assert evidence["notes"] == ["10000 events: the first 100 and the last 100 are shown"]


def test_evidence_is_json() -> None:
    record = recording()
    record.exchange("a", b"GET / HTTP/1.1\r\n\r\n")
    record.sent(1, "e-1", "log")

    assert json.loads(json.dumps(record.evidence())) == record.evidence()


def test_the_heads_of_the_answer_and_who_asked_are_kept() -> None:
    record = recording()
    gave = ResponseHead(200, "", fields=(("Set-Cookie", "session=0123456789"),))
    record.exchange("GET /", b"GET / HTTP/1.1", answer=gave, answered=gave, by="client 1", at=100.5)
    [kept] = record.evidence()["requests"]

    assert kept["answer"] == kept["answered"] == ["HTTP/1.1 200 ", "Set-Cookie: session=session#1"]
    assert (kept["by"], kept["at_ms"]) == ("client 1", 500.0)


def test_what_came_to_the_machine_belongs_to_the_event_that_was_sent() -> None:
    record = recording()
    record.received(1, "e-1", "", at=100.3, reader="client 1")
    record.sent(1, "e-1", "", at=100.1)
    record.arrived(1, "e-1", 100.2)
    record.arrived(1, "e-2", 100.4)
    first, second = record.evidence()["events"]

    assert (first["sent_ms"], first["wire_ms"], first["received_ms"]) == (100.0, 200.0, 300.0)
    assert (second["id"], second["wire_ms"], second["received_ms"]) == ("e-2", 400.0, None)


def test_ends_are_kept_as_each_side_saw_them() -> None:
    record = recording()
    record.closed(1, "the origin (origin)", 1012, "restart", 100.1)
    record.ended(1, "cut off", 100.2)

    assert record.evidence()["closes"] == [
        {
            "stream": "1",
            "by": "the origin (origin)",
            "code": 1012,
            "reason": "restart",
            "at_ms": 100.0,
        },
        {"stream": "1", "by": "the wire", "code": None, "reason": "cut off", "at_ms": 200.0},
    ]


def test_what_was_asked_for_and_published_is_kept() -> None:
    record = recording()
    record.opened(1, "client 1", user="alice", at=100.1)
    record.asks(1, "a", "e-1")
    record.commanded(1)
    record.published("e-2", "a", None)
    fields = [("Cookie", "a=secret-code")]
    record.decided("GET /auth?code=secret-code", 200, 100.2, [("X-User", "alice")], fields)
    evidence = record.evidence()

    assert evidence["streams"] == [
        {
            "stream": "1",
            "reader": "client 1",
            "user": "alice",
            "at_ms": 100.0,
            "loop": "a",
            "after": "e-1",
            "commands": 1,
        }
    ]
    assert evidence["published"] == [{"id": "e-2", "loop": "a", "audience": None}]
    assert evidence["gate"] == [
        {
            "asked": "GET /auth?code=code#1",
            "fields": ["Cookie: a=code#1"],
            "status": 200,
            "answered": ["X-User: alice"],
            "at_ms": 200.0,
        }
    ]


def test_how_many_events_were_left_out_is_told_for_machines_too() -> None:
    record = recording()
    for number in range(203):
        record.sent(1, f"e-{number}", "", at=100.0)

    assert record.evidence()["omitted"] == {"events": 3}
