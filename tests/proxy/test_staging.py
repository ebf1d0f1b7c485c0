import stat
from dataclasses import replace
from pathlib import Path

import pytest

from proxy.errors import TemplateError
from proxy.faults import ConfigFault
from proxy.process import ProcessRuntime
from proxy.program import NOTHING, Program
from proxy.run import Run
from proxy.staging import COMMAND, Order, template_of, write_stage
from tests.proxy.obedient import obedient

FAULT = ConfigFault("wrong", "obedient", (("mode = 1", "mode = 2"),), "", "")


def order(program: Program, **changes: object) -> Order:
    plain = Order(program, {"WHO": "me"}, {"KEY": "pem"}, "http", (), None)
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return obedient(tmp_path, 'who = "@WHO@"', 'key = "@KEY@"', "mode = 1", "root = '@IF_ROOT@'")


def test_run_folder_holds_configuration_files_and_command(
    program: Program, run: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "stage"
    asked = order(program)

    stage = write_stage(asked, template_of(asked), folder, {"LISTEN": 7}, ProcessRuntime(run))

    lines = (folder / "program.toml").read_text().splitlines()
    assert lines[:3] == ['port = 7 # 127.0.0.1:7 "http"', 'who = "me"', f'key = "{folder}/key.pem"']
    assert (folder / "key.pem").read_text() == "pem"
    assert stat.S_IMODE((folder / "key.pem").stat().st_mode) == 0o600
    assert (folder / COMMAND).read_text().endswith(f"program.py {folder}/program.toml\n")
    assert (stage.config, stage.image) == ("program.toml", "")


def test_address_can_be_had_in_two_parts(run: Run, tmp_path: Path) -> None:
    program = obedient(tmp_path, 'origin = "@ORIGIN_HOST@ @ORIGIN_PORT@"')
    asked = order(program, values={"ORIGIN": "host.docker.internal:81"})

    write_stage(asked, template_of(asked), tmp_path / "x", {"LISTEN": 7}, ProcessRuntime(run))

    assert 'origin = "host.docker.internal 81"' in (tmp_path / "x" / "program.toml").read_text()


def test_faults_are_in_the_template_before_the_values(program: Program) -> None:
    good, wrong = template_of(order(program)), template_of(order(program, faults=(FAULT,)))

    assert "mode = 2" in wrong.text
    assert good.hash != wrong.hash


def test_hash_does_not_change_with_the_values(program: Program) -> None:
    asked = order(program, values={"WHO": "you"})

    assert template_of(asked).hash == template_of(order(program)).hash


def test_scheme_that_is_not_offered_is_an_error(program: Program) -> None:
    only = replace(program, schemes={"https": NOTHING})

    with pytest.raises(TemplateError, match="obedient does not offer 'http': it offers https"):
        template_of(order(only))


def test_program_without_configuration_is_an_error(program: Program) -> None:
    with pytest.raises(TemplateError, match="has no configuration: there is nothing to run"):
        template_of(order(replace(program, config=None)))


@pytest.mark.parametrize(("account", "toggle"), [(0, "''"), (1000, "'#'")])
def test_lines_for_root_are_comments_for_others(
    program: Program,
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    account: int,
    toggle: str,
) -> None:
    monkeypatch.setattr("os.getuid", lambda: account)
    asked = order(program)

    write_stage(asked, template_of(asked), tmp_path / "s", {"LISTEN": 7}, ProcessRuntime(run))

    assert f"root = {toggle}" in (tmp_path / "s" / "program.toml").read_text()
