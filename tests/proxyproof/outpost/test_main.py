import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from proxyproof.outpost.__main__ import main
from tests.proxyproof.outpost.deployment import plain_client
from tests.proxyproof.outpost.test_settings import MINIMAL


def config(folder: Path, **changes: object) -> Path:
    """Write a configuration file."""
    path = folder / "outpost.toml"
    table = {**MINIMAL, "control": "127.0.0.1:0", **changes}
    lines = [
        f"{key} = {value if isinstance(value, list) else repr(value)}"
        for key, value in table.items()
    ]
    path.write_text("\n".join(lines))
    return path


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_runs_until_it_is_told_to_stop(tmp_path: Path, number: signal.Signals) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "proxyproof.outpost",
        "--config",
        str(config(tmp_path)),
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    ready = (await asyncio.wait_for(process.stderr.readline(), 10)).decode().split()
    async with plain_client() as client:
        ping = await client.get(f"{ready[1]}/outpost.goauthentik.io/ping")
        health = await client.get(f"{ready[3]}/control/health")
    process.send_signal(number)
    rest = await asyncio.wait_for(process.stderr.read(), 10)

    assert (ready[0], ready[2]) == ("ready", "control")
    assert (ping.status_code, health.status_code) == (204, 200)
    assert await process.wait() == 0
    assert rest.decode().startswith("GET /outpost.goauthentik.io/ping 204 ")
    assert b"Traceback" not in rest


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"profile": "php"}, "unknown profile 'php'"),
        ({"faults": ["no-such"]}, "unknown fault 'no-such'"),
        ({"faults": ["fails-open", "accepts-expired"]}, "two faults exchange the gate"),
        ({"listen": "192.0.2.1:1"}, "cannot listen on 192.0.2.1:1"),
        ({"session_store": "outpost.toml"}, "cannot keep sessions in"),
    ],
)
def test_what_cannot_begin_says_so_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, object], message: str
) -> None:
    status = main(["--config", str(config(tmp_path, **changes))])
    said = capsys.readouterr().err

    assert status == 2
    assert said.startswith("outpost: ")
    assert message in said
    assert said.count("\n") == 1


def test_what_only_a_login_needs_is_not_loaded_before() -> None:
    # it takes longer to load than the rest, at each of the many starts of a run
    loaded = (
        "import proxyproof.outpost.__main__, sys; print({'jwt', 'cryptography'} & {*sys.modules})"
    )
    shown = subprocess.run([sys.executable, "-c", loaded], capture_output=True, check=True)

    assert shown.stdout.decode().strip() == "set()"
