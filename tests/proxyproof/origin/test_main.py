import asyncio
import signal
import socket
import sys
from pathlib import Path

import httpx
import pytest
import trustme

from proxyproof.origin import FAULTS
from proxyproof.origin.__main__ import main


async def run(*options: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "proxyproof.origin", "--port", "0", *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), 10)).decode().strip()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_the_command_serves_until_it_is_told_to_stop(number: signal.Signals) -> None:
    process = await run("--fault", "no-heartbeat")
    url = (await line(process)).removeprefix("listening on ")
    async with httpx.AsyncClient(base_url=url) as client:
        healthy = (await client.get("/api/health")).json()["status"]
    process.send_signal(number)
    output, errors = await asyncio.wait_for(process.communicate(), 10)

    assert healthy == "ok"
    assert output == b"stopping: 0 open streams told to go away\n"
    assert (process.returncode, errors) == (0, b"")


async def test_the_command_serves_tls_too(tmp_path: Path) -> None:
    issued = trustme.CA().issue_cert("localhost")
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    certificate.write_bytes(issued.cert_chain_pems[0].bytes())
    issued.private_key_pem.write_to_path(str(key))
    files = ("--tls-cert", str(certificate), "--tls-key", str(key), "--tls-port", "0")
    process = await run(*files, "--lease-url", "http://127.0.0.1:9/", "--trusted-peer", "::1")
    lines = [await line(process), await line(process)]
    process.terminate()
    await asyncio.wait_for(process.communicate(), 10)

    assert lines[1].startswith("listening on https://127.0.0.1:")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--fault", "nonsense"], "no fault 'nonsense': --list-faults prints them"),
        (["--trusted-peer", "here"], "trusted peer expected as address or network, got 'here'"),
        (["--heartbeat", "0"], "heartbeat expected to be above 0, got 0.0"),
        (["--tls-cert", "x"], "--tls-cert and --tls-key go together: give both or neither"),
        (["--tls-cert", "x", "--tls-key", "y"], "no certificate and key in x and y"),
        (["--host", "203.0.113.1"], "choose another --host or --port"),
        (["--port", "99999"], "port expected as 0 to 65535, got 99999"),
    ],
)
def test_an_option_that_makes_no_sense_is_one_line_and_exit_2(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(options) == 2
    errors = capsys.readouterr().err
    assert message in errors
    assert errors.count("\n") == 1


def test_a_port_in_use_is_one_line_and_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert main(["--port", str(other.getsockname()[1])]) == 2

    assert "choose another --host or --port" in capsys.readouterr().err


def test_the_faults_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list-faults"]) == 0
    assert capsys.readouterr().out.count("\n") == len(FAULTS)
