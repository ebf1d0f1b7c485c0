"""One examination: the way first, then the page and both streams at once, within a time."""

import asyncio

from proxyproof.doctor.advice import next_steps
from proxyproof.doctor.answers import Answer
from proxyproof.doctor.application import Application
from proxyproof.doctor.eventstream import examine_stream
from proxyproof.doctor.findings import STREAMS, Diagnosis, Level, Part
from proxyproof.doctor.fingerprints import guesses
from proxyproof.doctor.way import Way, page, reached
from proxyproof.doctor.websocket import examine_websocket

TIMEOUT = 20.0  # seconds for everything
STEP = 5.0  # seconds for one step on the way
AFTER = 0.2  # of the time is kept for what comes after the watch: second questions, a close


async def examined(app: Application, url: str, timeout: float = TIMEOUT) -> Diagnosis:
    """Look at an application for at most `timeout` seconds; what was not seen by then is told."""
    loop, diagnosis = asyncio.get_running_loop(), Diagnosis(url)
    began = loop.time()
    answers: list[Answer] = []
    try:
        async with asyncio.timeout_at(began + timeout):
            way = await reached(app, diagnosis, min(STEP, timeout / 3))
            if way is not None:
                until = began + timeout * (1 - AFTER)
                await _look(app, diagnosis, way, until, answers)
    except TimeoutError:
        _cut_short(diagnosis, timeout)
    diagnosis.guesses += guesses(answers)
    diagnosis.next_steps += next_steps(diagnosis)
    diagnosis.seconds = loop.time() - began
    return diagnosis


async def _look(
    app: Application, diagnosis: Diagnosis, way: Way, until: float, answers: list[Answer]
) -> None:
    async def of_page() -> None:
        answer = await page(app, diagnosis, STEP)
        answers.extend([answer] if answer else [])

    async def of_stream() -> None:
        answers.extend(await examine_stream(app, diagnosis, until, http2=way.http2))

    async def of_websocket() -> None:
        answers.extend(await examine_websocket(app, diagnosis, until))

    async with asyncio.TaskGroup() as tasks:
        for look in (of_page, of_stream, of_websocket):
            tasks.create_task(look())


def _cut_short(diagnosis: Diagnosis, timeout: float) -> None:
    """Say which streams were not judged when the time was over."""
    for part in STREAMS:
        if not any(one.check in ("answer", "end") for one in diagnosis.of(part)):
            says = f"not seen within {timeout:g} s"
            diagnosis.add(part, "answer", Level.UNSEEN, says)
    if not diagnosis.of(Part.WAY):
        diagnosis.add(Part.WAY, "address", Level.UNSEEN, f"not seen within {timeout:g} s", "reach")
