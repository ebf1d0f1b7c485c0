from reports.evidence import Delivery, Evidence, Exchange, Mark, bounded, joined, read


def events(count: int, lost: int | None = None) -> tuple[Delivery, ...]:
    return tuple(
        Delivery("1", f"e-{n}", sent_ms=float(n), received_ms=None if n == lost else n + 0.5)
        for n in range(count)
    )


def test_every_key_is_read() -> None:
    evidence = read(
        {
            "requests": [{"label": "upgrade", "sent": ["GET / HTTP/1.1"], "received": []}],
            "events": [{"stream": 1, "id": "e-1", "sent_ms": 1.23456, "received_ms": None}],
            "marks": [{"at_ms": 2, "what": "cut"}],
            "output": "one\ntwo",
            "notes": ["margin 0.1"],
            "omitted": {"events": 3},
        }
    )

    assert evidence == Evidence(
        (Exchange("upgrade", ("GET / HTTP/1.1",), ()),),
        (Delivery("1", "e-1", "", 1.235, None, ""),),
        (Mark(2.0, "cut"),),
        ("one", "two"),
        ("margin 0.1",),
        omitted={"events": 3},
    )


def test_no_key_is_needed() -> None:
    evidence = read({})

    assert not evidence
    assert evidence == Evidence()


def test_malformed_evidence_becomes_a_note() -> None:
    evidence = read({"events": [{"no": "id"}]})

    assert evidence.notes == ("evidence could not be read: KeyError: 'id'",)
    assert evidence


def test_an_endless_line_is_cut() -> None:
    evidence = read({"output": ["x" * 9000]})

    assert len(evidence.output[0]) == 2001


def test_pieces_are_joined_in_order() -> None:
    whole = joined(
        [
            Evidence(notes=("a",), omitted={"events": 1}),
            Evidence(notes=("b",), omitted={"events": 2}),
        ]
    )

    assert whole == Evidence(notes=("a", "b"), omitted={"events": 3})


def test_a_finding_keeps_more_events_than_a_pass() -> None:
    whole = Evidence(events=events(1000))

    kept = [len(bounded(whole, finding=finding).events) for finding in (True, False)]

    assert kept == [200, 16]


def test_what_was_left_out_is_counted() -> None:
    whole = Evidence(events=events(20), output=("line",) * 100, omitted={"events": 5})

    assert bounded(whole, finding=False).omitted == {"events": 9, "output": 40}


def test_the_lost_event_is_kept_among_thousands() -> None:
    kept = bounded(Evidence(events=events(1000, lost=500)), finding=False).events

    assert [event.id for event in kept if event.lost] == ["e-500"]
    assert (kept[0].id, kept[-1].id) == ("e-0", "e-999")


def test_lost_events_are_bounded_too() -> None:
    lost = tuple(Delivery("1", f"e-{n}", sent_ms=1.0) for n in range(50))

    assert len(bounded(Evidence(events=lost), finding=False).events) == 16


def test_lost_events_leave_half_of_the_room_to_the_others() -> None:
    lost = tuple(Delivery("1", f"e-{n}", sent_ms=1.0) for n in range(50))
    kept = bounded(Evidence(events=(*lost, *events(50))), finding=False).events

    assert [event.lost for event in kept] == [True] * 8 + [False] * 8


def test_the_newest_output_is_kept() -> None:
    output = tuple(f"line {n}" for n in range(100))

    assert bounded(Evidence(output=output), finding=True).output[-1] == "line 99"
