"""The head of a request as it was received: order, case and duplicates are evidence."""

import time
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import unquote_to_bytes

from aiohttp import web

# What is no UTF-8 survives as a surrogate: the bytes can be had back, and JSON can carry it.
_ENCODING = ("utf-8", "surrogateescape")


@dataclass(frozen=True)
class RequestHead:
    """One request head.

    Attributes:
        method: As sent.
        target: Request target as sent, not decoded.
        version: Such as ``HTTP/1.1``.
        fields: Names and values as sent, in order, duplicates kept.
        peer: Address of the other end of the connection.
        at: When it was read, `time.monotonic`.
        secure: True if it came over TLS.
    """

    method: str
    target: str
    version: str
    fields: tuple[tuple[str, str], ...]
    peer: str
    at: float
    secure: bool = False

    def all(self, name: str) -> list[str]:
        """Every value of a field, in order; the name in any case."""
        wanted = name.lower()
        return [value for field, value in self.fields if field.lower() == wanted]

    def first(self, name: str) -> str | None:
        """The first value of a field; None if it is not there."""
        return next(iter(self.all(name)), None)

    @cached_property
    def query(self) -> tuple[tuple[str, str], ...]:
        """Parameters of the query, decoded once; ``;`` is an ordinary character (WHATWG URL)."""
        pairs = (pair.partition("=") for pair in self._raw_query.split("&") if pair)
        return tuple((_form_decoded(name), _form_decoded(value)) for name, _, value in pairs)

    @property
    def _raw_query(self) -> str:
        return self.target.partition("#")[0].partition("?")[2]

    def parameters(self, name: str) -> list[str]:
        """Every value of a query parameter, in order."""
        return [value for parameter, value in self.query if parameter == name]

    @property
    def token(self) -> str:
        """The case token; empty if there is none."""
        return next(iter(self.parameters("case")), "")

    def segment(self, index: int) -> str:
        """One segment of the path, decoded once, so that it may hold any character."""
        path = self.target.partition("?")[0]
        return unquote_to_bytes(path.split("/")[index]).decode(*_ENCODING)


def read_head(request: web.BaseRequest) -> RequestHead:
    """The head of a request that aiohttp has parsed."""
    return RequestHead(
        method=request.method,
        target=request.raw_path,
        version=f"HTTP/{request.version.major}.{request.version.minor}",
        fields=tuple((k.decode(*_ENCODING), v.decode(*_ENCODING)) for k, v in request.raw_headers),
        peer=request.remote or "",
        at=time.monotonic(),
        secure=request.secure,
    )


def _form_decoded(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode(*_ENCODING)


HEAD: Final = web.RequestKey("head", RequestHead)
