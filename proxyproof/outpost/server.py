"""The outpost itself: it joins the parts, listens, and leads each request to whom it concerns."""

import asyncio
import json
import ssl
from dataclasses import replace
from functools import partial

from proxyproof.outpost.control import Control
from proxyproof.outpost.faults import apply
from proxyproof.outpost.forwarding import Forwarding
from proxyproof.outpost.journal import Journal
from proxyproof.outpost.modes import ForwardMode, Mode, ProxyMode
from proxyproof.outpost.oidc.backchannel import BackChannel
from proxyproof.outpost.oidc.flow import PREFIX
from proxyproof.outpost.oidc.provider import Provider
from proxyproof.outpost.parts import Parts
from proxyproof.outpost.relay import Pipeline, Relay
from proxyproof.outpost.settings import Settings, SettingsError
from proxyproof.outpost.tls import server_tls, trust, upstream_tls
from proxyproof.outpost.transfer.channel import Channel
from proxyproof.outpost.transfer.downstream import Connection, Exchange, Handler, Limits
from proxyproof.outpost.transfer.message import Request, Response
from proxyproof.outpost.transfer.upstream import Address, UpstreamError


class Outpost:
    """One outpost with one application.

    Use it as an asynchronous context manager, or call `start` and `stop` in the same loop.

    Attributes:
        port: where it listens, known once started.
        control_port: where the control listens; 0 without one.
        store: the sessions.
        journal: what was asked.
        relay: what carries requests, in proxy mode.
    """

    def __init__(self, settings: Settings, journal: Journal | None = None) -> None:
        parts = Parts.good(settings)
        apply(settings.faults, parts)
        self.relay: Relay | None = None
        self.port = 0
        self.control_port = 0
        self.parts = parts
        self.settings = parts.settings
        self.journal = journal or Journal()
        self.store = parts.store(self.settings)
        self._forwarding = Forwarding(parts.profile.forwarding, self.settings.trusted_proxies)
        self._build()
        self._servers: list[asyncio.Server] = []
        self._tasks: dict[asyncio.Task[None], Channel] = {}
        self._under_way: dict[Exchange, asyncio.Event] = {}
        self._sweeper: asyncio.Task[None] | None = None

    def _build(self) -> None:
        parts, settings, profile = self.parts, self.settings, self.parts.profile
        secure = settings.external_host.startswith("https:")
        self.cookie = parts.cookie(
            settings.client_id,
            settings.cookie_secret,
            profile,
            secure=secure,
            domain=settings.cookie_domain,
        )
        provider = Provider(settings, BackChannel(trust(settings.issuer, settings.issuer_ca)))
        self.flow = parts.flow(settings, provider, self.store, self.cookie, self.journal.tell)
        header_auth = parts.header_auth(
            provider,
            self.flow,
            self.store,
            profile.header_auth_cache_seconds,
            settings.session_seconds,
        )
        self.store.on_end.append(header_auth.forget)
        self.gate = parts.gate(
            profile, self.cookie, self.store, header_auth, settings.skip_path_regex
        )
        self._mode = self._proxy_mode() if settings.mode == "proxy" else self._forward_mode()

    def _proxy_mode(self) -> Mode:
        parts = self.parts
        pipeline = Pipeline(
            parts.profile,
            self._address(self.settings.internal_host),
            self._elsewhere,
            parts.requests,
            parts.responses,
            parts.bodies,
            parts.tunnel,
            parts.upstream,
            self.settings.fault_seconds,
        )
        self.relay = relay = parts.relay(pipeline)
        if parts.profile.ends_streams:
            self.store.on_end.append(relay.end_session)
        return ProxyMode(self.settings, self.gate, self.flow, relay)

    def _address(self, url: str) -> Address:
        return Address.of(url, upstream_tls(replace(self.settings, internal_host=url)))

    def _elsewhere(self, url: str) -> Address:
        """The address of a backend that a user's claims name: it is at fault alone, not we."""
        try:
            return self._address(url)
        except SettingsError as error:
            raise UpstreamError(str(error)) from error

    def _forward_mode(self) -> Mode:
        return ForwardMode(self.settings, self.gate, self.flow, self._forwarding)

    # life

    async def __aenter__(self) -> "Outpost":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen.

        Raises:
            SettingsError: an address is taken, or a certificate cannot be used.
        """
        try:
            await self._listen_everywhere()
        except SettingsError:
            await self.stop()
            raise
        self._sweeper = asyncio.create_task(self._sweep())

    async def stop(self) -> None:
        """Stop listening and drop every connection, after its response if the profile waits."""
        for server in self._servers:
            server.close()
        if self.parts.profile.drains_on_stop:
            flowing = [ended for one, ended in self._under_way.items() if one.status != 101]
            await asyncio.gather(*[ended.wait() for ended in flowing])
        if self._sweeper is not None:
            self._sweeper.cancel()
        for task, channel in list(self._tasks.items()):
            task.cancel()
            channel.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._mode.close()

    async def _listen_everywhere(self) -> None:
        tls = server_tls(self.settings)
        self.port = await self._listen(self.settings.listen, self.handle, tls)
        if self.settings.control is not None:
            deaf = self.parts.profile.ignores_session_end
            control = Control(self.store, self.journal, ignores_session_end=deaf)
            self.control_port = await self._listen(self.settings.control, control.handle, None)

    async def _listen(
        self, address: tuple[str, int], handle: Handler, tls: ssl.SSLContext | None
    ) -> int:
        host, port = address
        make = partial(Channel, partial(self._accept, handle))
        loop = asyncio.get_running_loop()
        try:
            server = await loop.create_server(make, host, port, ssl=tls, backlog=1024)
        except OSError as error:
            raise SettingsError(f"cannot listen on {host}:{port}: {error.strerror}") from error
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    def _accept(self, handle: Handler, channel: Channel) -> None:
        profile = self.parts.profile
        limits = Limits(
            profile.max_head_bytes,
            profile.idle_seconds,
            profile.read_head_seconds,
            profile.read_body_seconds,
        )
        task = asyncio.create_task(Connection(channel, handle, limits).serve())
        self._tasks[task] = channel
        task.add_done_callback(self._tasks.pop)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(self.parts.profile.sweep_seconds)
            self.store.sweep()

    # requests

    async def handle(self, exchange: Exchange) -> None:
        """Handle one request from head to end."""
        entry = self.journal.begin(exchange.request)
        ended = self._under_way[exchange] = asyncio.Event()
        try:
            response = await self._respond(exchange)
            if response is not None:
                await exchange.answer(self._edited(response, exchange.request))
        finally:
            self.journal.end(entry, exchange)
            del self._under_way[exchange]
            ended.set()

    async def _respond(self, exchange: Exchange) -> Response | None:
        request = exchange.request
        if request.path == f"{PREFIX}/ping":
            return Response(204)
        if self.parts.profile.static_path and request.path.startswith(f"{PREFIX}/static/"):
            return Response(404)
        host = self._forwarding.host(request)
        if not self.settings.serves(host):
            return _no_app(host, self.parts.profile.unknown_host_status)
        return await self._endpoint(request) or await self._mode.handle(exchange)

    async def _endpoint(self, request: Request) -> Response | None:
        """Answer the endpoints of the login, by path or by the signature in a query (1.2)."""
        if request.path == f"{PREFIX}/start":
            return await self.flow.start(request)
        if request.path == f"{PREFIX}/callback":
            return await self.flow.callback(request)
        if request.path == f"{PREFIX}/sign_out":
            return await self.flow.sign_out(request)
        return await self.flow.signed(request)

    def _edited(self, response: Response, request: Request) -> Response:
        for edit in self.parts.own:
            response = edit(response, request)
        return response


def _no_app(host: str, status: int) -> Response:
    """Return the answer for a host that is no application of ours (contract 1.1)."""
    told = {"message": "no app for hostname", "host": host, "detail": "check the external_host"}
    return Response.text(status, json.dumps(told), "application/json")
