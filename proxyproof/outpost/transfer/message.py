"""Heads of requests and responses as they travel: raw bytes, order, case and duplicates kept."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

Field = tuple[bytes, bytes]
Fields = tuple[Field, ...]


def values(fields: Iterable[Field], name: bytes) -> list[str]:
    """Return the values of all fields of that name, in order; `name` is lower case."""
    return [value.decode("latin-1") for key, value in fields if key.lower() == name]


def tokens(fields: Iterable[Field], name: bytes) -> set[str]:
    """Return the members of a comma-separated list field, in lower case (RFC 9110 5.6.1)."""
    listed = ",".join(values(fields, name)).split(",")
    return {token.strip().lower() for token in listed} - {""}


def without(fields: Iterable[Field], *names: bytes) -> Fields:
    """Return the fields whose lower-case name is not among `names`."""
    return tuple(field for field in fields if field[0].lower() not in names)


@dataclass(frozen=True)
class Request:
    """The head of a request and where it came from."""

    method: str
    target: bytes
    fields: Fields
    version: str
    peer: str
    scheme: str

    @property
    def path(self) -> str:
        """The target without its query, as sent."""
        return self.target.partition(b"?")[0].decode("latin-1")

    @property
    def query(self) -> dict[str, str]:
        """The decoded query; of a repeated name the first value."""
        pairs = parse_qsl(self.target.partition(b"?")[2].decode("latin-1"), keep_blank_values=True)
        return dict(reversed(pairs))

    def first(self, name: bytes) -> str | None:
        """Return the value of the first field of that lower-case name."""
        return next(iter(values(self.fields, name)), None)

    def asks_for(self, protocols: Iterable[str]) -> bool:
        """Whether this is an upgrade to one of the protocols (RFC 9110 7.8, RFC 6455 4.2.1)."""
        return (
            self.method == "GET"
            and self.version == "1.1"
            and "upgrade" in tokens(self.fields, b"connection")
            and not tokens(self.fields, b"upgrade").isdisjoint(protocols)
        )


@dataclass(frozen=True)
class ResponseHead:
    """Status line and fields of a response."""

    status: int
    fields: Fields = ()
    reason: bytes = b""


@dataclass(frozen=True)
class Response(ResponseHead):
    """A whole response of the outpost itself."""

    body: bytes = b""

    def with_fields(self, *fields: Field) -> "Response":
        """Return the response with fields added behind its own."""
        return replace(self, fields=(*self.fields, *fields))

    @classmethod
    def text(
        cls, status: int, body: str, kind: str = "text/plain", fields: Fields = ()
    ) -> "Response":
        """Return a response with a text body in UTF-8."""
        return cls(
            status,
            ((b"Content-Type", f"{kind}; charset=utf-8".encode()), *fields),
            body=body.encode(),
        )

    @classmethod
    def redirect(cls, location: str, fields: Fields = ()) -> "Response":
        """Return a 302 to `location`."""
        return cls(302, ((b"Location", location.encode()), *fields))
