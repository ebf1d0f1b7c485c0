import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from proxy.definitions import definition
from proxy.errors import TemplateError
from proxy.faults import CATALOGUE, ConfigFault, apply, cure, diff, recognised
from proxy.programs import find
from proxy.template import render

NGINX = definition("nginx")
OF_NGINX = [fault for fault in CATALOGUE.values() if fault.product == "nginx"]
FAULT = ConfigFault("slow", "x", (("fast on;", "fast off;"),), "slow", "here")


def template() -> str:
    assert NGINX.config is not None
    return NGINX.config.read_text()


def says_of(
    config: str, folder: Path, files: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    command = NGINX.command
    assert command is not None
    for name, text in files.items():
        (folder / f"{name}.pem").write_text(text)
    values = {"LISTEN": "127.0.0.1:1", "TLS": "ssl", "IF_ROOT": "#", "IDLE_MS": "1000"}
    values |= {name: f"{folder}/{name}.pem" for name in files}
    values |= {"BEHIND": "#", "EDGES": "127.0.0.0/8"}
    values |= {"ORIGIN": "127.0.0.1:2", "OUTPOST": "127.0.0.1:3"}
    (folder / "nginx.conf").write_text(render(config, values, "nginx.conf.in"))
    check = [part.format(folder=folder, config=folder / "nginx.conf") for part in command.check]
    return subprocess.run(
        [find(command.executable), *check], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("fault", OF_NGINX, ids=lambda fault: fault.name)
def test_nginx_accepts_the_fault(
    fault: ConfigFault, tmp_path: Path, files: Mapping[str, str]
) -> None:
    said = says_of(apply(fault, template(), "nginx.conf.in"), tmp_path, files)

    assert (said.returncode, "successful" in said.stderr) == (0, True), said.stderr


def test_nginx_accepts_the_good_configuration(tmp_path: Path, files: Mapping[str, str]) -> None:
    said = says_of(template(), tmp_path, files)

    assert "warn" not in said.stderr
    assert said.returncode == 0


def test_every_fault_says_what_it_is_and_where_it_was_seen() -> None:
    incomplete = [
        fault.name for fault in CATALOGUE.values() if not (fault.summary and fault.source)
    ]

    assert incomplete == []


def test_catalogue_is_found_by_product_and_name() -> None:
    assert CATALOGUE["nginx", "buffering-on"].edits == (
        ("proxy_buffering off;", "proxy_buffering on;"),
    )


def test_fault_replaces_its_text() -> None:
    assert apply(FAULT, "fast on; # x", "x.in") == "fast off; # x"


@pytest.mark.parametrize(("text", "count"), [("", 0), ("fast on; fast on;", 2)])
def test_fault_that_does_not_fit_exactly_once_is_an_error(text: str, count: int) -> None:
    with pytest.raises(TemplateError) as failure:
        apply(FAULT, text, "x.conf.in")

    assert str(failure.value) == (
        f"fault 'slow' expects 'fast on;' once in x.conf.in, found {count} times"
    )


def test_fault_is_shown_as_the_lines_that_differ() -> None:
    assert diff(FAULT, "a\nfast on;\nb") == "-fast on;\n+fast off;"


@pytest.mark.parametrize("name", [name for product, name in CATALOGUE if product == "nginx"])
def test_a_fault_is_recognised_in_the_configuration_that_has_it(name: str) -> None:
    config = definition("nginx").config
    assert config is not None
    good = config.read_text()
    fault = CATALOGUE["nginx", name]

    assert fault in recognised("nginx", apply(fault, good, config.name))
    assert recognised("nginx", good) == []


def test_a_cure_is_what_was_there_before() -> None:
    fault = ConfigFault("x", "nginx", (("right  line;", "wrong;"), ("more;", "")), "", "")

    assert cure(fault) == "right line; more;"
