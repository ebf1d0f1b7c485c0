"""The id of an event: which log it belongs to, and its place there."""

import re
from dataclasses import dataclass
from typing import Self

# One spelling per id: no sign, no leading zero, ASCII digits only.
_GRAMMAR = re.compile(r"([a-z0-9]{1,32})-(0|[1-9][0-9]{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class EventId:
    """An id ``<epoch>-<sequence>``.

    Attributes:
        epoch: Names one life of the log; a new one tells that everything before is forgotten.
        sequence: Counts from 1 without a hole within its epoch; 0 stands for "before the first".
    """

    epoch: str
    sequence: int

    def __str__(self) -> str:
        return f"{self.epoch}-{self.sequence}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an id as it stands on the wire.

        Raises:
            ValueError: The text is not ``<epoch>-<sequence>``.
        """
        match = _GRAMMAR.fullmatch(text)
        if match is None:
            raise ValueError(f"event id expected as '<epoch>-<sequence>', got {text!r}")
        return cls(match[1], int(match[2]))
