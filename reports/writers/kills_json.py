"""`kills.json`: the kill matrix for machines."""

import json
from dataclasses import asdict
from typing import Any

from reports.kills import Matrix, Pair, Role

SCHEMA = "proxyproof.kills/2"


def write(matrix: Matrix) -> str:
    """The matrix as text; the same matrix gives the same bytes."""
    document = {
        "schema": SCHEMA,
        "started": matrix.run.started,
        "commit": matrix.run.commit,
        "command": matrix.run.command,
        "runtime": matrix.run.runtime,
        "exit": matrix.exit,
        "counts": _counts(matrix),
        "attribution": [
            {**asdict(figure), "share": round(figure.share, 4)} for figure in matrix.attribution
        ],
        "advice": {
            **asdict(matrix.advice),
            "total": matrix.advice.total,
            "share": round(matrix.advice.share, 4),
        },
        "unproven": dict(matrix.unproven),
        "elsewhere": dict(matrix.elsewhere),
        "problems": [asdict(problem) for problem in matrix.problems],
        "pairs": [_pair(pair) for pair in matrix.pairs],
        "controls": [asdict(trial) for trial in matrix.controls],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _counts(matrix: Matrix) -> dict[str, int]:
    return {
        "cases": len({pair.case for pair in matrix.pairs}),
        "faults": len({pair.fault for pair in matrix.pairs}),
        "pairs": len(matrix.of(Role.NAMED)),
        "bystanders": len(matrix.of(Role.BYSTANDER)),
        "explored": len(matrix.of(Role.EXPLORED)),
        "noticed": len(matrix.noticed),
        "trials": sum(len(pair.trials) for pair in matrix.pairs),
        "killed": sum(pair.fate == "killed" for pair in matrix.of(Role.NAMED)),
        "survived": len(matrix.survivors),
        "unexplained": len(matrix.unexplained),
        "false_alarms": len(matrix.false_alarms),
        "errors": sum(pair.fate == "error" for pair in matrix.pairs),
        "unproven": len(matrix.unproven),
    }


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "case": pair.case,
        "fault": pair.fault,
        "place": pair.place,
        "role": pair.role,
        "fate": pair.fate,
        "partial": pair.partial,
        "trials": [
            {
                "flavour": trial.flavour,
                "fate": trial.fate,
                "message": trial.message,
                "node": trial.node,
            }
            for trial in pair.trials
        ],
    }
