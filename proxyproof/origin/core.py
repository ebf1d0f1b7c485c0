"""The components of one origin, built and joined."""

from collections.abc import Sequence

from proxyproof.events import Emitter, Event
from proxyproof.origin.application.loops import Loops
from proxyproof.origin.gate.identity import Identity, read_identity
from proxyproof.origin.gate.lease import Lease
from proxyproof.origin.gate.public import public_url
from proxyproof.origin.head import RequestHead
from proxyproof.origin.ledger import Ledger
from proxyproof.origin.parts import Parts
from proxyproof.origin.script import Script, Scripts
from proxyproof.origin.settings import LeaseSettings, Settings
from proxyproof.origin.stream.registry import Streams
from proxyproof.origin.transports import Transports


class Core:
    """What the request handlers work with."""

    def __init__(self, settings: Settings, parts: Parts) -> None:
        self.settings = settings
        self.parts = parts
        self.ledger = Ledger(settings.ledger_entries)
        self.scripts = Scripts()
        self.streams = Streams(self.ledger)
        self.transports = Transports(self.streams, settings.withdrawn)
        self.log = parts.log(settings.log_capacity, parts.epoch)
        self.emitter = Emitter(self.log)
        self.loops = Loops(self.emitter)
        self.fanout = parts.fanout(self._on_sent)
        self.replay = parts.replay(self.log, self.fanout, settings.page)
        self.commands = parts.commands(self.fanout, self.loops, self.log)
        self.websocket_codec = parts.websocket_codec()
        self.event_stream_codec = parts.event_stream_codec()
        self.event_stream_codec_1_0 = parts.event_stream_codec(chunked=False)
        self._leases: dict[LeaseSettings, Lease] = {}
        self.emitter.subscribe(self.fanout.publish)
        self.emitter.subscribe(self._on_published)

    def trusts(self, head: RequestHead) -> bool:
        """True if the identity and forwarding fields of a request may be believed."""
        return self.parts.is_trusted(head.peer, self.settings.networks)

    def identity(self, head: RequestHead) -> Identity | None:
        """Who is asking; None is anonymous."""
        return read_identity(head) if self.trusts(head) else None

    def user(self, head: RequestHead) -> str | None:
        """Name of who is asking; None is anonymous."""
        identity = self.identity(head)
        return identity.user if identity else None

    def url(self, head: RequestHead) -> str:
        """URL of a request in the client's eyes."""
        return public_url(head, trusted=self.trusts(head))

    def forget(self) -> None:
        """Lose the log: ids get a new epoch, and every resume from an older id finds a gap."""
        self.fanout.flush()
        self.log.forget()

    def lease_of(self, script: Script) -> Lease | None:
        """Who asks about the session of a stream, if anybody does."""
        settings = script.lease or self.settings.lease
        if settings is None:
            return None
        if settings not in self._leases:
            self._leases[settings] = self.parts.lease(settings)
        return self._leases[settings]

    async def close_leases(self) -> None:
        """Ask no more."""
        while self._leases:
            await self._leases.popitem()[1].close()

    def _on_sent(self, token: str, streams: tuple[int, ...], events: Sequence[Event]) -> None:
        self.ledger.of(token).add_sent(streams, events)

    def _on_published(self, event: Event) -> None:
        self.ledger.published(self.loops.token_of(event), event)
