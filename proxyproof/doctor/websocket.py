"""What is wrong with a WebSocket, as far as a client can tell."""

import asyncio
import secrets
from dataclasses import dataclass

from websockets.exceptions import ProtocolError

from proxyproof.doctor.answers import Answer
from proxyproof.doctor.application import Application
from proxyproof.doctor.findings import Diagnosis, Level, Part, some
from proxyproof.doctor.refusal import judge_refusal
from proxyproof.wire.frames import Frame, Opcode, close, ping
from proxyproof.wire.handshake import accept_value, new_key, upgrade_request
from proxyproof.wire.raw import RawConnection, raw_connection

PATIENCE = 5.0  # seconds for an answer and for a pong
CLOSING = 2.0  # seconds for the answer to a close
FOR_EVER = 3600.0
BROKEN = (EOFError, OSError, ValueError, ProtocolError)


@dataclass
class Attempt:
    """What one handshake was answered; an empty `trouble` means that there is an answer."""

    answer: Answer | None = None
    trouble: str = ""


async def examine_websocket(app: Application, diagnosis: Diagnosis, until: float) -> list[Answer]:
    """Ask at each place where the WebSocket may be, and judge the first that is one."""
    answers: list[Answer] = []
    for target in app.websocket:
        diagnosis.paths[Part.WEBSOCKET] = target
        attempt = await _attempt(app, target, diagnosis, until)
        if attempt.answer is None:
            diagnosis.add(Part.WEBSOCKET, "answer", Level.BAD, attempt.trouble, "upstream")
            break
        answers.append(attempt.answer)
        absent = attempt.answer.status == 404 and target != app.websocket[-1]
        if attempt.answer.status != 101 and not absent:
            await judge_refusal(app, diagnosis, target, attempt.answer)
        if not absent:
            break
    return answers


async def _attempt(app: Application, target: str, diagnosis: Diagnosis, until: float) -> Attempt:
    key = new_key()
    fields = (("Origin", app.origin), *app.fields)
    raw = upgrade_request(target, app.authority, key=key, fields=fields)
    try:
        tls = app.tls("http/1.1")
        async with raw_connection(app.host, app.port, tls=tls, deadline=PATIENCE) as connection:
            await connection.send(raw)
            answer = await _answer(connection)
            if answer.status == 101:
                _judge_head(diagnosis, answer, key)
                await _use(connection, diagnosis, until)
            connection.drop()
            return Attempt(answer)
    except TimeoutError:
        return Attempt(None, f"no answer to the upgrade in {PATIENCE:g} s")
    except BROKEN as error:
        return Attempt(None, f"the upgrade was not answered in HTTP: {error}")


async def _answer(connection: RawConnection) -> Answer:
    head = await connection.read_head()
    while 100 <= head.status < 200 and head.status != 101:
        head = await connection.read_head()
    return Answer(head.status, head.fields)


def _judge_head(diagnosis: Diagnosis, answer: Answer, key: str) -> None:
    """RFC 6455, 4.1: what a client must look at in a 101."""
    diagnosis.add(Part.WEBSOCKET, "answer", Level.OK, "101: the upgrade arrives")
    wrong = []
    if answer.get("Sec-WebSocket-Accept") != accept_value(key):
        wrong.append("Sec-WebSocket-Accept does not answer the key")
    if answer.get("Upgrade").lower() != "websocket":
        wrong.append("Upgrade is not websocket")
    if "upgrade" not in [one.strip() for one in answer.get("Connection").lower().split(",")]:
        wrong.append("Connection is not Upgrade")
    if "sec-websocket-protocol" in [name.lower() for name, _ in answer.fields]:
        wrong.append("a subprotocol that nobody offered")
    if answer.get("Sec-WebSocket-Extensions"):
        wrong.append("an extension that nobody offered")
    says = "; ".join(wrong) or "Accept, Upgrade and Connection are right, nothing unoffered"
    level = Level.BAD if wrong else Level.OK
    diagnosis.add(Part.WEBSOCKET, "101", level, says, "upgrade" if wrong else "")


async def _use(connection: RawConnection, diagnosis: Diagnosis, until: float) -> None:
    """Ping, watch, close; whatever breaks on the way is told as an early end."""
    clock = asyncio.get_running_loop().time
    opened = clock()
    try:
        if await _pinged(connection, diagnosis, until) and await _watched(
            connection, diagnosis, until
        ):
            await _closed(connection, diagnosis)
    except BROKEN as error:
        why = "the connection ended without a close" if isinstance(error, EOFError) else error
        says = f"broken off after {clock() - opened:.1f} s: {why}"
        diagnosis.add(Part.WEBSOCKET, "end", Level.BAD, says, "cut")


async def _pinged(connection: RawConnection, diagnosis: Diagnosis, until: float) -> bool:
    """Whether the stream goes on after a ping (RFC 6455, 5.5.2)."""
    clock, payload = asyncio.get_running_loop().time, secrets.token_bytes(8)
    asked = clock()
    await connection.send_frame(ping(payload))
    try:
        async with asyncio.timeout_at(min(asked + PATIENCE, until)):
            while (frame := await _next(connection)).opcode is not Opcode.PONG:
                if frame.opcode is Opcode.CLOSE:
                    return _told_end(diagnosis, frame)
    except TimeoutError:
        says = f"a ping is not answered in {clock() - asked:.1f} s"
        diagnosis.add(Part.WEBSOCKET, "ping", Level.BAD, says, "cut")
        return True
    same = bytes(frame.data) == payload
    says = f"answered after {(clock() - asked) * 1000:.0f} ms"
    says += "" if same else ", with another payload"
    diagnosis.add(Part.WEBSOCKET, "ping", Level.OK if same else Level.BAD, says)
    return True


async def _watched(connection: RawConnection, diagnosis: Diagnosis, until: float) -> bool:
    """Whether the stream is still open when the watch is over."""
    clock = asyncio.get_running_loop().time
    began, counts = clock(), {"message": 0, "ping": 0}
    try:
        async with asyncio.timeout_at(until):
            while (frame := await _next(connection)).opcode is not Opcode.CLOSE:
                counts["message"] += frame.opcode in (Opcode.TEXT, Opcode.BINARY)
                counts["ping"] += frame.opcode is Opcode.PING
            return _told_end(diagnosis, frame)
    except TimeoutError:
        told = " and ".join(some(count, what) for what, count in counts.items())
        says = f"open for {clock() - began:.1f} s after the pong: {told} came"
        diagnosis.add(Part.WEBSOCKET, "watched", Level.OK, says)
        return True


async def _closed(connection: RawConnection, diagnosis: Diagnosis) -> None:
    """Close, and look at the answer (RFC 6455, 5.5.1)."""
    await connection.send_frame(close(1000))
    try:
        async with asyncio.timeout(CLOSING):
            while (frame := await _next(connection)).opcode is not Opcode.CLOSE:
                pass
    except TimeoutError:
        says = f"a close is not answered in {CLOSING:g} s"
        diagnosis.add(Part.WEBSOCKET, "close", Level.LOOK, says)
        return
    code = int(frame.close.code)
    level = Level.OK if code in (1000, 1005) else Level.LOOK
    diagnosis.add(Part.WEBSOCKET, "close", level, f"1000 is answered with {code}")


async def _next(connection: RawConnection) -> Frame:
    """The next frame; pings are answered. The waits are those of the caller."""
    connection.deadline = FOR_EVER
    [frame] = await connection.read_frames()
    if frame.opcode is Opcode.PING:
        await connection.send_frame(Frame(Opcode.PONG, bytes(frame.data)))
    return frame


def _told_end(diagnosis: Diagnosis, frame: Frame) -> bool:
    code = int(frame.close.code)
    says = f"closed by the server with {code} {frame.close.reason}".rstrip()
    diagnosis.add(Part.WEBSOCKET, "end", Level.LOOK, says, "cut")
    return False
