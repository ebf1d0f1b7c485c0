"""Faults in the opening of a tunnel: who says 101, when, and what follows it."""

from proxyproof.outpost.faults.model import fault
from proxyproof.outpost.heads import Context
from proxyproof.outpost.parts import Parts
from proxyproof.outpost.relay import Relay
from proxyproof.outpost.transfer.downstream import Exchange
from proxyproof.outpost.transfer.message import Request, Response, ResponseHead
from proxyproof.outpost.transfer.upstream import Upstream, UpstreamError
from proxyproof.wire.handshake import accept_value


def made_up(request: Request) -> ResponseHead:
    """Return the 101 of three fields that needs no origin (contract 4.3)."""
    key = request.first(b"sec-websocket-key") or ""
    protocol = request.first(b"upgrade") or ""
    return ResponseHead(
        101,
        (
            (b"Upgrade", protocol.encode("latin-1")),
            (b"Connection", b"Upgrade"),
            (b"Sec-WebSocket-Accept", accept_value(key).encode()),
        ),
    )


class EarlyAnswer(Relay):
    """Says 101 before the origin was asked, and has nothing left to say when it refuses."""

    async def forward(self, exchange: Exchange, context: Context) -> Response | None:
        """Switch first, then ask."""
        if not context.upgrade:
            return await super().forward(exchange, context)
        request = self.outgoing(context)
        await exchange.switch(made_up(context.request))
        try:
            upstream, head = await self.answered(exchange, request)
        except UpstreamError:
            exchange.channel.close()
            return None
        try:
            await self._go_on(exchange, upstream, head)
        finally:
            self.leave(upstream)
        return None

    async def _go_on(self, exchange: Exchange, upstream: Upstream, head: ResponseHead) -> None:
        if head.status != 101:
            exchange.channel.close()
            return
        upstream.channel.unread(self.behind(upstream))
        await self.tunnel(exchange, upstream)


@fault("answers-before-origin", "101 is said before the origin has decided", "contract 4.3, #25361")
def answers_before_origin(parts: Parts) -> None:
    """Answer at once."""
    parts.exchange(relay=EarlyAnswer)


class LingeringTunnel(Relay):
    """Tunnels because an upgrade was asked for, not because one was granted."""

    async def respond(
        self, exchange: Exchange, upstream: Upstream, head: ResponseHead, context: Context
    ) -> None:
        """Pass the refusal on, then go on as a tunnel."""
        await super().respond(exchange, upstream, head, context)
        if context.upgrade:
            exchange.detach()
            upstream.channel.unread(upstream.leftover())
            await self.tunnel(exchange, upstream)
            raise ConnectionAbortedError("the tunnel has ended")


@fault("keeps-tunnel", "after a refused upgrade the connection is a raw tunnel", "SEC-06")
def keeps_tunnel(parts: Parts) -> None:
    """Tunnel after a refusal."""
    parts.exchange(relay=LingeringTunnel)


class H2cTunnel(Relay):
    """Opens a tunnel for whatever is inside an upgrade to h2c."""

    async def forward(self, exchange: Exchange, context: Context) -> Response | None:
        """Accept the upgrade and connect the client with the origin."""
        if not context.request.asks_for(("h2c",)):
            return await super().forward(exchange, context)
        upstream = await self.connect(reuse=False)
        try:
            await exchange.switch(made_up(context.request))
            await self.tunnel(exchange, upstream)
        finally:
            self.leave(upstream)
        return None


@fault("tunnels-h2c", "an upgrade to h2c opens a tunnel behind the gate", "SEC-07")
def tunnels_h2c(parts: Parts) -> None:
    """Tunnel h2c."""
    parts.exchange(relay=H2cTunnel)


@fault("case-sensitive-upgrade", "`WebSocket` and `websocket` are two protocols: 502", "#26281")
def case_sensitive_upgrade(parts: Parts) -> None:
    """Compare literally."""
    parts.set_quirks(literal_upgrade=True)
