"""Server-Sent Events, decoded: bytes in, events out, no input or output of its own.

WHATWG HTML 9.2.5 (grammar) and 9.2.6 (interpretation). The result does not depend on how the
bytes are cut into chunks, and a line counts as soon as its end is seen: a CR is not held back
for the LF that may follow it.
"""

import codecs
import re
from dataclasses import dataclass

_LINE_END = re.compile(r"\r\n|\r|\n")
# A longer wait than 30 000 years is the same to everyone, and int() refuses endless digits.
_LONGEST_RETRY = 10**15


@dataclass(frozen=True)
class ServerSentEvent:
    """A dispatched event: its type, its data and the last event ID at that moment."""

    type: str
    data: str
    last_event_id: str


@dataclass(frozen=True)
class Comment:
    """A comment line without its colon: never shown to a page, yet a sign of life."""

    text: str


@dataclass(frozen=True)
class Retry:
    """The reconnection time that the server asks for, in milliseconds."""

    milliseconds: int


Item = ServerSentEvent | Comment | Retry


class EventStreamDecoder:
    """Decoder of one event stream.

    Args:
        last_event_id: where the previous connection stopped. Browsers carry it over, so that an
            event without an id does not make them forget the one before.
    """

    def __init__(self, last_event_id: str = "") -> None:
        self.last_event_id = last_event_id
        self._id_buffer = last_event_id
        self._type_buffer = ""
        self._data: list[str] = []
        self._text = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._line: list[str] = []
        self._after_cr = False

    def feed(self, chunk: bytes) -> list[Item]:
        """Take the next bytes and return what they complete, in order."""
        items: list[Item] = []
        for line in self._lines(self._text.decode(chunk)):
            item = self._interpret(line)
            if item is not None:
                items.append(item)
        return items

    def end(self) -> list[Item]:
        """Take the end of the stream: an unfinished event is discarded (9.2.6)."""
        return []

    def _lines(self, text: str) -> list[str]:
        if not text:
            return []
        start = 1 if self._after_cr and text[0] == "\n" else 0
        lines: list[str] = []
        for ending in _LINE_END.finditer(text, start):
            lines.append("".join((*self._line, text[start : ending.start()])))
            self._line.clear()
            start = ending.end()
        if start < len(text):
            self._line.append(text[start:])
        self._after_cr = text[-1] == "\r"
        return lines

    def _interpret(self, line: str) -> Item | None:
        if not line:
            return self._dispatch()
        if line.startswith(":"):
            return Comment(line[1:])
        name, _, value = line.partition(":")
        return self._field(name, value.removeprefix(" "))

    def _field(self, name: str, value: str) -> Retry | None:
        match name:
            case "event":
                self._type_buffer = value
            case "data":
                self._data.append(value)
            case "id" if "\0" not in value:
                self._id_buffer = value
            case "retry" if value.isascii() and value.isdigit():
                return Retry(_milliseconds(value))
        return None

    def _dispatch(self) -> ServerSentEvent | None:
        self.last_event_id = self._id_buffer
        event_type, self._type_buffer = self._type_buffer, ""
        data, self._data = self._data, []
        # One empty data line puts an LF into the buffer, which is therefore not empty.
        if not data:
            return None
        return ServerSentEvent(event_type or "message", "\n".join(data), self.last_event_id)


def _milliseconds(digits: str) -> int:
    significant = digits.lstrip("0") or "0"
    return int(significant) if len(significant) <= 15 else _LONGEST_RETRY
