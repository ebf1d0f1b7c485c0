"""The streaming reverse proxy of proxy mode (contract section 4).

Nothing is buffered: the response head goes out when it comes, then whatever of the body is there.
An upgrade is asked of the upstream first; only its own 101 opens the tunnel.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace

from proxyproof.outpost.heads import Context, RequestEdit, ResponseEdit
from proxyproof.outpost.identity import of_proxy
from proxyproof.outpost.pages import bad_gateway, too_late
from proxyproof.outpost.profiles import Profile
from proxyproof.outpost.transfer.channel import Channel
from proxyproof.outpost.transfer.downstream import Exchange
from proxyproof.outpost.transfer.message import Request, Response, ResponseHead, values
from proxyproof.outpost.transfer.tunnel import Tunnel
from proxyproof.outpost.transfer.upstream import Address, Upstream, UpstreamAborted, UpstreamError

REPEATABLE = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))
"""Methods of requests that a proxy may send twice, the safe ones (RFC 9110 9.2.1)."""

Body = AsyncIterator[bytes]
BodyFilter = Callable[[Body, ResponseHead], Body]


@dataclass
class Pipeline:
    """What a relay is made of, so that each part can be exchanged by itself.

    `address` is that of the upstream; `elsewhere` makes the address of another, by its URL.
    """

    profile: Profile
    address: Address
    elsewhere: Callable[[str], Address]
    requests: list[RequestEdit]
    responses: list[ResponseEdit]
    bodies: list[BodyFilter] = field(default_factory=list)
    tunnel: type[Tunnel] = Tunnel
    upstream: type[Upstream] = Upstream
    fault_seconds: float = 0.5


class Relay:
    """Carries one exchange at a time between a client and the upstream."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.profile = pipeline.profile
        self._addresses: dict[str, Address] = {}
        self._live: defaultdict[str, set[Channel]] = defaultdict(set)

    def end_session(self, session_id: str) -> None:
        """Close what flows for a session that has ended."""
        for channel in self._live.pop(session_id, ()):
            channel.close()

    def close(self) -> None:
        """Close the connections that were kept."""
        for address in (self.pipeline.address, *self._addresses.values()):
            address.drop_idle()

    def address_for(self, context: Context) -> Address:
        """Return where the request goes: the claims of a user may name a backend (contract 3.3)."""
        session = context.granted.session
        url = of_proxy(session.claims, "backend_override") if session is not None else None
        if not isinstance(url, str) or not url:
            return self.pipeline.address
        if url not in self._addresses:
            self._addresses[url] = self.pipeline.elsewhere(url)
        return self._addresses[url]

    async def carry(self, exchange: Exchange, context: Context) -> Response | None:
        """Carry a request that may pass and know whose it is while it lasts."""
        session = context.granted.session
        owner = session.id if session is not None else ""
        self._live[owner].add(exchange.channel)
        try:
            return await self.timed(exchange, context)
        finally:
            self._live[owner].discard(exchange.channel)
            if not self._live[owner]:
                del self._live[owner]

    async def timed(self, exchange: Exchange, context: Context) -> Response | None:
        """Do so within limits; returns a response of our own if the upstream has none.

        Ordinary responses must be complete within the write deadline, however busy they are.
        """
        deadline = None if context.upgrade else self.profile.write_deadline_seconds or None
        try:
            async with asyncio.timeout(deadline):
                return await self.forward(exchange, context)
        except TimeoutError:
            exchange.channel.close()
            return None

    async def forward(self, exchange: Exchange, context: Context) -> Response | None:
        """Ask the upstream and pass on its answer."""
        request = self.outgoing(context)
        try:
            async with asyncio.timeout(self.profile.head_timeout_seconds or None):
                address = self.address_for(context)
                upstream, head = await self.answered(exchange, request, address)
        except TimeoutError:
            return too_late(context.granted.set_cookie)
        except UpstreamError as error:
            return bad_gateway(context.granted.set_cookie, shown(error, context))
        try:
            return await self.pass_on(exchange, upstream, head, context)
        finally:
            self.leave(upstream)

    def outgoing(self, context: Context) -> Request:
        """Return the request as the upstream is to see it."""
        request = replace(context.request, version="1.1")
        for edit in self.pipeline.requests:
            request = edit(request, context)
        return request

    def incoming(self, head: ResponseHead, context: Context) -> ResponseHead:
        """Return the response head as the client is to see it."""
        for edit in self.pipeline.responses:
            head = edit(head, context)
        return head

    async def answered(
        self, exchange: Exchange, request: Request, address: Address | None = None
    ) -> tuple[Upstream, ResponseHead]:
        """Send the request and return the head of the final answer.

        One that was not answered is sent once more over a fresh connection, if it may be.

        Raises:
            UpstreamError: there is no answer to be had.
        """
        upstream = await self.connect(address, reuse=True)
        try:
            return await self._ask(upstream, exchange, request)
        except UpstreamError:
            if not self.may_repeat(upstream, exchange, request):
                raise
        return await self._ask(await self.connect(address, reuse=False), exchange, request)

    def may_repeat(self, upstream: Upstream, exchange: Exchange, request: Request) -> bool:
        """Whether a request without an answer may be sent again.

        A connection that was kept may have been closed by the upstream in the meantime: then a
        request that is safe may (RFC 9112 9.3.1), unless it has a body, which is read but once.
        """
        fresh = not exchange.has_body and not exchange.received
        return upstream.reused and request.method in REPEATABLE and fresh

    async def connect(self, address: Address | None = None, *, reuse: bool) -> Upstream:
        """Return an upstream over a kept connection, if there is one and it may, or a new one."""
        address = address or self.pipeline.address
        kept = address.kept() if reuse else None
        channel = kept or await address.connect()
        return self.pipeline.upstream(address, channel, reused=kept is not None)

    async def _ask(
        self, upstream: Upstream, exchange: Exchange, request: Request
    ) -> tuple[Upstream, ResponseHead]:
        try:
            await upstream.send_head(request)
            await upstream.send_body(exchange.body() if exchange.has_body else None)
            while (head := await upstream.head()).status < 200 and head.status != 101:
                await exchange.inform(head)
        except BaseException:
            self.leave(upstream)
            raise
        return upstream, head

    async def pass_on(
        self, exchange: Exchange, upstream: Upstream, head: ResponseHead, context: Context
    ) -> Response | None:
        """Pass on what the upstream answered: a tunnel after its 101, else a response."""
        if head.status != 101:
            await self.respond(exchange, upstream, head, context)
        elif self.switched_to(head) != self.switched_to(context.request):
            return bad_gateway(context.granted.set_cookie)  # contract 4.2
        else:
            await self.open_tunnel(exchange, upstream, head, context)
        return None

    def switched_to(self, head: ResponseHead | Request) -> str:
        """Return the protocol that an Upgrade field names; case means nothing (RFC 9110 7.8)."""
        named = ",".join(values(head.fields, b"upgrade"))
        return named if self.profile.literal_upgrade else named.lower()

    async def open_tunnel(
        self, exchange: Exchange, upstream: Upstream, head: ResponseHead, context: Context
    ) -> None:
        """Pass on the 101 and everything after it, from the first byte on."""
        await exchange.switch(self.incoming(head, context))
        upstream.channel.unread(self.behind(upstream))
        await self.tunnel(exchange, upstream)

    def behind(self, upstream: Upstream) -> bytes:
        """Return the bytes that came in the same segment as the 101."""
        return upstream.leftover()

    async def tunnel(self, exchange: Exchange, upstream: Upstream) -> None:
        """Copy bytes both ways until the end."""
        half_close = self.profile.half_close
        await self.pipeline.tunnel(exchange.channel, upstream.channel, half_close=half_close).run()

    async def respond(
        self, exchange: Exchange, upstream: Upstream, head: ResponseHead, context: Context
    ) -> None:
        """Pass on a response: its head at once, then its body as it comes."""
        passed = self.incoming(head, context)
        body = upstream.body()
        for body_filter in self.pipeline.bodies:
            body = body_filter(body, passed)
        try:
            async for data in await self.begin(exchange, passed, body):
                await exchange.send(data)
        except UpstreamAborted:
            await self.break_off(exchange, passed)
        else:
            await exchange.end()

    async def begin(self, exchange: Exchange, head: ResponseHead, body: Body) -> Body:
        """Send the head and return the body that is to follow."""
        await exchange.start(head)
        return body

    async def break_off(self, exchange: Exchange, head: ResponseHead) -> None:
        """The upstream aborted in mid-body: the client must be able to tell (contract 4.1)."""
        if self.profile.swallows_abort and not values(head.fields, b"content-length"):
            await exchange.end()
        elif exchange.request.version == "1.0":
            exchange.channel.reset()  # without framing only a reset is not an end
        else:
            exchange.channel.close()  # what was sent still arrives; the last chunk does not

    def leave(self, upstream: Upstream) -> None:
        """Keep or close the upstream connection, whatever the reason that we are done with it."""
        upstream.release()


def shown(error: UpstreamError, context: Context) -> str:
    """Return what the error page tells: the real error is for superusers alone (contract 4.1)."""
    session = context.granted.session
    superuser = session is not None and of_proxy(session.claims, "is_superuser") is True
    return str(error) if superuser else ""
