import re
import subprocess
from pathlib import Path

import pytest

from reports import facts


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=n", "-c", "user.email=e@example.org")
    subprocess.run(("git", *identity, *arguments), cwd=folder, check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "file").write_text("one")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "file")
    git(tmp_path, "commit", "--quiet", "-m", "one")
    return tmp_path


def test_versions_name_python_and_the_libraries() -> None:
    assert {"python", "pytest", "websockets", "httpx", "aiohttp"} <= set(facts.versions())


def test_a_package_that_is_not_installed_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "PACKAGES", ("surely-not-installed",))

    assert set(facts.versions()) == {"python"}


def test_the_machine_has_cores() -> None:
    assert facts.machine().cores >= 1


def test_cores_are_counted_where_there_is_no_affinity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("os.sched_getaffinity", raising=False)

    assert facts.machine().cores >= 1


def test_commit_of_a_clean_checkout(checkout: Path) -> None:
    assert re.fullmatch("[0-9a-f]{40}", facts.commit(checkout))


def test_uncommitted_changes_are_marked(checkout: Path) -> None:
    (checkout / "file").write_text("two")

    assert re.fullmatch(r"[0-9a-f]{40}\+", facts.commit(checkout))


def test_no_checkout_has_no_commit(tmp_path: Path) -> None:
    assert facts.commit(tmp_path) == "unknown"


def test_command_without_tox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOX_ENV_NAME", raising=False)

    assert facts.command(["suites", "-k", "a or b"]) == "python -m reports.gate suites -k 'a or b'"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["suites"], "tox -e proxy"),
        (["suites", "--proxy", "nginx"], "tox -e proxy -- --proxy nginx"),
    ],
)
def test_command_of_tox_is_what_was_typed(
    arguments: list[str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOX_ENV_NAME", "proxy")

    assert facts.command(arguments) == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--login", "cookie:a=hush", "-k", "b"], "--login … -k b"),
        (["--ledger-token=hush", "--proxy=nginx"], "--ledger-token=… --proxy=nginx"),
    ],
)
def test_command_tells_no_secret(
    arguments: list[str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TOX_ENV_NAME", raising=False)

    assert facts.command(arguments).replace("'", "") == f"python -m reports.gate {expected}"


def test_now_is_utc_to_the_second() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", facts.now())
