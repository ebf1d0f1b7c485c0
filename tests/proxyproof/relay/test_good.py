import asyncio
import signal
import sys

import pytest

from proxyproof.relay import FAULTS, FaultyRelay
from proxyproof.relay.__main__ import main
from proxyproof.relay.parts import Parts
from tests.proxyproof.outpost.application import Application
from tests.proxyproof.relay.hop import Relayed


async def test_a_relay_without_fault_keeps_fields_and_target(
    relayed: Relayed, application: Application
) -> None:
    hop = await relayed()
    async with hop.raw() as raw:
        await raw.send(hop.get("/x//y/%2e?a=1;b", "X-B: 2", "x-a: 1", "X-B: 3", "Cookie: k=v"))
        head = await raw.head()
    seen = application.last

    assert seen.target == "/x//y/%2e?a=1;b"
    assert seen.fields == [
        ("Host", "app.test"),
        ("X-B", "2"),
        ("x-a", "1"),
        ("X-B", "3"),
        ("Cookie", "k=v"),
    ]
    assert [line for line in head.split("\r\n") if "Set-Cookie" in line] == [
        "Set-Cookie: a=1",
        "Set-Cookie: b=2",
    ]


async def test_a_relay_without_fault_carries_a_websocket(relayed: Relayed) -> None:
    hop = await relayed()
    async with hop.websocket() as ws:
        await ws.send("hello")
        assert await ws.recv() == "hello"
        await ws.send("bye")
        await asyncio.wait_for(ws.wait_closed(), 5)

    assert (ws.close_code, ws.close_reason) == (4401, "session ended")


async def test_an_event_passes_as_it_comes(relayed: Relayed, application: Application) -> None:
    hop = await relayed()
    async with hop.client() as client, client.stream("GET", "/events") as stream:
        assert await anext(stream.aiter_raw()) == b"data: first\n\n"
        application.gate.set()


async def test_an_origin_that_is_down_is_told(relayed: Relayed) -> None:
    hop = await relayed(target="http://127.0.0.1:1")
    async with hop.client() as client:
        assert (await client.get("/")).status_code == 502


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_changes_a_part_and_says_where_it_was_seen(name: str) -> None:
    parts = Parts()
    FAULTS[name].apply(parts)

    assert parts != Parts()
    assert FAULTS[name].name == name
    assert ": " in FAULTS[name].source


def test_an_unknown_fault_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="unknown fault 'no-such': known are alters-opcode, "):
        FaultyRelay(("127.0.0.1", 1), ["no-such"])


def test_the_command_lists_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list-faults"]) == 0
    assert "drops-pings" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "no --target: give the address of the origin, HOST:PORT"),
        (["--target", "here"], "expected HOST:PORT, got 'here'"),
        (["--target", "127.0.0.1:1", "--fault", "no-such"], "invalid choice: 'no-such'"),
        (
            [*["--target", "127.0.0.1:1"], *["--fault", "drops-pings", "--fault", "truncates-4k"]],
            "two faults exchange the tunnel: enable one of them",
        ),
    ],
)
def test_a_command_line_that_says_nothing_useful_is_refused(
    capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert told in capsys.readouterr().err


def test_a_port_that_is_taken_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--target", "127.0.0.1:1", "--host", "192.0.2.1"]) == 2
    assert capsys.readouterr().err.startswith("relay: cannot listen on 192.0.2.1:0: ")


async def test_the_command_relays_until_it_is_told_to_stop(application: Application) -> None:
    command = ["-m", "proxyproof.relay", "--target", application.url.removeprefix("http://")]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    told = (await asyncio.wait_for(process.stdout.readline(), 20)).decode().strip()
    process.send_signal(signal.SIGTERM)

    assert told.startswith("relay: http://127.0.0.1:")
    assert await asyncio.wait_for(process.wait(), 5) == 0
