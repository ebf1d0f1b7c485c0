"""One session of the gate, from the plan to the documents: pytest's hooks where all results are.

Nothing is judged here and nothing drawn.
"""

import contextlib
import gc
from collections.abc import Generator, Iterator
from pathlib import Path
from time import perf_counter

import pytest

from reports import answers, facts, files, kills, store
from reports.codec import to_json
from reports.harvest import Step
from reports.judgement import concluded
from reports.model import Kind, Run, Verdict
from reports.progress import LETTERS, Group, Progress
from reports.recording import Recording
from reports.transfer import JUDGEMENT
from reports.verdicts import exit_code
from reports.writers import DOCUMENTS, KILL_DOCUMENTS, terminal

EXIT = pytest.StashKey[int]()
"""In `config.stash` once the session was judged: the exit code of the gate."""

COMMAND = pytest.StashKey[str]()
"""In `config.stash` if the gate started us: what a person types to repeat the run."""

RECORDINGS = "trials.json"
"""Every trial of a run with faults, with its recording, in the form of `run.json`."""

WRITTEN = (*DOCUMENTS, *KILL_DOCUMENTS, RECORDINGS, store.FILES)
"""All that a run may leave, whatever its kind: no reader may find two runs side by side."""

_OURS = (JUDGEMENT, files.PROPERTY)


class Reporter:
    """One session, from the plan to the documents."""

    def __init__(self, config: pytest.Config, folder: Path) -> None:
        self.config = config
        self.folder = folder
        self.latest = folder / store.LATEST
        self.faults = bool(config.getoption("faults", False))
        self.recording = Recording()
        self.started = facts.now()
        self.clock = perf_counter()
        self.summary: list[str] = []
        self.advised: dict[str, list[str]] = {}
        self.progress: Progress | None = None

    def pytest_sessionstart(self) -> None:
        """Set the last report aside and take over what the terminal shows of progress."""
        store.set_aside(self.folder, WRITTEN)
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None and self.config.get_verbosity() == 0:
            reporter.showfspath = False
            self.progress = Progress(reporter.write, self._planned_in)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remember the plan: what is in it and never runs is not silently left out."""
        self.recording.planned = [item.nodeid for item in session.items]

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """The same where workers collect: each of them has the whole plan."""
        self.recording.planned = list(ids)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be collected takes its cases with it."""
        if report.failed:
            what = f"cannot collect {report.nodeid}: {_first_error(report.longreprtext)}"
            self.recording.trouble(Kind.NOT_JUDGED, what)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the phase; after the last one the verdict is known and shown."""
        properties = [pair for pair in report.user_properties if pair[0] not in _OURS]
        if report.when == "teardown":
            store.publish(self.latest / store.FILES, files.attached(report.user_properties))
        self.recording.add(report.nodeid, _step(report), properties)
        if report.when == "teardown" and self.progress is not None:
            self.progress.add(
                self._group(report.nodeid),
                self._word(report),
                self.recording.result(report.nodeid).duration_ms,
            )

    def _group(self, node: str) -> Group:
        """The line of the terminal that a result belongs to; with faults a line a deployment."""
        deployment = dict(self.recording.items[node].properties).get("deployment", "")
        result = self.recording.result(node)
        topic = "" if self.faults else result.requirement.topic
        return (str(deployment or result.proxy or "no proxy"), topic)

    def _planned_in(self, group: Group) -> int:
        """How many results the line of a group will have."""
        deployment, topic = group
        folder = f"/{topic}/" if topic else "/"
        inside = (f"[{deployment}]", f"[{deployment}-")
        return sum(
            folder in node.partition("::")[0] and any(part in node for part in inside)
            for node in self.recording.planned
        )

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(
        self, report: pytest.CollectReport | pytest.TestReport
    ) -> tuple[str, str, str] | None:
        """Sort results by verdict in pytest's closing line; the letters are shown by `Progress`."""
        if not isinstance(report, pytest.TestReport):
            return None
        if report.passed and report.when != "call":
            return ("", "", "")
        if report.failed and report.when == "teardown":
            return ("error", "", "ERROR")
        word = self._word(report)
        letter = "" if self.progress is not None else LETTERS[word]
        category = _CATEGORIES.get(word, word)
        return (category, letter, category.upper())

    def _word(self, report: pytest.TestReport) -> str:
        if self.faults:
            return kills.word(self.recording.items[report.nodeid])
        return self.recording.result(report.nodeid).verdict.value

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Ctrl-C, `pytest.exit` and errors of collection all come this way."""
        if isinstance(excinfo.value, pytest.Session.Interrupted) and self.recording.problems:
            return  # the errors of collection have been told one by one
        said = getattr(excinfo.value, "msg", "") or str(excinfo.value)
        self.recording.trouble(Kind.NOT_JUDGED, f"stopped: {said}" if said else "interrupted")

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Something broke in pytest itself or in a plugin of ours."""
        self.recording.trouble(Kind.HARNESS, f"internal error: {excinfo.exconly()}")

    # Last: whatever goes wrong with a document, pytest has taken the deployments down by then.
    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Judge the whole, write the documents, and let pytest end with the gate's exit code."""
        if self.progress is not None:
            self.progress.close()
        if exitstatus in _REFUSALS:
            self.recording.trouble(Kind.NOT_JUDGED, _REFUSALS[exitstatus])
        with _everything_heard():
            code = self._finish_kills() if self.faults else self._finish_run()
        self.config.stash[EXIT] = code
        session.exitstatus = code

    def _finish_run(self) -> int:
        run = self._run()
        made = {name: write(run) for name, write in DOCUMENTS.items()}
        store.publish(self.latest, made)
        self.summary = terminal.summary(run, self.latest / "report.html")
        self.advised = {case.node: answers.advice(case) for case in run.cases if case.advice}
        return run.exit

    def _finish_kills(self) -> int:
        matrix = kills.matrix(self.recording, self._run())
        made = {name: write(matrix) for name, write in KILL_DOCUMENTS.items()}
        made[RECORDINGS] = to_json(matrix.run, compact=True)
        store.publish(self.latest, made)
        self.summary = terminal.kill_summary(matrix, self.latest / "kills.html")
        return matrix.exit

    def _run(self) -> Run:
        results = self.recording.results()
        cases = concluded(results, faults=self.faults)
        problems = self.recording.all_problems(results)
        said = self.recording.facts()
        return Run(
            started=self.started,
            duration_ms=round((perf_counter() - self.clock) * 1000, 1),
            commit=facts.commit(self.config.rootpath),
            command=self.config.stash.get(COMMAND, "pytest"),
            runtime=str(said.get("runtime", "")),
            scheme=str(said.get("scheme", "")),
            machine=facts.machine(),
            versions=facts.versions() | said["versions"],
            left_out=said.get("left_out", {}),
            proxies=self.recording.proxies(),
            exit=exit_code(cases, problems),
            problems=problems,
            cases=cases,
        )

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> Generator[None, None, None]:
        """End with the short table and the path of the report, after all that pytest has to say."""
        for report in terminalreporter.stats.get("failed", ()):
            # What a failure calls for is known when all has run; its text is printed after that.
            lines = self.advised.get(report.nodeid, [])
            report.sections += [("advice", "\n".join(lines))] if lines else []
        yield
        terminalreporter.section("verification", sep="-")
        for line in self.summary:
            terminalreporter.write_line(line)


@contextlib.contextmanager
def _everything_heard() -> Iterator[None]:
    """Nothing that is known goes away while documents are made: no collection need look at it."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


_CATEGORIES = {Verdict.PASS.value: "passed", Verdict.FAIL.value: "failed"}
_REFUSALS: dict[int, str] = {
    pytest.ExitCode.USAGE_ERROR: "pytest could not use the command line: see its message",
    pytest.ExitCode.NO_TESTS_COLLECTED: "nothing was selected: no case matches the command line",
}


def _first_error(text: str) -> str:
    """The line that pytest marks as the error in a traceback, or else the first line."""
    lines = text.strip().splitlines() or ["no reason given"]
    return next((line[2:].strip() for line in lines if line.startswith("E ")), lines[0])


def _step(report: pytest.TestReport) -> Step:
    said = dict(report.user_properties)
    return Step(
        when=str(report.when),
        outcome=report.outcome,
        seconds=report.duration,
        judgement=bool(said.get(JUDGEMENT, False)),
        message=_message(report),
    )


def _message(report: pytest.TestReport) -> str:
    """The failed assertion, the exception, or the reason of a skip; not the whole traceback."""
    if report.passed:
        return ""
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message if crash is not None else report.longreprtext)
