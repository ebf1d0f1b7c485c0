import json

import pytest

from proxyproof.events import Event, EventId
from proxyproof.origin.control.testimony import Cursor, learn, told
from proxyproof.origin.head import RequestHead
from proxyproof.origin.ledger import Answered, CaseLedger, Closed, Opened

EVENT = Event(EventId("e", 7), "loop.log", "now", "l", {"text": "hi"}, "alice")


def ledger() -> CaseLedger:
    case = CaseLedger(10)
    case.heads.append(RequestHead("GET", "/x?case=c", "HTTP/1.1", (("A", "\udcff"),), "::1", 5.0))
    case.published.append(EVENT)
    case.opened.append(Opened(1, "sse", None, 5.0))
    case.closed.append(Closed(1, "sse", 1001, "bye", 6.0, "origin"))
    case.answers.append(Answered(case.heads[0], 200, (("Set-Cookie", "a=1"),), 5.5))
    case.add_sent((1,), [EVENT])
    return case


def test_a_copy_knows_what_the_origin_tells_with_its_own_clock() -> None:
    case, copy = ledger(), CaseLedger(10)

    learn(copy, json.loads(json.dumps(told(case, Cursor()))), 100.0)

    assert copy.heads[0].fields == (("A", "\udcff"),)
    assert copy.heads[0].at == 105.0
    assert [one.json for one in copy.published] == [EVENT.json]
    assert list(copy.opened) == [Opened(1, "sse", None, 105.0)]
    assert list(copy.closed) == [Closed(1, "sse", 1001, "bye", 106.0, "origin")]
    assert [one[1:] for one in copy.answers] == [(200, (("Set-Cookie", "a=1"),), 105.5)]
    assert copy.answers[0].head is copy.heads[0]
    assert [(sent.stream, str(sent.event)) for sent in copy.sent] == [(1, "e-7")]


def test_what_is_known_is_not_told_again() -> None:
    case = ledger()

    assert set(map(str, told(case, Cursor.of(case)).values())) == {"[]"}


def test_a_cursor_survives_a_query() -> None:
    cursor = Cursor(1, 2, 3, 4, 5, 6)

    assert Cursor.parse(str(cursor)) == cursor


@pytest.mark.parametrize("text", ["", "1,2", "1,2,3,4,5,-6", "a,b,c,d,e,f"])
def test_a_cursor_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"counts expected|invalid literal"):
        Cursor.parse(text)
