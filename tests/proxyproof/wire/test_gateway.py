"""The gateway before a stand-in for what makes a network: it hands over sockets of this one."""

import asyncio
import contextlib
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.ports import free_port

GATEWAY = [sys.executable, "-m", "proxyproof.wire.gateway"]

# Hands over a name server and one listener, then as many fresh sockets as are asked for up to one.
MAKER = """
import json, socket, sys
gateway = socket.socket(fileno=int(sys.argv[-1]))
asked = socket.socket(type=socket.SOCK_DGRAM)
asked.bind(("127.0.0.1", 0))
listener = socket.create_server(("127.0.0.1", 0))
ports = [each.getsockname()[1] for each in (asked, listener)]
open(sys.argv[2], "w").write(json.dumps(ports))
said = {"pid": 42, "targets": ["", sys.argv[1]]}
socket.send_fds(gateway, [json.dumps(said).encode()], [asked.fileno(), listener.fileno()])
if gateway.recv(1):
    with socket.socket() as fresh:
        socket.send_fds(gateway, [b"."], [fresh.fileno()])
"""


@contextlib.contextmanager
def opened(folder: Path, target: str, inside: int) -> Iterator[tuple[int, int, int]]:
    """A gateway; the ports at which it is entered, the other side left, and names asked for."""
    outside, ports = free_port(), folder / "ports"
    room = folder / "room.json"
    room.write_text(json.dumps({"names": {"app": "10.0.0.1"}, "published": {outside: inside}}))
    maker = [sys.executable, "-c", MAKER, target, str(ports)]
    with subprocess.Popen(
        [*GATEWAY, str(room), *maker], stdout=subprocess.PIPE, text=True
    ) as gateway:
        assert gateway.stdout is not None
        said = gateway.stdout.readline()
        resolver, listener = json.loads(ports.read_text())
        yield outside, listener, resolver
        gateway.send_signal(signal.SIGTERM)
        assert (said, gateway.wait(10.0)) == ("ready 42\n", 0)


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(await reader.read())
    writer.close()


def answered(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), 10.0) as connection:
        connection.sendall(b"there and back")
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(100), b""))


async def test_both_ways_lead_through_and_names_are_told(tmp_path: Path) -> None:
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    question = b"\0\1\1\0\0\1\0\0\0\0\0\0\3app\0\0\1\0\1"
    async with server:
        with (
            opened(tmp_path, f"127.0.0.1:{port}", port) as (outside, listener, resolver),
            socket.socket(type=socket.SOCK_DGRAM) as asking,
        ):
            inwards = await asyncio.to_thread(answered, outside)
            outwards = await asyncio.to_thread(answered, listener)
            asking.settimeout(10.0)
            asking.sendto(b"no question", ("127.0.0.1", resolver))
            asking.sendto(question, ("127.0.0.1", resolver))
            told = asking.recv(512)

    assert (inwards, outwards) == (b"there and back",) * 2
    assert told.endswith(socket.inet_aton("10.0.0.1"))


def test_network_that_is_gone_is_a_reset(tmp_path: Path) -> None:
    with opened(tmp_path, "127.0.0.1:1", free_port()) as (outside, _, _):
        for _ in range(2):  # the maker has one socket to give, and the product does not listen
            with pytest.raises(ConnectionResetError):
                answered(outside)


def test_command_that_makes_no_network_ends_the_gateway(tmp_path: Path) -> None:
    room = tmp_path / "room.json"
    room.write_text("{}")
    maker = [sys.executable, "-c", "import sys; sys.exit('why not')"]

    done = subprocess.run(
        [*GATEWAY, str(room), *maker], capture_output=True, text=True, timeout=20, check=False
    )

    assert done.returncode == 1
    assert "why not" in done.stderr
    assert "gateway: the network was not made" in done.stderr
