import sys
from collections.abc import Callable

import pytest

from proxy.errors import RuntimeUnavailable
from proxy.namespaces import enter, kernel
from proxy.run import Run
from tests.proxy.namespaces.placed import placed


def test_machine_without_namespaces_is_told_the_next_step(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")

    with pytest.raises(RuntimeUnavailable, match=r"start Docker.*darwin has no namespaces"):
        placed(run)


def test_unit_that_was_never_started_leaves_nothing(run: Run) -> None:
    unit = placed(run)

    unit.remove()

    assert unit.exit_status() == 0


def test_program_enters_as_an_ordinary_account_that_has_no_rights(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    did: list[object] = []

    def noted(name: str) -> Callable[..., int]:
        def note(*words: object) -> int:
            did.append((name, *words[: 1 if name in ("open", "execve") else None]))
            return len(did)

        return note

    for name in ("open", "chroot", "chdir", "execve"):
        monkeypatch.setattr(f"proxy.namespaces.enter.os.{name}", noted(name))
    monkeypatch.setattr("proxy.namespaces.enter.os.close", lambda _: None)
    monkeypatch.setattr(kernel, "enter", noted("enter"))
    monkeypatch.setattr(kernel, "be", noted("be"))

    enter.main("7", "/root", "/bin/product", "-x")

    opened = [("open", f"/proc/7/ns/{kind}") for kind in ("user", "net", "mnt")]
    entered = [("enter", 1), ("enter", 2), ("enter", 3)]
    assert did[:6] == [*opened, *entered]
    assert did[6:] == [
        ("be", 1000),
        ("chroot", "/root"),
        ("chdir", "/"),
        ("execve", "/bin/product"),
    ]


def test_call_that_the_kernel_refuses_says_what_it_was() -> None:
    with pytest.raises(OSError, match="setns: Bad file descriptor"):
        kernel.enter(-1)
