"""An HTTP/2 connection that carries one stream, as an asyncio protocol (RFC 9113)."""

import asyncio
from typing import Protocol

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import Event, RemoteSettingsChanged
from h2.exceptions import ProtocolError

from proxyproof.client.transport.farewell import Farewell


class Stream(Protocol):
    """What a connection carries."""

    def take(self, event: Event) -> None:
        """Take what happened on the connection."""
        ...

    def pump(self) -> None:
        """Send, now that the kernel takes more or no more."""
        ...

    def end(self, error: Exception | None) -> None:
        """The connection is no more."""
        ...


class Http2Connection(asyncio.Protocol):
    """One HTTP/2 connection, for one stream.

    Attributes:
        offered: whether the server offers the extended CONNECT, once its SETTINGS are there.
        lost: done when the connection is.
        full: whether the kernel has asked the writer to pause.
        stream: what the connection carries; None before there is one and after its end.
    """

    transport: asyncio.Transport

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.offered: asyncio.Future[bool] = loop.create_future()
        self.lost: asyncio.Future[None] = loop.create_future()
        self.full = False
        self.h2 = H2Connection(
            H2Configuration(
                client_side=True,
                header_encoding="latin-1",
                split_outbound_cookies=True,  # as in browsers (RFC 9113 8.2.3)
            )
        )
        self.stream: Stream | None = None
        self._farewell = Farewell()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin with the preface, if HTTP/2 was chosen by ALPN."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        if transport.get_extra_info("ssl_object").selected_alpn_protocol() != "h2":
            self._decide(offered=False)
            return
        self.h2.initiate_connection()
        self.flush()

    def data_received(self, data: bytes) -> None:
        """Take what the server sends, and answer what HTTP/2 wants answered."""
        try:
            events = self.h2.receive_data(self._farewell.without(data))
        except ProtocolError as error:
            self.flush()
            self.fail(ConnectionAbortedError(f"not HTTP/2 as it must be: {error}"))
            return
        for event in events:
            self._take(event)
        self.flush()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the stream with its connection."""
        self._decide(offered=False)
        self.lost.set_result(None)
        if self.stream is not None:
            self.stream.end(exc)

    def pause_writing(self) -> None:
        """Let the stream know that the kernel is full."""
        self._fill(full=True)

    def resume_writing(self) -> None:
        """Let the stream know that there is room again."""
        self._fill(full=False)

    def flush(self) -> None:
        """Write what HTTP/2 has to say."""
        if not self.transport.is_closing():
            self.transport.write(self.h2.data_to_send())

    def fail(self, error: Exception) -> None:
        """Drop the connection because of an error."""
        if self.stream is not None:
            self.stream.end(error)
        self.transport.abort()

    def _take(self, event: Event) -> None:
        if isinstance(event, RemoteSettingsChanged):
            self._decide(offered=bool(self.h2.remote_settings.enable_connect_protocol))
        if self.stream is not None:
            self.stream.take(event)

    def _decide(self, *, offered: bool) -> None:
        if not self.offered.done():
            self.offered.set_result(offered)

    def _fill(self, *, full: bool) -> None:
        self.full = full
        if self.stream is not None:
            self.stream.pump()
