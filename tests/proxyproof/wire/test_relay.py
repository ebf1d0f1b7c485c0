import asyncio
import contextlib
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest

from proxy.ports import free_port
from proxyproof.wire.relay import address, main, serve

BIG = b"x" * 4_000_000


@contextlib.asynccontextmanager
async def relayed(
    serving: object,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    target = await asyncio.start_server(serving, "127.0.0.1", 0)  # type: ignore[arg-type]
    port = target.sockets[0].getsockname()[1]
    async with target, await serve("127.0.0.1:0", f"127.0.0.1:{port}") as relay:
        reader, writer = await asyncio.open_connection(*relay.sockets[0].getsockname())
        yield reader, writer
        await gone(writer)


async def gone(writer: asyncio.StreamWriter) -> None:
    """Close, and let every socket of this loop learn of it before the loop is closed."""
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    for _ in range(5):
        await asyncio.sleep(0)


async def test_bytes_pass_both_ways_and_an_end_of_one_leaves_the_other_open() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.read())  # all of it: until the FIN
        await writer.drain()
        writer.close()

    async with relayed(answer) as (reader, writer):
        writer.write(BIG)
        writer.write_eof()
        back = await asyncio.wait_for(reader.read(), 5.0)

    assert back == BIG


async def test_a_server_that_speaks_first_is_heard() -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        await writer.drain()
        writer.close()

    async with relayed(greet) as (reader, _):
        said = await asyncio.wait_for(reader.read(), 5.0)

    assert said == b"hello"


async def test_a_reset_is_passed_on_as_one() -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        sock: socket.socket = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async with relayed(reset) as (reader, writer):
        writer.write(b"?")
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(reader.read(), 5.0)


async def test_a_target_that_is_down_is_felt_as_a_reset() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        target = f"127.0.0.1:{nobody.getsockname()[1]}"
        async with await serve("127.0.0.1:0", target) as relay:
            reader, writer = await asyncio.open_connection(*relay.sockets[0].getsockname())
            with pytest.raises(ConnectionResetError):
                await asyncio.wait_for(reader.read(), 5.0)
            await gone(writer)


def test_it_runs_until_sigterm() -> None:
    routes = [f"127.0.0.1:{free_port()}=127.0.0.1:1", "[2001:db8::1]:1=127.0.0.1:1"]
    command = [sys.executable, "-m", "proxyproof.wire.relay", *routes]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        said = program.stdout.readline()
        program.send_signal(signal.SIGTERM)
        status = program.wait(10.0)

    assert said == "relaying\n"
    assert status == 0


@pytest.mark.parametrize("text", ["", "a:1", "a:b=c:1", "a:1=c", "a:1=b:1=c:1"])
def test_a_route_that_cannot_be_used_is_one_line(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main([text])

    assert status == 2
    assert capsys.readouterr().err == "relay: expected LISTEN=TARGET, both HOST:PORT\n"


def test_an_address_of_ipv6_is_read_without_its_brackets() -> None:
    assert address("[::1]:3000") == ("::1", 3000)
