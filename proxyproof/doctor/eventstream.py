"""What is wrong with an event stream, as far as a client can tell."""

import asyncio

from proxyproof.doctor.answers import Answer
from proxyproof.doctor.application import Application
from proxyproof.doctor.findings import Diagnosis, Level, Part
from proxyproof.doctor.login import judge_login
from proxyproof.doctor.timing import judge_timing
from proxyproof.doctor.watching import COMPRESSED, HTTP2, PLAIN, Watched, watched

CUTS = {5.0: "a read timeout between two hops", 15.0: "the default route timeout of Envoy"}
NEAR = 0.5  # seconds


async def examine_stream(
    app: Application, diagnosis: Diagnosis, until: float, *, http2: bool
) -> list[Answer]:
    """Ask at each place where the stream may be, and judge the first that is one."""
    answers: list[Answer] = []
    for target in app.sse:
        seen = await _all_variants(app, target, until, http2=http2)
        answers += [one.answer for one in seen if one.answer]
        last = target == app.sse[-1]
        if last or any(one.is_stream or one.answer is None for one in seen) or _is_gated(seen):
            diagnosis.paths[Part.SSE] = target
            judge_stream(app, diagnosis, seen)
            break
    return answers


async def _all_variants(
    app: Application, target: str, until: float, *, http2: bool
) -> list[Watched]:
    variants = [PLAIN, COMPRESSED, *([HTTP2] if http2 else [])]
    async with asyncio.TaskGroup() as tasks:
        watches = [tasks.create_task(watched(app, target, one, until)) for one in variants]
    return [watch.result() for watch in watches]


def _is_gated(seen: list[Watched]) -> bool:
    return any(one.answer and one.answer.wants_login for one in seen)


def judge_stream(app: Application, diagnosis: Diagnosis, seen: list[Watched]) -> None:
    """Judge what was watched of one stream, asked for in several ways."""
    open_ones = [one for one in seen if one.is_stream]
    if not open_ones:
        _judge_refusal(app, diagnosis, seen[0])
        return
    first = open_ones[0]
    assert first.answer is not None
    for other in seen:
        if other.answer and not other.is_stream:
            says = f"{other.answer.summary} over {other.variant.name}, a stream otherwise"
            diagnosis.add(Part.SSE, other.variant.name, Level.BAD, says, "type")
    says = f"{first.answer.summary} over {', '.join(one.variant.name for one in open_ones)}"
    diagnosis.add(Part.SSE, "answer", Level.OK, says)
    for one in open_ones:
        _judge_fields(diagnosis, one)
    judge_timing(diagnosis, seen)
    _judge_end(diagnosis, open_ones)


def _judge_refusal(app: Application, diagnosis: Diagnosis, seen: Watched) -> None:
    """No variant was answered with an event stream."""
    add, answer = diagnosis.add, seen.answer
    if answer is None:
        says = seen.trouble or f"no answer in {seen.until:.1f} s: an EventSource never opens"
        add(Part.SSE, "answer", Level.BAD, says, "upstream" if seen.trouble else "buffered")
    elif answer.wants_login:
        judge_login(app, diagnosis, Part.SSE, answer)
    elif answer.status in (502, 503, 504):
        add(Part.SSE, "answer", Level.BAD, answer.summary, "upstream")
    elif answer.status == 200 and "sse" in app.named:
        says = f"{answer.summary}: not an event stream"
        add(Part.SSE, "answer", Level.BAD, says, "type")
    elif "sse" in app.named:
        says = f"{answer.summary}: an EventSource gives up for ever"
        add(Part.SSE, "answer", Level.BAD, says, "path")
    else:
        says = f"{answer.summary}: no event stream found here"
        add(Part.SSE, "answer", Level.UNSEEN, says, "path")


def _judge_fields(diagnosis: Diagnosis, seen: Watched) -> None:
    assert seen.answer is not None
    name, answer = seen.variant.name, seen.answer
    if coding := answer.get("Content-Encoding"):
        says = f"Content-Encoding: {coding} over {name}"
        diagnosis.add(Part.SSE, "encoding", Level.LOOK, says, "compressed")
    if length := answer.get("Content-Length"):
        says = f"Content-Length: {length} over {name}: collected before it was sent"
        diagnosis.add(Part.SSE, "length", Level.BAD, says, "buffered")


def _judge_end(diagnosis: Diagnosis, open_ones: list[Watched]) -> None:
    for one in open_ones:
        if one.ended is None:
            continue
        how = one.trouble or "ended by the server"
        near = next((why for at, why in CUTS.items() if abs(one.ended - at) <= NEAR), "")
        suspect = f"; {near} is as long" if near else ""
        says = f"after {one.ended:.1f} s over {one.variant.name}: {how}{suspect}"
        level = Level.BAD if one.trouble else Level.LOOK
        diagnosis.add(Part.SSE, "end", level, says, "cut")
