"""A small suite of its own for the tests of the gate, run by pytest inside pytest."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reports.bench import Bench


@pytest.fixture
def bench(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Bench]:
    """A folder with a suite; modules of it that pytest imported are forgotten afterwards."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.delenv("TOX_ENV_NAME", raising=False)
    yield Bench(tmp_path, capsys)
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]
