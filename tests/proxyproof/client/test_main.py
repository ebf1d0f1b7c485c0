import asyncio
import json
import os
import signal
import ssl
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme

from proxyproof.client.__main__ import main
from tests.proxyproof.client.stage import (
    DEADLINE,
    Stage,
    accept_and_close,
    refuse,
    staged,
    write,
)


async def ran(*arguments: str) -> int:
    """The command in a loop of its own, as a person runs it."""
    return await asyncio.wait_for(asyncio.to_thread(main, arguments), DEADLINE)


@asynccontextmanager
async def process(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    command = [sys.executable, "-m", "proxyproof.client", *arguments]
    pipe = asyncio.subprocess.PIPE
    running = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.communicate()


async def lines_until(running: asyncio.subprocess.Process, text: str) -> list[str]:
    assert running.stdout is not None
    lines: list[str] = []
    async with asyncio.timeout(DEADLINE):
        while not lines or text not in lines[-1]:
            lines.append((await running.stdout.readline()).decode())
    return lines


async def test_status_and_events_are_printed_as_they_come_until_ctrl_c(stage: Stage) -> None:
    async with process(stage.url) as running:
        await stage.opened()
        stage.publish()
        lines = await lines_until(running, "loop.log")
        running.send_signal(signal.SIGINT)
        async with asyncio.timeout(DEADLINE):
            _, errors = await running.communicate()

    assert [line.split(" ", 1)[1].rstrip() for line in lines[:2]] == [
        "connecting (websocket): start",
        "open (websocket): connected",
    ]
    assert lines[2].rstrip().endswith(f"e-1 loop.log {stage.log[0]}")
    assert (running.returncode, errors) == (0, b"")


async def test_reader_that_goes_away_is_no_error(stage: Stage) -> None:
    async with process(stage.url) as running:
        await lines_until(running, "open")
        assert running.stdout is not None
        running.stdout._transport.close()  # type: ignore[attr-defined]
        stage.publish(2)
        assert running.stderr is not None
        async with asyncio.timeout(DEADLINE):
            errors = await running.stderr.read()
            code = await running.wait()

    assert (code, errors) == (0, b"")


async def test_lost_session_says_to_log_in(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.always["websocket"] = refuse(401)

    code = await ran(stage.url)

    shown = capsys.readouterr()
    assert code == 1
    assert "unauthorized (websocket): refused: 401 Unauthorized" in shown.out
    assert shown.err == "proxyproof.client: log in, then start again (--cookie)\n"


async def test_refused_stream_says_why(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    problem = refuse(404, '{"detail":"no such loop"}', Content_Type="application/problem+json")
    stage.always["sse"] = problem

    code = await ran(f"{stage.url}/api/loops/a/events")

    assert code == 2
    assert capsys.readouterr().err == ("proxyproof.client: refused: 404 Not Found: no such loop\n")
    assert [name for name, _ in stage.asked()] == ["sse"]


async def test_options_reach_the_stream(stage: Stage) -> None:
    stage.always["websocket"] = refuse(401)

    await ran(
        *(stage.url, "--transport", "websocket", "--loop", "a", "--resume-from", "e-1"),
        *("--cookie", "x=y=z", "--cookie", "b=2", "--header", "X-Test: 1", "--insecure"),
    )

    request = stage.requests[0][1]
    assert dict(request.query) == {"loopId": "a", "lastEventId": "e-1"}
    assert request.headers["Cookie"] == "x=y=z; b=2"
    assert request.headers["X-Test"] == "1"


async def test_json_gives_one_object_a_line(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.always["sse"] = refuse(401)
    stage.script["sse"].append(write(b'id: e-1\ndata: {"id":"e-1","type":"t"}\n\ndata: x\n\n'))

    await ran(stage.url, "--transport", "sse", "--json")

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == {"status": "connecting", "transport": "sse", "reason": "start"}
    assert {"event": "t", "id": "e-1", "data": {"id": "e-1", "type": "t"}} in lines
    assert {"event": "message", "id": "e-1", "data": "x"} in lines


async def test_websocket_url_means_websocket(stage: Stage) -> None:
    stage.always["websocket"] = accept_and_close(4401)

    code = await ran(stage.url.replace("http", "ws"))

    assert (code, [name for name, _ in stage.asked()]) == (1, ["websocket"])


async def test_nobody_there_is_said_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    async with staged() as stage:
        url = stage.url

    code = await ran(url)

    assert code == 2
    assert capsys.readouterr().err.startswith("proxyproof.client: unreachable: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nonsense"], "'nonsense' is no stream URL"),
        (["http://h", "--cookie", "x"], "--cookie expects NAME=VALUE, not 'x'"),
        (["http://h", "--header", ": x"], "--header expects NAME:VALUE, not ': x'"),
        (["https://h", "--ca", "missing.pem"], "--ca missing.pem: no certificates there"),
        (["ws://h/feed", "--transport", "sse"], "the URL leads to websocket, not to 'sse'"),
    ],
    ids=["url", "cookie", "header", "ca", "transport"],
)
def test_bad_input_gets_one_clear_line(
    arguments: Sequence[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(arguments)

    errors = capsys.readouterr().err
    assert code == 2
    assert errors.startswith(f"proxyproof.client: {message}")
    assert errors.count("\n") == 1


@pytest.mark.parametrize("trust", ["--ca", "--insecure"])
async def test_certificate_is_trusted_as_told(trust: str, tmp_path: Path) -> None:
    authority = trustme.CA()
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(server)
    pem = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(os.fspath(pem))
    async with staged(server) as stage:
        stage.always["sse"] = refuse(401)

        code = await ran(
            stage.url, "--transport", "sse", trust, *([str(pem)] if trust == "--ca" else [])
        )

    assert code == 1
