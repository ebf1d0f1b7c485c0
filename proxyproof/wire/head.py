"""Heads of HTTP/1.1 messages as they were on the wire: order, case and duplicates are kept.

Text is latin-1, so that every byte has one character and none is lost (RFC 9112, section 2.2).
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Self

OWS = " \t"

Field = tuple[str, str]


def lines(raw: bytes) -> list[str]:
    """The lines of a raw head, as evidence."""
    return raw.split(b"\r\n\r\n", 1)[0].decode("latin-1").split("\r\n")


class Head(ABC):
    """The field lines of a head, in order; names are looked up without regard to case."""

    fields: tuple[Field, ...]

    def get_all(self, name: str) -> list[str]:
        """The value of each line with the name, in order."""
        return [value for known, value in self.fields if known.lower() == name.lower()]

    def get(self, name: str) -> str | None:
        """The combined value (RFC 9110, 5.2), None if there is no such line."""
        values = self.get_all(name)
        return ", ".join(values) if values else None

    def tokens(self, name: str) -> list[str]:
        """The list elements over all lines of the name, in lower case (RFC 9110, 5.6.1)."""
        elements = (self.get(name) or "").split(",")
        return [element.strip(OWS).lower() for element in elements if element.strip(OWS)]

    def cookies(self) -> list[Field]:
        """Name and value of each cookie that was sent, bytes untouched (RFC 6265, 4.2.1)."""
        pairs = "; ".join(self.get_all("Cookie")).split("; ")
        return [(name, value) for name, _, value in (pair.partition("=") for pair in pairs) if name]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.get_all(name))

    @property
    @abstractmethod
    def start_line(self) -> str:
        """The line before the fields."""

    def encode(self) -> bytes:
        """The head as bytes, the empty line included."""
        fields = "".join(f"{name}: {value}\r\n" for name, value in self.fields)
        return f"{self.start_line}\r\n{fields}\r\n".encode("latin-1")

    def lines(self) -> list[str]:
        """The head's lines, as evidence."""
        return lines(self.encode())


@dataclass(frozen=True)
class RequestHead(Head):
    """A request: `method`, `target` as sent, `version` such as `HTTP/1.1`."""

    method: str
    target: str
    version: str = "HTTP/1.1"
    fields: tuple[Field, ...] = ()

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Parse the bytes up to the empty line; ValueError if they are no request head."""
        start, *rest = lines(raw)
        if start.count(" ") != 2:
            raise ValueError(f"expected `method target version`, got {start!r}")
        method, target, version = start.split(" ")
        return cls(method, target, version, _fields(rest))

    @property
    def start_line(self) -> str:
        """The request line."""
        return f"{self.method} {self.target} {self.version}"

    @property
    def path(self) -> str:
        """The target up to the query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The target after the first `?`, as sent."""
        return self.target.partition("?")[2]


@dataclass(frozen=True)
class ResponseHead(Head):
    """A response: `status`, `reason`, `version`."""

    status: int
    reason: str = ""
    version: str = "HTTP/1.1"
    fields: tuple[Field, ...] = ()

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Parse the bytes up to the empty line; ValueError if they are no response head."""
        start, *rest = lines(raw)
        version, _, after = start.partition(" ")
        code, _, reason = after.partition(" ")
        if not (version.startswith("HTTP/") and len(code) == 3 and code.isdigit()):
            raise ValueError(f"expected `version status reason`, got {start!r}")
        return cls(int(code), reason, version, _fields(rest))

    @property
    def start_line(self) -> str:
        """The status line; the space after the status is there even without a reason."""
        return f"{self.version} {self.status} {self.reason}"


def _fields(rest: list[str]) -> tuple[Field, ...]:
    pairs = [line.partition(":") for line in rest if line]
    for name, colon, value in pairs:
        if not colon:
            raise ValueError(f"expected `name: value`, got {name + value!r}")
    return tuple((name, value.strip(OWS)) for name, _, value in pairs)
