"""Where the origin listens: it can move to another port while its streams stay open."""

import ssl

from aiohttp import web

from proxyproof.origin.app import make_app
from proxyproof.origin.core import Core

MAX_FIELD = 64 * 2**10  # a field with 12 KiB of cookies or 200 groups is ordinary here


class Listener:
    """The listening sockets of an origin, plain and TLS."""

    def __init__(self, core: Core) -> None:
        self._settings = core.settings
        self._busy: set[object] = set()
        self._runner = web.AppRunner(
            make_app(core, self._busy),
            access_log=None,
            handler_cancellation=True,  # a stream ends as soon as its client is gone
            max_line_size=MAX_FIELD,
            max_field_size=MAX_FIELD,
            shutdown_timeout=core.settings.close_timeout,
        )
        self._plain: web.TCPSite | None = None
        self._tls: web.TCPSite | None = None

    async def start(self, host: str, port: int, tls_port: int) -> None:
        """Listen.

        Raises:
            OSError: An address is in use or not ours.
        """
        await self._runner.setup()
        try:
            self._plain = await self._listen(host, port)
            if self._settings.tls is not None:
                self._tls = await self._listen(host, tls_port, self._settings.tls)
        except OSError:
            await self.stop()
            raise

    @property
    def port(self) -> int:
        """Port for plain HTTP; 0 while nobody listens."""
        return self._plain.port if self._plain else 0

    @property
    def tls_port(self) -> int | None:
        """Port for TLS; None without TLS."""
        return self._tls.port if self._tls else None

    async def rebind(self, host: str, port: int) -> None:
        """Move the plain listener; open streams stay, idle connections are closed.

        Raises:
            OSError: The new address is in use or not ours; the old one is kept.
        """
        old, self._plain = self._plain, await self._listen(host, port)
        if old is not None:
            await old.stop()
        self._close_idle()

    async def refuse(self) -> None:
        """Accept no more connections."""
        for site in list(self._runner.sites):
            await site.stop()

    async def stop(self) -> None:
        """Close everything."""
        await self._runner.cleanup()

    async def _listen(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> web.TCPSite:
        site = web.TCPSite(self._runner, host, port, backlog=1024, ssl_context=tls)
        try:
            await site.start()
        except OSError:
            await site.stop()
            raise
        return site

    def _close_idle(self) -> None:
        server = self._runner.server
        for connection in server.connections if server else ():
            if connection not in self._busy:
                connection.force_close()
