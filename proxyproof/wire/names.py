"""A name server for the few names that a user's configuration has (RFC 1035): one answer, type A.

Names are asked for, and not only read from a hosts file: nginx's `resolver` and its like ask.
"""

import asyncio
import socket
import struct
from collections.abc import Mapping
from typing import Any

TTL = 600  # as the engine of containers answers
HEADER = struct.Struct("!6H")
ANSWER = struct.Struct("!HHHIH4s")
NAME_OF_QUESTION = 0xC00C
RESPONSE = 0x8180  # an answer, recursion available
NO_SUCH_NAME = 3
A, IN = 1, 1


class Names(asyncio.DatagramProtocol):
    """Answers at one datagram socket."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = {name.lower(): address for name, address in names.items()}

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 (3.11: no such subclass)
        """Keep what answers are sent by."""
        self._transport: asyncio.DatagramTransport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer a question; what is none is not answered."""
        if (said := answer(data, self._names)) is not None:
            self._transport.sendto(said, addr)


def answer(asked: bytes, names: Mapping[str, str]) -> bytes | None:
    """Return the answer to the first question of a message, None if there is none in it."""
    try:
        number = HEADER.unpack_from(asked)[0]
        name, end = _name(asked, HEADER.size)
        kind, _ = struct.unpack_from("!HH", asked, end)
    except (struct.error, IndexError, UnicodeDecodeError):
        return None
    address = names.get(name.lower())
    found = address is not None and kind == A
    flags = RESPONSE | (NO_SUCH_NAME if address is None else 0)
    said = HEADER.pack(number, flags, 1, int(found), 0, 0) + asked[HEADER.size : end + 4]
    return said + _record(address) if address is not None and found else said


def _name(asked: bytes, at: int) -> tuple[str, int]:
    """Return the name that begins there, and where it ends."""
    labels = []
    while length := asked[at]:
        labels.append(asked[at + 1 : at + 1 + length].decode("ascii"))
        at += 1 + length
    return ".".join(labels), at + 1


def _record(address: str) -> bytes:
    return ANSWER.pack(NAME_OF_QUESTION, A, IN, TTL, 4, socket.inet_aton(address))
