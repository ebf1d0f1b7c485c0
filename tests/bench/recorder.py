"""A pytest plug-in that keeps where the time of a run goes: `-p tests.bench.recorder`.

It writes to the file that `PROXYPROOF_BENCH_RECORD` names.
"""

import json
import os
import time
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path

import pytest

PATH = "PROXYPROOF_BENCH_RECORD"


class Record:
    """Seconds by what took them; those of fixtures that outlive a case are kept apart."""

    def __init__(self) -> None:
        self.begun = time.perf_counter()
        self.collected = self.begun
        self.shared: dict[str, float] = defaultdict(float)
        self.phases: list[dict[str, object]] = []
        self._shared_in_phase = 0.0
        self._ending = 0.0

    def pytest_collection_finish(self) -> None:
        """The first case begins."""
        self.collected = time.perf_counter()

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest
    ) -> Generator[None, object, object]:
        """Time the set-up of a fixture that several cases share; its own fixtures are ready."""
        del request
        if fixturedef.scope == "function":
            return (yield)
        name, begun = fixturedef.argname, time.perf_counter()
        # The finalizers run last first: these two stand around those of the fixture itself.
        fixturedef.addfinalizer(lambda: self._add(f"{name} down", self._ending))
        try:
            return (yield)
        finally:
            self._add(f"{name} up", begun)
            fixturedef.addfinalizer(self._end)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a phase of a case without what the shared fixtures took of it."""
        own, self._shared_in_phase = report.duration - self._shared_in_phase, 0.0
        proxy = _name(dict(report.user_properties).get("proxy", ""))
        self.phases.append(
            {"case": report.nodeid, "proxy": proxy, "when": report.when, "seconds": own}
        )

    def pytest_unconfigure(self) -> None:
        """Write the record."""
        document = {
            "wall": time.perf_counter() - self.begun,
            "collection": self.collected - self.begun,
            "shared": self.shared,
            "phases": self.phases,
        }
        Path(os.environ[PATH]).write_text(json.dumps(document))

    def _end(self) -> None:
        self._ending = time.perf_counter()

    def _add(self, what: str, begun: float) -> None:
        took = time.perf_counter() - begun
        self.shared[what] += took
        self._shared_in_phase += took


def _name(proxy: object) -> str:
    """The proxy's name alone; with its version it is told once the deployment is up."""
    return str(proxy["name"] if isinstance(proxy, dict) else proxy)


def pytest_configure(config: pytest.Config) -> None:
    """Begin to record."""
    config.pluginmanager.register(Record(), "proxyproof-bench-record")
