"""A diagnosis for a person at a terminal, and as JSON."""

import json
import textwrap
from collections.abc import Iterator

from proxyproof.doctor.findings import STREAMS, Diagnosis, Finding, Level, Part

COLOURS = {Level.OK: "32", Level.LOOK: "33", Level.BAD: "31", Level.UNSEEN: "2"}
SHOWN = {Level.BAD: "BAD", Level.LOOK: "look", Level.OK: "ok", Level.UNSEEN: "?"}
NOT_SEEN = (
    "timers beyond the watch: the first usual one is 60 s of silence",
    "what the application sent: lost, doubled or reordered events, altered fields",
    "what a logout, a reload or a restart does to open streams",
    "which hop is to blame, where several stand in a row",
)
FURTHER = "docs/deployed-proxy.md judges all this, with the reference origin behind the proxy"
WIDTH = 100


def as_json(diagnosis: Diagnosis) -> str:
    """The diagnosis as one JSON document."""
    document = {
        "url": diagnosis.url,
        "exit": diagnosis.exit_code,
        "seconds": round(diagnosis.seconds, 3),
        "paths": {part.value: path for part, path in diagnosis.paths.items()},
        "findings": [_finding(one) for one in diagnosis.findings],
        "guesses": [
            {"product": one.product, "strength": one.strength, "because": list(one.because)}
            for one in diagnosis.guesses
        ],
        "next": diagnosis.next_steps,
        "not_seen": list(NOT_SEEN),
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def as_text(diagnosis: Diagnosis, *, colour: bool = False) -> str:
    """The diagnosis as lines of at most 100 columns."""
    return "\n".join(_lines(diagnosis, colour)) + "\n"


def verdict(diagnosis: Diagnosis) -> str:
    """The answer in one sentence."""
    bad = sum(one.level is Level.BAD for one in diagnosis.findings)
    if bad:
        return f"Broken: {'one thing is' if bad == 1 else f'{bad} things are'} wrong."
    if not diagnosis.seen:
        return "Not judged: no stream could be opened from here."
    looks = any(one.level is Level.LOOK for one in diagnosis.findings)
    said = f"Nothing is wrong with the {' and the '.join(diagnosis.seen)}"
    unseen = "".join(f"; the {one} was not seen" for one in STREAMS if one not in diagnosis.seen)
    return f"{said}{', yet look at the above' if looks else ''}{unseen}."


def _finding(one: Finding) -> dict[str, str]:
    known = {"part": one.part.value, "check": one.check, "level": one.level.value}
    return {**known, "says": one.says, "symptom": one.symptom}


def _lines(diagnosis: Diagnosis, colour: bool) -> Iterator[str]:
    yield f"{printable(diagnosis.url)}, {diagnosis.seconds:.1f} s"
    for part in Part:
        if found := diagnosis.of(part):
            yield ""
            yield f"{part} {diagnosis.paths.get(part, '')}".rstrip()
            for one in found:
                yield from _row(one, colour)
    yield from _section("looks like (a guess: anybody can send these signs)", _guesses(diagnosis))
    yield from _section("try next", diagnosis.next_steps)
    yield from _section("not to be seen from outside", [*NOT_SEEN, FURTHER])
    yield ""
    yield verdict(diagnosis)


def _row(one: Finding, colour: bool) -> Iterator[str]:
    level = f"{SHOWN[one.level]:5}"
    if colour:
        level = f"\x1b[{COLOURS[one.level]}m{level}\x1b[0m"
    first, *rest = textwrap.wrap(printable(one.says), WIDTH - 20) or [""]
    yield f"  {one.check[:11]:11} {level} {first}"
    yield from (f"{'':20}{line}" for line in rest)


def _guesses(diagnosis: Diagnosis) -> list[str]:
    return [
        f"{one.strength} {one.product} ({printable(', '.join(one.because))})"
        for one in diagnosis.guesses
    ]


def _section(title: str, lines: list[str]) -> Iterator[str]:
    if not lines:
        return
    yield ""
    yield title
    for line in lines:
        yield from textwrap.wrap(line, WIDTH, initial_indent="  - ", subsequent_indent="    ")


def printable(text: str) -> str:
    """What a server sends must not command the terminal."""
    return "".join(one if one.isprintable() else "?" for one in text)
