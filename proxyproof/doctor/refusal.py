"""Why an upgrade was refused: the same request asked once more with one thing changed."""

import httpx

from proxyproof.doctor.answers import Answer
from proxyproof.doctor.application import Application
from proxyproof.doctor.findings import Diagnosis, Level, Part
from proxyproof.doctor.login import judge_login
from proxyproof.doctor.way import asked
from proxyproof.wire.handshake import upgrade_request
from proxyproof.wire.raw import raw_connection

DEADLINE = 5.0  # seconds
LOST = frozenset({200, 400, 405, 426, 501})  # answers to an upgrade that became a plain request
UNAVAILABLE = frozenset({502, 503, 504})


async def judge_refusal(
    app: Application, diagnosis: Diagnosis, target: str, answer: Answer
) -> None:
    """Judge an answer that is no 101."""
    if answer.wants_login:
        judge_login(app, diagnosis, Part.WEBSOCKET, answer)
    elif answer.status in UNAVAILABLE:
        diagnosis.add(Part.WEBSOCKET, "answer", Level.BAD, answer.summary, "upstream")
    elif answer.status == 403:
        await _judge_forbidden(app, diagnosis, target, answer)
    elif answer.status in LOST:
        await _judge_lost(app, diagnosis, target, answer)
    else:
        level = Level.BAD if "websocket" in app.named else Level.UNSEEN
        says = f"{answer.summary}: no WebSocket found here"
        diagnosis.add(Part.WEBSOCKET, "answer", level, says, "path")


async def _judge_forbidden(
    app: Application, diagnosis: Diagnosis, target: str, answer: Answer
) -> None:
    """Without the page's origin: whoever lets it pass then has checked the origin."""
    without = await _upgraded(app, target)
    if without == 101:
        says = f"403 with Origin: {app.origin}, 101 without: taken for a foreign page"
        diagnosis.add(Part.WEBSOCKET, "answer", Level.BAD, says, "origin")
        return
    says = f"{answer.summary}: forbidden to you, or upgrades are not let through"
    diagnosis.add(Part.WEBSOCKET, "answer", Level.BAD, says, "upgrade")


async def _upgraded(app: Application, target: str) -> int | None:
    raw = upgrade_request(target, app.authority, fields=app.fields)
    tls = app.tls("http/1.1")
    try:
        async with raw_connection(app.host, app.port, tls=tls, deadline=DEADLINE) as connection:
            await connection.send(raw)
            status = (await connection.read_head()).status
            connection.drop()
            return status
    except (EOFError, OSError, ValueError):
        return None


async def _judge_lost(app: Application, diagnosis: Diagnosis, target: str, answer: Answer) -> None:
    """The same path as a plain request: the same answer means that Upgrade made no difference."""
    is_guessed = "websocket" not in app.named and answer.status == 200
    plain = await _plain(app, target)
    says = f"{answer.summary} instead of 101"
    if plain is not None and plain.status == answer.status:
        says += ", and the same without Upgrade: it seems to be dropped on the way"
    level = Level.LOOK if is_guessed and answer.media_type == "text/html" else Level.BAD
    diagnosis.add(Part.WEBSOCKET, "answer", level, says, "upgrade")


async def _plain(app: Application, target: str) -> Answer | None:
    try:
        return await asked(app, target, (("Origin", app.origin),))
    except httpx.HTTPError:
        return None
