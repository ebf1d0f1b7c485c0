"""What a recording shows of the way in which a case failed, in entries of the failure catalogue.

A symptom is a trace and no proof: several entries share one. Pure.
"""

from collections.abc import Iterator, Sequence

from reports.differences import Kind, differences
from reports.evidence import Evidence, Exchange

HELD = ("BUF-01", "BUF-02", "BUF-03", "BUF-07", "BUF-11", "CAC-01")
COMPRESSED = ("BUF-04",)
CUT = ("TMO-01", "TMO-02", "TMO-03", "TMO-05", "TMO-07", "TMO-13", "RLD-01", "RLD-02", "RLD-03")
REFUSED_UPGRADE = ("HDR-01", "HDR-02", "AUT-01", "AUT-14", "H2-01")
LOGIN = ("AUT-04",)
TOO_LARGE = ("COO-04",)
BROKEN_GATE = ("COO-05", "AUT-01", "AUT-02")
OTHER_STATUS = ("ERR-01", "ERR-03")
OTHER_PATH = ("HDR-05", "HDR-06", "HDR-08")
REDIRECTED = ("HDR-07",)
LET_IN = ("AUT-09", "AUT-10", "AUT-11", "AUT-13", "FLB-03")

OF_STATUS = {
    "302": (*LOGIN, *REDIRECTED),
    "301": REDIRECTED,
    "400": TOO_LARGE,
    "431": TOO_LARGE,
    "500": BROKEN_GATE,
    "502": BROKEN_GATE,
}


def symptoms(recording: Evidence) -> frozenset[str]:
    """The entries of the catalogue that what went wrong may belong to."""
    found: set[str] = set()
    for request in recording.requests:
        found.update(_of_request(request))
    if any(event.sent_ms is not None and event.received_ms is None for event in recording.events):
        found.update(HELD)
    told = {one.kind for one in differences(recording)}
    found.update(HELD if Kind.LATE in told else ())
    found.update(CUT if Kind.END in told or _cut(recording) else ())
    return frozenset(found)


def changed_fields(recording: Evidence) -> frozenset[str]:
    """The fields, in lower case, that did not come to the other side as they were sent."""
    pairs = [(one.sent, one.received) for one in recording.requests]
    pairs += [(one.answer, one.answered) for one in recording.requests]
    return frozenset(
        name
        for here, there in pairs
        if len(here) > 1 and len(there) > 1
        for name, _ in {*_fields(here)} ^ {*_fields(there)}
    )


def _of_request(request: Exchange) -> Iterator[str]:
    status = _word(request.answered, 1)
    yield from OF_STATUS.get(status, ())
    if "upgrade" in _names(request.sent) and status not in ("101", ""):
        yield from REFUSED_UPGRADE
    if request.sent and request.answer and not request.answered:
        yield from HELD
    if request.answer and status and _word(request.answer, 1) != status:
        yield from OTHER_STATUS
    if request.received and _word(request.sent, 1) != _word(request.received, 1):
        yield from OTHER_PATH
    if "content-encoding" in _names(request.answered) - _names(request.answer):
        yield from COMPRESSED
    if request.received and "cookie" not in _names(request.sent):
        yield from LET_IN


def _cut(recording: Evidence) -> bool:
    return any("cut off" in end.reason or end.code == 1006 for end in recording.closes)


def _word(head: Sequence[str], place: int) -> str:
    words = head[0].split(" ") if head else []
    return words[place] if len(words) > place else ""


def _names(head: Sequence[str]) -> set[str]:
    return {name for name, _ in _fields(head)}


def _fields(head: Sequence[str]) -> Iterator[tuple[str, str]]:
    for line in head[1:]:
        name, _, value = line.partition(":")
        yield name.strip().lower(), value.strip()
