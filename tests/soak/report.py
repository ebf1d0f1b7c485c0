"""The report of a soak: the same facts as JSON and as Markdown."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.soak.soak import Extent, Result

SCHEMA = "proxyproof-soak/1"


@dataclass(frozen=True)
class Circumstances:
    """Under which a soak was held.

    Attributes:
        started: UTC.
        commit: of this checkout.
        command: that repeats it.
        machine: that it ran on.
        proxy: name and version of what stood before the origin.
        fault: the fault that was put in, to see it noticed; empty in a real soak.
    """

    started: str
    commit: str
    command: str
    machine: str
    proxy: Mapping[str, str]
    fault: str = ""


def write(folder: Path, where: Circumstances, extent: Extent, result: Result) -> Path:
    """Write both files and give the path of the one for people."""
    folder.mkdir(parents=True, exist_ok=True)
    document = as_json(where, extent, result)
    (folder / "soak.json").write_text(json.dumps(document, indent=2) + "\n")
    page = folder / "soak.md"
    page.write_text(as_markdown(where, extent, result))
    return page


def as_json(where: Circumstances, extent: Extent, result: Result) -> dict[str, Any]:
    """All that is known, for machines."""
    growth = [
        {**dataclasses.asdict(one), "tolerance": one.tolerance, "leak": one.is_leak}
        for one in result.growth
    ]
    return {
        "schema": SCHEMA,
        **dataclasses.asdict(where),
        "extent": dataclasses.asdict(extent),
        "held": not result.findings,
        "findings": result.findings,
        "holdings": growth,
        "counts": dict(sorted(result.counts.items())),
    }


def as_markdown(where: Circumstances, extent: Extent, result: Result) -> str:
    """The same for people."""
    proxy = f"{where.proxy['name']} {where.proxy['version']}"
    said = (
        "It held." if not result.findings else f"It did not hold: {len(result.findings)} findings."
    )
    lines = [
        "# Soak",
        "",
        f"{extent.seconds:.0f} s behind {proxy}, {where.started}, commit {where.commit[:12]}, "
        f"{where.machine}.",
        *([f"With the fault `{where.fault}`."] if where.fault else []),
        "",
        f"**{said}**",
        "",
        *(f"- {finding}" for finding in result.findings),
        *([""] if result.findings else []),
        "| process | what | start | end | more allowed | |",
        "| --- | --- | ---: | ---: | ---: | --- |",
        *(
            f"| {one.process} | {one.what} | {one.start} | {one.end} | {one.tolerance} "
            f"| {'leak' if one.is_leak else ''} |"
            for one in result.growth
        ),
        "",
        "| what happened | times |",
        "| --- | ---: |",
        *(f"| {what} | {number} |" for what, number in sorted(result.counts.items())),
        "",
        f"Repeat it: `{where.command}`",
        "",
    ]
    return "\n".join(lines)
