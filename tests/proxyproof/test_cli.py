import subprocess
import sys

import pytest

import proxyproof
from proxyproof import cli


def asked(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "proxyproof", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)


def test_the_command_tells_its_version() -> None:
    done = asked("--version")

    assert (done.returncode, done.stdout.strip()) == (0, proxyproof.__version__)


@pytest.mark.parametrize("words", [(), ("sevre",)], ids=["nothing", "a slip"])
def test_what_is_no_command_gets_one_message(words: tuple[str, ...]) -> None:
    done = asked(*words)

    assert done.returncode == 2
    assert "COMMAND" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    shown = capsys.readouterr().out

    assert [name for name in cli.COMMANDS if f"  {name}" not in shown] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["serve", "--list-faults"], "no-heartbeat"),
        (["client", "--help"], "Follow an event stream"),
        (["outpost", "--help"], "TOML"),
    ],
)
def test_each_command_leads_to_its_part(words: list[str], said: str) -> None:
    done = asked(*words)

    assert done.returncode == 0
    assert said in done.stdout


@pytest.mark.parametrize(
    ("token", "said"),
    [("short", "16 characters"), ("env:NOBODY_SET_THIS", "no NOBODY_SET_THIS")],
)
def test_a_token_that_is_none_gets_one_message(token: str, said: str) -> None:
    done = asked("serve", "--port", "0", "--ledger-token", token)

    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_token_may_come_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("A_TOKEN", "short")

    assert cli.main(["serve", "--port", "0", "--ledger-token", "env:A_TOKEN"]) == 2
    assert "16 characters" in capsys.readouterr().err
