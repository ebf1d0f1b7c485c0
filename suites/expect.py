"""The vocabulary of promises: one function for each sentence that the cases say again and again.

A failure tells what was expected, what was seen, and the first difference.
"""

import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol

from fixtures.follower import Follower
from fixtures.frames import Message
from fixtures.refusal import Refusal
from fixtures.streams import End, Received, Stream
from fixtures.vocabulary import Event, Frame, Opcode, RequestHead

TOO_SLOW = 1013


class Identified(Protocol):
    """An event on either side: published by the origin or received by a client."""

    @property
    def id(self) -> object:
        """The id; its text is `<epoch>-<sequence>`."""
        ...


def expect_same_events(received: Iterable[Identified], published: Iterable[Identified]) -> None:
    """Everything that was published arrived: nothing lost, nothing twice, nothing out of order."""
    got, due = _ids(received), _ids(published)
    expect_no_repeats(got)
    expect_nothing_missing(got, due)
    expect_nothing_foreign(got, due)
    expect_order(got, due)


def expect_one_story(stories: Iterable[Iterable[Identified]], published: Sequence[Event]) -> None:
    """Every client received the same events in the same order: that of publication."""
    for story in stories:
        expect_same_events(story, published)


def expect_same_content(received: Sequence[Received], published: Sequence[Event]) -> None:
    """What arrived is byte for byte the JSON that the origin published, told by size and hash."""
    expect_same_events(received, published)
    got = [_fingerprint(one.raw.encode()) for one in received]
    due = [_fingerprint(one.json) for one in published]
    assert got == due, f"expected (size, SHA-256) {due}, received {got}"


def expect_told_where_to_resume(stream: Stream, end: End) -> str:
    """A stream that ended before its time named the last event it brought; return its id."""
    last = stream.seen[-1].id
    told = {"code": end.code, "from": end.reason.rpartition(" ")[2]}
    if stream.transport == "sse":
        notice = stream.received[-1].data
        told = {"code": notice.get("code"), "from": notice.get("resumeFrom")}
    assert told == {"code": TOO_SLOW, "from": last}, f"after {last} the client was told {told}"
    return str(last)


def of_loops(events: Iterable[Event], *loops: str) -> list[Event]:
    """Those of the events that belong to these loops."""
    return [event for event in events if event.loop_id in loops]


def expect_own_loops_only(
    stories: Iterable[Sequence[Received]], published: Sequence[Event], loops: Sequence[str]
) -> None:
    """Each client, in order, received all events of its own loop and of no other."""
    for story, loop in zip(stories, loops, strict=True):
        expect_same_events(story, of_loops(published, loop))


def expect_refused(refusal: Refusal, status: int, reason: str) -> None:
    """A stream was refused by the origin itself: its status, and its problem details (RFC 9457)."""
    kind = refusal.fields.get("content-type")
    assert (refusal.status, kind) == (status, "application/problem+json"), refusal.body[:200]
    assert json.loads(refusal.body)["type"].endswith(f":{reason}"), refusal.body[:200]


def expect_no_repeats(got: Sequence[str]) -> None:
    """No event arrived twice."""
    repeated = [one for one, times in Counter(got).items() if times > 1]
    assert not repeated, f"{len(repeated)} events arrived more than once: {_some(repeated)}"


def expect_nothing_missing(got: Sequence[str], due: Sequence[str]) -> None:
    """Each event that was due arrived."""
    present = set(got)
    missing = [one for one in due if one not in present]
    assert not missing, f"{len(missing)} of {len(due)} events were lost: {_some(missing)}"


def expect_nothing_foreign(got: Sequence[str], due: Sequence[str]) -> None:
    """No event arrived that was not due to this client."""
    allowed = set(due)
    foreign = [one for one in got if one not in allowed]
    assert not foreign, f"{len(foreign)} events arrived that were not due: {_some(foreign)}"


def expect_order(got: Sequence[str], due: Sequence[str]) -> None:
    """The events arrived in the order in which they were published."""
    pairs = zip(got, due, strict=True)
    wrong = next((place for place, (one, other) in enumerate(pairs) if one != other), None)
    assert wrong is None, (
        f"the order broke at place {wrong}: expected {due[wrong]}, received {got[wrong]}"
    )


def expect_subsequence(got: Sequence[Identified], published: Iterable[Identified]) -> None:
    """What arrived is in the order of publication, though it need not be all of it."""
    place = {one: number for number, one in enumerate(_ids(published))}
    numbers = [place[one] for one in _ids(got)]
    assert numbers == sorted(numbers), f"out of order: {_some(_ids(got))}"


def _fingerprint(data: bytes) -> tuple[int, str]:
    return len(data), hashlib.sha256(data).hexdigest()


def _ids(events: Iterable[Identified]) -> list[str]:
    return [str(event.id) for event in events]


def _some(ids: Sequence[str]) -> str:
    return ", ".join(ids[:5]) + (" …" if len(ids) > 5 else "")


def expect_cookie(heads: Iterable[RequestHead], pair: str) -> None:
    """Each request came with this cookie, spelled as it was set."""
    cookies = {head.target: head.all("Cookie") for head in heads}
    without = [
        path for path, fields in cookies.items() if pair not in "; ".join(fields).split("; ")
    ]
    assert not without, f"expected {pair!r} with each request, it is not with {without}: {cookies}"


def expect_backoff(waits: Sequence[float], cap: float) -> None:
    """Each wait is longer than the one before, until the cap is reached and kept."""
    pairs = itertools.pairwise(waits)
    wrong = next((pair for pair in pairs if not (pair[0] < pair[1] or pair[0] == cap)), None)
    assert wrong is None, f"a wait of {wrong} does not grow: {list(waits)}, cap {cap}"
    assert max(waits) <= cap, f"the longest wait is {max(waits)}, above the cap of {cap}"


def expect_spread_out(moments: Sequence[float], window: float) -> None:
    """No fifth of the time window sees more than 60 % of what happens."""
    ordered = sorted(moments)
    busiest = max(
        sum(first <= other < first + window / 5 for other in ordered) for first in ordered
    )
    assert busiest <= 0.6 * len(ordered), (
        f"{busiest} of {len(ordered)} came within {window / 5:.3f} s; all of them within "
        f"{ordered[-1] - ordered[0]:.3f} s"
    )


def expect_no_fallback(
    stream: Follower, heads: Sequence[RequestHead], to_blame: Sequence[str]
) -> None:
    """The first attempt, a WebSocket, was the last; else tell what became of it, and why."""
    if (stream.transport, stream.connections) == ("websocket", 1):
        return
    first = next(iter(heads), None)
    upgrade = first and {name: first.all(name) for name in ("Connection", "Upgrade")}
    raise AssertionError(
        f"the client gave the WebSocket up: {[one.detail for one in stream.endings]}; of its "
        f"handshake the origin saw {upgrade or 'nothing'}; settings to blame: "
        f"{' | '.join(to_blame) or 'none that is known'}"
    )


def expect_echo(received: Sequence[Message], sent: Sequence[Sequence[Frame]]) -> None:
    """Each message came back as it was sent, of its kind, told by size and hash."""
    due = [(one[0].opcode.name, *_fingerprint(_payload(one))) for one in sent]
    got = [(one.opcode.name, *_fingerprint(one.data)) for one in received]
    pairs = enumerate(zip(got, due, strict=True))
    wrong = next((place for place, (back, one) in pairs if back != one), None)
    assert wrong is None, f"message {wrong}: sent {due[wrong]}, came back as {got[wrong]}"


def _payload(message: Sequence[Frame]) -> bytes:
    return b"".join(bytes(frame.data) for frame in message if frame.opcode < Opcode.CLOSE)


def expect_same_bytes(received: bytes, sent: bytes) -> None:
    """The bytes are those that were sent; else the first place where they are not."""
    if _fingerprint(received) == _fingerprint(sent):
        return
    place = next(
        (at for at, (got, due) in enumerate(zip(received, sent, strict=False)) if got != due),
        min(len(received), len(sent)),
    )
    around = slice(max(place - 20, 0), place + 20)
    raise AssertionError(
        f"{len(sent)} bytes were sent, {len(received)} came; they differ from byte {place} on: "
        f"sent {sent[around]!r}, came as {received[around]!r}"
    )
