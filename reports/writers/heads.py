"""Two heads of one request side by side: what a proxy kept, changed, dropped and added."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from reports.evidence import Exchange


class Change(StrEnum):
    """What became of one line between client and origin."""

    SAME = "same"
    CHANGED = "changed"
    DROPPED = "dropped"
    ADDED = "added"
    UNPAIRED = "unpaired"


class Row(NamedTuple):
    """One line as sent and as received; a missing side is empty.

    The page has tens of thousands: a tuple is made, and taken apart by the template, at once.
    """

    change: Change
    sent: str = ""
    received: str = ""


def rows(exchange: Exchange) -> list[Row]:
    """Pair the lines of both heads: in the order as sent, then what was added on the way.

    Fields are paired by name in any case (RFC 9110 5.1), an equal line first, so that duplicates
    and another order do not look like changes. If one side has no head at all, nothing is
    compared: a request that the gate answered itself was not stripped of its fields.
    """
    if not exchange.sent or not exchange.received:
        return _one_sided(exchange)
    left = list(exchange.received)
    found = []
    for position, line in enumerate(exchange.sent):
        match = _match(line, left, first=position == 0)
        if match is None:
            found.append(Row(Change.DROPPED, sent=line))
            continue
        left.remove(match)
        found.append(Row(Change.SAME if match == line else Change.CHANGED, line, match))
    return [*found, *(Row(Change.ADDED, received=line) for line in left)]


def _one_sided(exchange: Exchange) -> list[Row]:
    return [
        *(Row(Change.UNPAIRED, sent=line) for line in exchange.sent),
        *(Row(Change.UNPAIRED, received=line) for line in exchange.received),
    ]


def _match(line: str, left: Sequence[str], *, first: bool) -> str | None:
    """The line among `left` that belongs to `line`; the start line belongs to the start line."""
    if first:
        return left[0]
    if line in left:
        return line
    name = _name(line)
    return next((other for other in left if _name(other) == name), None)


def _name(line: str) -> str:
    return line.partition(":")[0].strip().lower()


def summary(found: Sequence[Row]) -> str:
    """`1 changed, 2 added`, or that nothing was, or that there is only one side."""
    if any(row.change is Change.UNPAIRED for row in found):
        sent = any(row.sent for row in found)
        return "never seen by the origin" if sent else "not recorded by the client"
    kinds = (Change.CHANGED, Change.DROPPED, Change.ADDED)
    counts = [(kind, sum(row.change is kind for row in found)) for kind in kinds]
    return ", ".join(f"{number} {kind}" for kind, number in counts if number) or "unchanged"
