"""The ledger of one case as JSON: the origin tells what is new, and the harness keeps a copy."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from itertools import islice
from typing import Any, NamedTuple, Self

from proxyproof.events import Event, EventId
from proxyproof.origin.head import RequestHead
from proxyproof.origin.ledger import Answered, Batch, CaseLedger, Closed, Opened


class Cursor(NamedTuple):
    """How many entries of each kind are known already."""

    heads: int = 0
    published: int = 0
    opened: int = 0
    closed: int = 0
    batches: int = 0
    answers: int = 0

    @classmethod
    def of(cls, case: CaseLedger) -> Self:
        """All that there is."""
        return cls(*(len(getattr(case, kind)) for kind in cls._fields))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` wrote.

        Raises:
            ValueError: it is something else.
        """
        counts = [int(part) for part in text.split(",")]
        if len(counts) != len(cls._fields) or min(counts) < 0:
            raise ValueError(f"{len(cls._fields)} counts expected, got {text!r}")
        return cls(*counts)

    def __str__(self) -> str:
        """Write it as the value of a query parameter."""
        return ",".join(map(str, self))


def told(case: CaseLedger, known: Cursor) -> dict[str, Any]:
    """Return what is new since `known`, as JSON values; times are the origin's own."""
    place = {id(head): number for number, head in enumerate(case.heads)}
    return {
        "heads": [asdict(head) for head in islice(case.heads, known.heads, None)],
        "published": [one.document() for one in islice(case.published, known.published, None)],
        "opened": [list(one) for one in islice(case.opened, known.opened, None)],
        "closed": [list(one) for one in islice(case.closed, known.closed, None)],
        "batches": [
            [list(batch.streams), [str(event.id) for event in batch.events], batch.at]
            for batch in islice(case.batches, known.batches, None)
        ],
        "answers": [
            [place[id(head)], status, fields, at]
            for head, status, fields, at in islice(case.answers, known.answers, None)
        ],
    }


def learn(case: CaseLedger, news: Mapping[str, Any], offset: float) -> None:
    """Add what an origin told; `offset`: what its clock must be given to agree with ours."""
    case.heads.extend(_head(head, offset) for head in news["heads"])
    case.published.extend(event_of(document) for document in news["published"])
    case.opened.extend(
        Opened(stream, transport, user, at + offset)
        for stream, transport, user, at in news["opened"]
    )
    case.closed.extend(
        Closed(stream, transport, code, reason, at + offset, by)
        for stream, transport, code, reason, at, by in news["closed"]
    )
    case.answers.extend(
        Answered(case.heads[place], status, _pairs(fields), at + offset)
        for place, status, fields, at in news["answers"]
    )
    case.batches.extend(
        Batch(tuple(streams), _numbered(ids), at + offset) for streams, ids, at in news["batches"]
    )


def event_of(document: Mapping[str, Any]) -> Event:
    """The event that stands on the wire as this object."""
    own = dict(document)
    return Event(
        EventId.parse(own.pop("id")),
        own.pop("type"),
        own.pop("timestamp"),
        own.pop("loopId", None),
        audience=own.pop("audience", None),
        fields=own,
    )


def _head(told: Mapping[str, Any], offset: float) -> RequestHead:
    return RequestHead(**{**told, "fields": _pairs(told["fields"]), "at": told["at"] + offset})


def _pairs(fields: Iterable[Iterable[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in fields)


def _numbered(ids: Iterable[str]) -> list[Event]:
    """Events of which nothing but the place is known."""
    return [Event(EventId.parse(one), "", "") for one in ids]
