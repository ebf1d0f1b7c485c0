"""What a case programmes: the behaviour of the origin towards one case token."""

import asyncio
from collections import UserDict
from dataclasses import dataclass, field

from proxyproof.origin.settings import LeaseSettings, TransportName


@dataclass
class Script:
    """Behaviour towards the stream requests of one token; the default is the ordinary one.

    Attributes:
        transport: Narrows `hold_upgrade`, `refuse` and `close_at_once` to one transport.
        hold_upgrade: Withholds the decision on a stream request until it is set.
        refuse: Status with which stream requests are refused.
        detail: Sentence in the body of that refusal.
        fields: Response fields added to the head of a stream or refusal, duplicates kept.
        subprotocols: What the origin speaks; the client's first choice among them is taken.
        hint: Send ``X-Accel-Buffering: no`` on event streams.
        no_transform: Forbid intermediaries to compress or edit event streams.
        greeting: Text messages that leave together with the 101, after ``connected``.
        close_at_once: Close code sent directly after the stream was opened.
        content_type: Content type of event streams.
        heartbeat: Overrides the setting, in seconds.
        retry: Overrides the setting, in milliseconds.
        queue_bytes: Overrides the setting; the kernel then keeps about as little beside it.
        silent: Accept the stream, then send nothing at all: no greeting, event or heartbeat.
        deaf: Answer neither pings nor commands.
        lease: Overrides the setting for streams that are opened from now on.
    """

    transport: TransportName | None = None
    hold_upgrade: asyncio.Event | None = None
    refuse: int | None = None
    detail: str = "refused as the case asked"
    fields: list[tuple[str, str]] = field(default_factory=list)
    subprotocols: tuple[str, ...] = ()
    hint: bool = True
    no_transform: bool = True
    greeting: list[str] = field(default_factory=list)
    close_at_once: int | None = None
    content_type: str = "text/event-stream"
    heartbeat: float | None = None
    retry: int | None = None
    queue_bytes: int | None = None
    silent: bool = False
    deaf: bool = False
    lease: LeaseSettings | None = None

    def concerns(self, transport: TransportName) -> bool:
        """True if refusals and closes of this script apply to the transport."""
        return self.transport in (None, transport)


class Scripts(UserDict[str, Script]):
    """Scripts by token; a token has one as soon as it is asked for."""

    def __missing__(self, token: str) -> Script:
        script = Script()
        self.data[token] = script
        return script

    def find(self, token: str) -> Script:
        """The script of a token, or the ordinary one; unlike ``[]`` it keeps nothing."""
        return self.data.get(token) or Script()
