import pytest

from tests.bench import __main__ as bench
from tests.bench.trouble import BenchError


def test_a_section_that_cannot_be_had_leaves_the_others_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_engine() -> None:
        raise BenchError("no figures today: come back tomorrow")

    parts = {"startup": no_engine, "memory": lambda: bench.say("12 KiB")}
    monkeypatch.setattr(bench, "sections", lambda **_: parts)

    code = bench.main([])

    assert code == 2
    assert "not measured: no figures today: come back tomorrow" in capsys.readouterr().out


def test_an_interrupted_benchmark_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bench, "sections", lambda **_: {"startup": interrupted})

    assert bench.main([]) == 130
    assert capsys.readouterr().err == "bench: interrupted; nothing is left running\n"


def test_only_one_section_is_measured_on_request(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = {name: lambda name=name: bench.say(f"ran {name}") for name in ("fanout", "memory")}
    monkeypatch.setattr(bench, "sections", lambda **_: parts)

    assert bench.main(["--only", "memory"]) == 0
    assert "ran fanout" not in capsys.readouterr().out
