from pathlib import Path

import pytest

from proxy.errors import StartFailed
from tests.soak import __main__ as command
from tests.soak.measures import Growth
from tests.soak.soak import Result

LEAK = Result({}, [], [str(Growth("harness", "files", 1, 2))])


def answering(outcome: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def soak(*_: object) -> tuple[object, dict[str, str]]:
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome, {"name": "nginx", "version": "1"}

    monkeypatch.setattr(command, "soak", soak)


@pytest.mark.parametrize(
    ("outcome", "code", "said"),
    [
        (StartFailed("nginx did not become ready"), 2, "soak: nginx did not become ready\n"),
        (KeyboardInterrupt(), 130, "soak: interrupted; nothing is left running\n"),
    ],
)
def test_what_cannot_be_soaked_is_said_in_a_sentence(
    outcome: BaseException,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answering(outcome, monkeypatch)

    assert command.main([]) == code
    assert capsys.readouterr().err == said


@pytest.mark.parametrize(("result", "code"), [(Result({}), 0), (LEAK, 1)])
def test_the_exit_code_is_the_verdict(
    result: Result, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(result, monkeypatch)

    assert command.main(["--report-to", str(tmp_path)]) == code
    assert (tmp_path / "soak.md").exists()


@pytest.mark.parametrize("proxy", ["direct", "authentik", "httpd"])
def test_a_proxy_without_an_outpost_beside_it_is_refused(
    proxy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        command.main(["--proxy", proxy])

    assert f"invalid choice: '{proxy}'" in capsys.readouterr().err


def test_an_unknown_fault_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["--fault", "no-such-fault"])

    assert "no fault 'no-such-fault' fits nginx" in capsys.readouterr().err
