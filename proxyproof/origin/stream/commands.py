"""What a client may say on its WebSocket: ping, subscribe, unsubscribe."""

import json
from collections.abc import Callable, Mapping

from aiohttp import WSMessage, WSMsgType

from proxyproof.events import EventLog
from proxyproof.origin.application.loops import Loops
from proxyproof.origin.gate.filter import check_filter
from proxyproof.origin.problem import Problem
from proxyproof.origin.stream.fanout import Fanout
from proxyproof.origin.stream.websocket import WebSocketStream

Command = Mapping[str, object]

MAX_NONCE = 100


class Commands:
    """Carries out commands. One that is no good gets an error message, and the stream goes on."""

    def __init__(self, fanout: Fanout, loops: Loops, log: EventLog) -> None:
        self._fanout = fanout
        self._loops = loops
        self._log = log
        self._known: Mapping[str, Callable[[WebSocketStream, Command], None]] = {
            "ping": self.ping,
            "subscribe": self.subscribe,
            "unsubscribe": self.unsubscribe,
        }

    def hear(self, stream: WebSocketStream, message: WSMessage) -> None:
        """Carry out the command in a message."""
        try:
            command = _read(message)
            self._find(command)(stream, command)
        except Problem as problem:
            stream.tell({"type": "error", "reason": problem.reason, "detail": problem.detail})

    def ping(self, stream: WebSocketStream, command: Command) -> None:
        """Answer at once; for clients that cannot see protocol pings, such as pages."""
        nonce = command.get("nonce")
        if nonce is None:
            stream.tell({"type": "pong"})
            return
        if not isinstance(nonce, str) or len(nonce) > MAX_NONCE or not nonce.isprintable():
            detail = f"nonce of at most {MAX_NONCE} printable characters expected"
            raise Problem(400, "malformed-command", detail)
        stream.tell({"type": "pong", "nonce": nonce})

    def subscribe(self, stream: WebSocketStream, command: Command) -> None:
        """Add a loop to the filter."""
        loop_id = check_filter(command.get("loopId"))
        if self._loops.find(loop_id, stream.user) is None:
            raise Problem(404, "unknown-loop", f"there is no loop {loop_id!r}")
        self._fanout.move(stream, stream.selection.adding(loop_id))
        self._confirm(stream, "subscribed", loop_id)

    def unsubscribe(self, stream: WebSocketStream, command: Command) -> None:
        """Take a loop out of the filter."""
        loop_id = check_filter(command.get("loopId"))
        try:
            selection = stream.selection.removing(loop_id)
        except ValueError as error:
            raise Problem(409, "not-subscribed", str(error)) from None
        self._fanout.move(stream, selection)
        self._confirm(stream, "unsubscribed", loop_id)

    def _confirm(self, stream: WebSocketStream, done: str, loop_id: str) -> None:
        loops, newest = stream.selection.loops, self._log.newest
        stream.tell(
            {
                "type": done,
                "loopId": loop_id,
                "loopIds": None if loops is None else sorted(loops),
                "after": str(newest) if newest else None,
            }
        )

    def _find(self, command: Command) -> Callable[[WebSocketStream, Command], None]:
        name = command.get("type")
        known = self._known.get(name) if isinstance(name, str) else None
        if known is None:
            detail = f"type expected as one of {', '.join(self._known)}"
            raise Problem(400, "unknown-command", detail)
        return known


def _read(message: WSMessage) -> Command:
    if message.type is not WSMsgType.TEXT:
        raise Problem(400, "malformed-command", "a text message expected, got a binary one")
    try:
        command = json.loads(message.data)
    except (ValueError, RecursionError):
        raise Problem(400, "malformed-command", "a JSON object expected") from None
    if not isinstance(command, dict):
        raise Problem(400, "malformed-command", "a JSON object expected")
    return command
