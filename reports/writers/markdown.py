"""`report.md`: the release verification report, for a pull request or a release page."""

import re
from collections.abc import Iterable, Iterator, Sequence

from reports import answers, margins
from reports.model import CaseResult, Margin, Run, Verdict

_MARKUP = re.compile(r"([\\`*\[\]<>|~]|\b_|_\b|^#)")
"""What GitHub would take for markup; an underscore only at the edge of a word."""


def write(run: Run) -> str:
    """The answer, how it was got, what to look at, and the whole matrix."""
    sections = (
        *(_head(run), _problems(run), _conditions(run), _findings(run)),
        *(_matrix(run), _margins(run)),
    )
    return "\n".join(line for section in sections for line in section)


def _head(run: Run) -> Iterator[str]:
    yield f"# {text(answers.title(run))}"
    yield ""
    yield f"Release verification report, {run.started}: **{answers.headline(run)}**"
    yield ""
    for proxy in answers.proxies(run):
        counts = ", ".join(f"{number} {verdict}" for verdict, number in _tally(run, proxy))
        yield f"- {text(answers.answer(run, proxy))} ({counts or 'no result'})"
    yield from (f"- {text(notice)}" for notice in answers.notices(run))
    yield ""


def _tally(run: Run, proxy: str) -> list[tuple[Verdict, int]]:
    return answers.tally(answers.of(run, proxy))


def _problems(run: Run) -> Iterator[str]:
    if not run.problems:
        return
    yield "## Why not everything was judged"
    yield ""
    yield from (f"- {text(problem.what)}" for problem in run.problems)
    yield ""


def _conditions(run: Run) -> Iterator[str]:
    yield "## What was run"
    yield ""
    yield from _table(("", "version", "image", "towards clients"), _versions(run))
    yield ""
    where = f"{run.machine.platform}, {answers.plural(run.machine.cores, 'core')}"
    how = ", ".join(filter(None, (run.runtime, run.scheme)))
    yield f"Commit `{run.commit}`, {how or 'no proxy started'}, {text(where)}. To repeat it:"
    yield ""
    yield f"    {run.command}"
    yield ""


def _versions(run: Run) -> Iterator[Sequence[str]]:
    for proxy in run.proxies:
        towards = answers.towards(run, proxy)
        yield (text(proxy.name), text(proxy.version), text(proxy.image), text(towards))
    for name, version in sorted(run.versions.items()):
        yield (text(name), text(version), "", "")


def _findings(run: Run) -> Iterator[str]:
    found = answers.findings(run)
    if not found:
        return
    yield "## What to look at"
    yield ""
    for case in found:
        yield from _finding(case)


def _finding(case: CaseResult) -> Iterator[str]:
    yield f"### {case.verdict}: `{case.id}` {text(answers.where(case))}"
    yield ""
    required = case.requirement
    yield f"{text(required.promise)} ({required.level}, {text(required.source or 'no source')})"
    yield ""
    if case.reason:
        yield text(case.reason)
        yield ""
    yield from _block("\n".join((*answers.blame(case), *answers.advice(case))))
    yield from _block(case.message)
    if case.repeat:
        yield "Repeat just this:"
        yield ""
        yield from _block(case.repeat)


def _matrix(run: Run) -> Iterator[str]:
    proxies = answers.proxies(run)
    for topic in answers.topics(run):
        yield f"## {text(topic or 'no topic')}"
        yield ""
        heads = ("case", "level", *(text(proxy or "no proxy") for proxy in proxies))
        yield from _table(heads, _rows(run, topic, proxies))
        yield ""


def _margins(run: Run) -> Iterator[str]:
    found = margins.nearest(run)
    if not found:
        return
    yield "## How near to their limits"
    yield ""
    heads = ("case", "the result that came nearest", "what it measures", "measured")
    yield from _table(heads, (_margin(case, margin) for case, margin in found))
    yield ""


def _margin(case: CaseResult, margin: Margin) -> Sequence[str]:
    said = (answers.where(case), margin.what, margins.measured(margin))
    return (f"`{case.id}`", *map(text, said))


def _rows(run: Run, topic: str, proxies: Sequence[str]) -> Iterator[Sequence[str]]:
    by_case: dict[str, list[CaseResult]] = {}
    for case in run.cases:
        if case.requirement.topic == topic:
            by_case.setdefault(case.id, []).append(case)
    for name, cases in by_case.items():
        cells = (_cell([case for case in cases if case.proxy == proxy]) for proxy in proxies)
        yield (f"`{name}`", cases[0].requirement.level, *cells)


def _cell(cases: Sequence[CaseResult]) -> str:
    """One word if all agree, otherwise each with its transport; failures are bold."""
    words = {case.verdict for case in cases}
    if len(words) == 1:
        return _word(words.pop())
    return ", ".join(f"{text(answers.short_flavour(case))} {_word(case.verdict)}" for case in cases)


def _word(verdict: Verdict) -> str:
    return f"**{verdict}**" if verdict in (Verdict.FAIL, Verdict.ERROR) else verdict.value


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{' :-- |' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _block(lines: str) -> Iterator[str]:
    """An indented block: nothing in it is markup, whatever it holds."""
    for line in lines.splitlines():
        yield f"    {line}"
    if lines:
        yield ""


def text(words: str) -> str:
    """Words that are not markup, on one line."""
    return _MARKUP.sub(r"\\\1", " ".join(words.split()))
