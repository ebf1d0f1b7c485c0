"""The components that an origin is built of; a fault replaces one of them, and only that."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiohttp import web

from proxyproof.events import EventLog, MemoryLog, Selection
from proxyproof.events.log import new_epoch
from proxyproof.origin.gate.filter import read_filter
from proxyproof.origin.gate.handshake import check_handshake
from proxyproof.origin.gate.identity import is_trusted
from proxyproof.origin.gate.lease import Lease
from proxyproof.origin.gate.public import allows_page
from proxyproof.origin.head import RequestHead
from proxyproof.origin.problem import Problem, problem_response
from proxyproof.origin.settings import LeaseSettings, Network
from proxyproof.origin.stream.codec import EventStreamCodec, WebSocketCodec
from proxyproof.origin.stream.commands import Commands
from proxyproof.origin.stream.echo import EchoStream
from proxyproof.origin.stream.fanout import Fanout
from proxyproof.origin.stream.outbox import Outbox
from proxyproof.origin.stream.replay import Replay
from proxyproof.origin.stream.sse import EventStream, stream_fields
from proxyproof.origin.stream.websocket import Socket, WebSocketStream

Fields = list[tuple[str, str]]


def as_given(fields: Fields) -> Fields:
    """Response fields of a script as they stand there."""
    return fields


@dataclass
class Parts:
    """The components; each default is the good one."""

    epoch: Callable[[], str] = new_epoch
    log: Callable[[int, Callable[[], str]], EventLog] = MemoryLog
    websocket_codec: type[WebSocketCodec] = WebSocketCodec
    event_stream_codec: type[EventStreamCodec] = EventStreamCodec
    selection: type[Selection] = Selection
    fanout: type[Fanout] = Fanout
    outbox: type[Outbox] = Outbox
    replay: type[Replay] = Replay
    commands: type[Commands] = Commands
    socket: type[Socket] = Socket
    websocket_stream: type[WebSocketStream] = WebSocketStream
    event_stream: type[EventStream] = EventStream
    echo_stream: type[EchoStream] = EchoStream
    read_filter: Callable[[RequestHead], str | None] = read_filter
    is_trusted: Callable[[str, Sequence[Network]], bool] = is_trusted
    allows_page: Callable[..., bool] = allows_page
    check_handshake: Callable[[RequestHead], None] = check_handshake
    lease: Callable[[LeaseSettings], Lease] = Lease
    refusal: Callable[[Problem], web.StreamResponse] = problem_response
    fields: Callable[[Fields], Fields] = as_given
    stream_fields: Callable[..., Fields] = stream_fields
    routes: Callable[[list[web.RouteDef]], list[web.RouteDef]] = list
