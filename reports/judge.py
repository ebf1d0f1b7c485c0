"""`python -m reports.judge RUN`: judge a stored run again, from its recordings.

RUN is a run.json, the trials.json of a run with faults, or the folder that has one of them. Every
verdict, finding and attribution is concluded anew. The exit code is that of the run, or 3 if
anything came out otherwise than it is stored.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from reports import answers
from reports.codec import StoredRunError, from_json
from reports.judgement import judged_again
from reports.model import CaseResult, Run

NAMES = ("run.json", "trials.json")


def main(arguments: Sequence[str]) -> int:
    """Judge, and tell of each failure; 2 if there is no run to judge."""
    parser = argparse.ArgumentParser(prog="python -m proxyproof.judge", description=__doc__)
    parser.add_argument("run", type=Path, help="a run.json, a trials.json, or their folder")
    path = _file(parser.parse_args(arguments).run)
    try:
        stored = from_json(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, StoredRunError) as error:
        sys.stderr.write(f"cannot read {path}: {error}\n")
        return 2
    again = judged_again(stored)
    differences = list(changed(stored, again))
    for line in (*_told(again), *differences):
        sys.stdout.write(f"{line}\n")
    same = len(stored.cases) - len(differences)
    sys.stdout.write(f"{same} of {len(stored.cases)} results judged again as they were stored\n")
    return 3 if differences else again.exit


def changed(stored: Run, again: Run) -> Iterator[str]:
    """What came out otherwise, result by result."""
    for old, new in zip(stored.cases, again.cases, strict=True):
        if _said(old) != _said(new):
            yield f"differs: {old.node}: stored {_said(old)}, now {_said(new)}"


def _said(case: CaseResult) -> tuple[object, ...]:
    return (case.verdict, case.reason, dict(case.findings), case.blame, case.advice)


def _told(run: Run) -> Iterator[str]:
    for case in run.cases:
        if case.blame.tier and not case.fault:
            yield f"{case.verdict}: {case.id} {answers.where(case)}"
            yield from (f"  {line}" for line in (*answers.blame(case), *answers.advice(case)))


def _file(path: Path) -> Path:
    if not path.is_dir():
        return path
    return next((path / name for name in NAMES if (path / name).exists()), path / NAMES[0])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
