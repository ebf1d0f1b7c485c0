import json
from pathlib import Path

import pytest

from tests.bench.cases import Case, by_proxy, read, slowest, where
from tests.bench.recorder import PATH

SUITE = """
import time
import pytest

@pytest.fixture(scope="session")
def deployment():
    time.sleep(0.05)
    yield
    time.sleep(0.03)

@pytest.fixture
def actor(deployment):
    yield

def test_first(actor): pass
def test_second(actor): time.sleep(0.02)
"""


@pytest.fixture
def record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> dict[str, object]:
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nasyncio_default_fixture_loop_scope = function\n"
    )
    (tmp_path / "test_suite.py").write_text(SUITE)
    monkeypatch.setenv(PATH, str(tmp_path / "record.json"))
    quiet = ("-p", "no:cacheprovider", "-p", "no:faulthandler", "-p", "no:unraisableexception")
    pytest.main([str(tmp_path), f"--rootdir={tmp_path}", "-p", "tests.bench.recorder", *quiet])
    capsys.readouterr()
    document: dict[str, object] = json.loads((tmp_path / "record.json").read_text())
    return document


def test_what_a_shared_fixture_takes_is_not_blamed_on_the_case_that_needed_it_first(
    record: dict[str, dict[str, float]],
) -> None:
    first, second = read(record["phases"])  # type: ignore[arg-type]  # JSON has many faces

    assert record["shared"]["deployment up"] >= 0.05
    assert record["shared"]["deployment down"] >= 0.03
    assert first.phases["setup"] < 50 > second.phases["teardown"]
    assert second.phases["call"] >= 20


def test_the_figures_of_a_proxy_are_those_of_its_own_cases() -> None:
    found = [
        Case("a[direct]", "direct", {"setup": 1.0, "call": 2.0, "teardown": 3.0}),
        Case("a[nginx]", "nginx", {"setup": 2.0, "call": 20.0, "teardown": 2.0}),
    ]

    rows = [line.split() for line in by_proxy(found).splitlines()[1:]]

    assert rows[0] == ["direct", "1", "6.0", "6.0", "6.0", "1.0", "2.0", "3.0"]
    assert rows[2] == ["all", "2", "15.0", "24.0", "24.0", "1.5", "11.0", "2.5"]


def test_where_the_time_goes_adds_up_to_the_whole() -> None:
    found = [Case("a[direct]", "direct", {"setup": 1000.0, "call": 2000.0, "teardown": 500.0})]
    record = {"wall": 9.0, "collection": 1.0, "shared": {"deployment up": 2.0, "site up": 0.5}}

    lines = where(record, found, 10.0).splitlines()[1:]
    shares = [float(line.split()[-2]) for line in lines]

    assert sum(shares[:-1]) == pytest.approx(shares[-1]) == 10.0
    assert lines[0].split()[-2:] == ["1.00", "10%"]


def test_the_slowest_case_comes_first() -> None:
    found = [
        Case("quick[direct]", "direct", {"setup": 1.0, "call": 1.0, "teardown": 1.0}),
        Case("slow[direct]", "direct", {"setup": 1.0, "call": 90.0, "teardown": 1.0}),
    ]

    assert slowest(found).splitlines()[1].split() == [
        "slow[direct]",
        "92",
        "1",
        "+",
        "90",
        "+",
        "1",
    ]
