"""The way to the application: name, TCP, TLS, ALPN, and the answer to a page."""

import asyncio
import socket
import ssl
from dataclasses import dataclass

import httpx

from proxyproof.client.transport.network import Transport
from proxyproof.doctor.answers import BODY, Answer
from proxyproof.doctor.application import Application
from proxyproof.doctor.findings import Diagnosis, Level, Part
from proxyproof.wire.dial import alpn_of, dialled
from proxyproof.wire.head import Field

PAGE_FIELDS: tuple[Field, ...] = (
    ("Accept", "text/html,*/*;q=0.8"),
    ("Sec-Fetch-Dest", "document"),
    ("Sec-Fetch-Mode", "navigate"),
)
OFFER = ("h2", "http/1.1")


@dataclass(frozen=True)
class Way:
    """What the way to the application can do."""

    http2: bool = False


async def reached(app: Application, diagnosis: Diagnosis, deadline: float) -> Way | None:
    """Go as far as TLS; None if nobody can be spoken to."""
    try:
        addresses = await _addresses(app)
        return await _dialled(app, diagnosis, addresses, deadline)
    except socket.gaierror as error:
        _lost(diagnosis, "name", f"{app.host} has no address: {error.strerror}", Level.UNSEEN)
    except ssl.SSLCertVerificationError as error:
        says = f"the certificate is not trusted: {error.verify_message.rstrip('.')}"
        diagnosis.add(Part.WAY, "tls", Level.BAD, says, "certificate")
    except ssl.SSLError as error:
        says = f"no TLS at port {app.port}: {error.reason or error}"
        _lost(diagnosis, "tls", says, Level.BAD)
    except TimeoutError:
        says = f"nothing answers at port {app.port} within {deadline:g} s"
        _lost(diagnosis, "tcp", says, Level.UNSEEN)
    except OSError as error:
        says = f"no connection to port {app.port}: {error.strerror or error}".lower()
        _lost(diagnosis, "tcp", says, Level.UNSEEN)
    return None


def _lost(diagnosis: Diagnosis, check: str, says: str, level: Level) -> None:
    diagnosis.add(Part.WAY, check, level, says, "reach")


async def _addresses(app: Application) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(app.host, app.port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


async def _dialled(
    app: Application, diagnosis: Diagnosis, addresses: list[str], deadline: float
) -> Way:
    loop = asyncio.get_running_loop()
    asked = loop.time()
    async with dialled(app.host, app.port, tls=app.tls(*OFFER), deadline=deadline) as (_, writer):
        took = loop.time() - asked
        peer = writer.get_extra_info("peername")[0]
        others = f" (of {len(addresses)} addresses)" if len(addresses) > 1 else ""
        named = "" if app.host == peer else f"{app.host} is "
        says = f"{named}{peer}{others}, connected in {took * 1000:.0f} ms"
        diagnosis.add(Part.WAY, "address", Level.OK, says)
        if not app.secure:
            says = "none: buffering that TLS shows stays hidden on plain HTTP"
            diagnosis.add(Part.WAY, "tls", Level.LOOK, says)
            return Way()
        return _spoken(app, diagnosis, alpn_of(writer), writer.get_extra_info("ssl_object"))


def _spoken(app: Application, diagnosis: Diagnosis, chosen: str | None, tls: ssl.SSLObject) -> Way:
    speaks = "HTTP/2" if chosen == "h2" else "HTTP/1.1 only"
    if app.verifies:
        expires = (tls.getpeercert() or {}).get("notAfter", "")
        says = f"{tls.version()}, {speaks}, certificate good until {expires}"
        diagnosis.add(Part.WAY, "tls", Level.OK, says)
    else:
        says = f"{tls.version()}, {speaks}, certificate not verified"
        diagnosis.add(Part.WAY, "tls", Level.LOOK, says)
    return Way(http2=chosen == "h2")


async def page(app: Application, diagnosis: Diagnosis, deadline: float) -> Answer | None:
    """Ask for the given URL as a browser asks for a page."""
    try:
        async with asyncio.timeout(deadline):
            answer = await asked(app, app.target, PAGE_FIELDS)
    except TimeoutError:
        diagnosis.add(Part.WAY, "page", Level.LOOK, f"no answer within {deadline:g} s", "upstream")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        diagnosis.add(Part.WAY, "page", Level.LOOK, f"no answer: {error}", "upstream")
    else:
        diagnosis.add(Part.WAY, "page", *_judged(answer))
        return answer
    return None


def _judged(answer: Answer) -> tuple[Level, str, str]:
    if answer.status in (502, 503, 504):
        return Level.BAD, answer.summary, "upstream"
    if answer.wants_login:
        return Level.OK, f"{answer.summary}: a login, or a page that has moved", ""
    return Level.OK, answer.summary, ""


async def asked(
    app: Application, target: str, fields: tuple[Field, ...], *, http2: bool = False
) -> Answer:
    """Ask once; what is kept of the body is its beginning, and an endless one is not waited for."""
    async with (
        client(app, http2=http2) as http,
        http.stream("GET", app.origin + target, headers=[*fields, *app.fields]) as response,
    ):
        head = Answer(response.status_code, _fields(response))
        body = b""
        if head.media_type != "text/event-stream":
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) >= BODY:
                    break
        return Answer(head.status, head.fields, body[:BODY])


def client(app: Application, *, http2: bool = False) -> httpx.AsyncClient:
    """A client of one HTTP version, without timers and redirects of its own."""
    transport = Transport(app.tls(), http1=not http2, http2=http2)
    return httpx.AsyncClient(transport=transport, timeout=None, trust_env=False)


def _fields(response: httpx.Response) -> tuple[Field, ...]:
    raw = response.headers.raw
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)
