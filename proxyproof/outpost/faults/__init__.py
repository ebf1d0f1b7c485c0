"""What an outpost gets wrong: each fault exchanges one part, and changes only what its name says."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from proxyproof.outpost.parts import Parts


@dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        name: what a case names in `kills`.
        summary: what it is in the field.
        source: where it was seen.
        apply: exchanges the part.
    """

    name: str
    summary: str
    source: str
    apply: Callable[[Parts], None]


FAULTS: Mapping[str, Fault] = {}


def apply(names: Iterable[str], parts: Parts) -> None:
    """Give the outpost the faults of these names.

    Raises:
        ValueError: there is no such fault.
    """
    for name in names:
        if name not in FAULTS:
            raise ValueError(f"unknown fault {name!r}: known are {', '.join(sorted(FAULTS))}")
        FAULTS[name].apply(parts)
