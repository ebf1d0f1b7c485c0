import resource

import pytest

from tests.bench import machine
from tests.bench.trouble import BenchError


def test_too_few_open_files_are_told_with_the_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (64, 256))

    with pytest.raises(BenchError, match="300 open files are needed and 256 allowed: raise"):
        machine.allow_files(300)


def test_the_soft_limit_is_raised_as_far_as_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (64, 4096))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: asked.append(limits))

    machine.allow_files(300)
    machine.allow_files(50)

    assert asked == [(300, 4096)]


def test_the_circumstances_name_machine_versions_commit_and_load() -> None:
    words = [line.split()[0] for line in machine.describe().splitlines()]

    assert words == ["machine", "versions", "commit", "load"]
