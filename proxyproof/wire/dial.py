"""Opening connections to a server under test, and what it chooses by ALPN."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

DEADLINE = 10.0  # seconds for each thing that is awaited
READ = 64 * 1024


@asynccontextmanager
async def dialled(
    host: str,
    port: int,
    *,
    tls: ssl.SSLContext | None = None,
    server_hostname: str | None = None,
    connect_to: tuple[str, int] | None = None,
    deadline: float = DEADLINE,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection, closed at the end.

    Args:
        host: The name to connect to, also the one that TLS asks for.
        port: The port to connect to.
        tls: The context for TLS; plain TCP if None.
        server_hostname: Another name for TLS to ask for.
        connect_to: The address that is really dialled.
        deadline: Seconds until it must be open.
    """
    name = (server_hostname or host) if tls else None
    async with asyncio.timeout(deadline):
        reader, writer = await asyncio.open_connection(
            *(connect_to or (host, port)), ssl=tls, server_hostname=name
        )
    try:
        yield reader, writer
    finally:
        writer.close()
        await _closed(writer)


async def _closed(writer: asyncio.StreamWriter) -> None:
    """See it closed; over TLS that takes a farewell of the peer, which may never come."""
    try:
        with suppress(OSError):
            await writer.wait_closed()
    except asyncio.CancelledError:
        writer.transport.abort()
        raise


async def negotiated(
    host: str,
    port: int,
    tls: ssl.SSLContext,
    *,
    offer: Iterable[str] = ("h2", "http/1.1"),
    connect_to: tuple[str, int] | None = None,
    deadline: float = DEADLINE,
) -> str | None:
    """The protocol that the server chooses by ALPN (RFC 7301); None if it chooses none.

    The offer is set on the context `tls`, which is best made for this call.
    """
    tls.set_alpn_protocols(list(offer))
    async with dialled(host, port, tls=tls, connect_to=connect_to, deadline=deadline) as (
        _,
        writer,
    ):
        return alpn_of(writer)


def alpn_of(writer: asyncio.StreamWriter) -> str | None:
    """The protocol that was chosen on a TLS connection."""
    tls: ssl.SSLObject = writer.get_extra_info("ssl_object")
    return tls.selected_alpn_protocol()
