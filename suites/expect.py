"""The vocabulary of promises: one function for each sentence that the cases say again and again.

A failure tells what was expected, what was seen, and the first difference.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol


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


def _ids(events: Iterable[Identified]) -> list[str]:
    return [str(event.id) for event in events]


def _some(ids: Sequence[str]) -> str:
    return ", ".join(ids[:5]) + (" …" if len(ids) > 5 else "")
