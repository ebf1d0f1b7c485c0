"""`/api/control`: what a harness elsewhere may do to this origin and read of its ledger.

The endpoints are there only if the settings have a token, and answer only requests that name it.
"""

import asyncio
import contextlib
import dataclasses
import hmac
import time
from base64 import b64decode
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

import proxyproof
from proxyproof.origin.api.service import answer, read_object
from proxyproof.origin.control.testimony import Cursor, told
from proxyproof.origin.core import Core
from proxyproof.origin.head import HEAD
from proxyproof.origin.problem import Problem
from proxyproof.origin.script import Script
from proxyproof.origin.stream.stream import Stream

TOKEN_FIELD = "Proxyproof-Token"
PACE = frozenset({"heartbeat", "retry", "queue_bytes", "pong", "drain", "close_timeout"})
LONGEST_WAIT = 10.0  # seconds; below the idle timer of any proxy that the answer may come through

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ControlEndpoints:
    """The origin in the hands of a harness."""

    def __init__(self, core: Core, token: str) -> None:
        self._core = core
        self._token = token.encode()

    def routes(self) -> list[web.RouteDef]:
        """The endpoints."""
        case = "/api/control/cases/{case}"
        return [
            web.get("/api/control", self._guarded(self.facts)),
            web.post("/api/control/pace", self._guarded(self.pace)),
            web.post("/api/control/loops", self._guarded(self.loops)),
            web.post("/api/control/acts", self._guarded(self.acts)),
            web.post("/api/control/events", self._guarded(self.events)),
            web.post("/api/control/transports", self._guarded(self.transports)),
            web.post("/api/control/log", self._guarded(self.log)),
            web.put(f"{case}/script", self._guarded(self.script)),
            web.get(f"{case}/ledger", self._guarded(self.ledger)),
            web.get(f"{case}/streams", self._guarded(self.streams)),
            web.post(f"{case}/streams/{{number}}", self._guarded(self.stream)),
        ]

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            named = request[HEAD].first(TOKEN_FIELD) or ""
            if not hmac.compare_digest(named.encode("utf-8", "surrogateescape"), self._token):
                raise Problem(403, "wrong-token", f"{TOKEN_FIELD} does not name the token")
            try:
                response = await handler(request)
            except (KeyError, TypeError, ValueError) as error:
                raise Problem(400, "malformed-control", f"not understood: {error!r}") from None
            response.enable_compression()  # megabytes of events, from far away
            return response

        return guarded

    async def facts(self, request: web.Request) -> web.Response:
        """``GET /api/control``: version and the origin's clock."""
        del request
        return answer({"version": proxyproof.__version__, "now": time.monotonic()})

    async def pace(self, request: web.Request) -> web.Response:
        """``POST /api/control/pace``: durations and bounds of streams that open from now on."""
        wanted = await read_object(request)
        if strange := wanted.keys() - PACE:
            raise ValueError(f"{sorted(PACE)} expected, got {sorted(strange)}")
        self._core.settings = dataclasses.replace(self._core.settings, **_numbers(wanted))
        return answer({})

    async def loops(self, request: web.Request) -> web.Response:
        """``POST /api/control/loops``: create a loop for a case."""
        wanted = await read_object(request)
        loop = self._core.loops.create(
            str(wanted["id"]),
            owner=_text_or_none(wanted.get("owner")),
            private=bool(wanted.get("private")),
            token=str(wanted.get("token", "")),
        )
        return answer(loop.document())

    async def acts(self, request: web.Request) -> web.Response:
        """``POST /api/control/acts``: let things happen to loops, all in one turn."""
        wanted = (await read_object(request))["acts"]
        if not isinstance(wanted, list):
            raise TypeError("a list of [loop, act, fields] expected")
        events = self._core.loops.act_all(wanted)
        return answer({"events": [event.document() for event in events]})

    async def events(self, request: web.Request) -> web.Response:
        """``POST /api/control/events``: let something happen that belongs to no loop."""
        wanted = await read_object(request)
        fields = wanted.get("fields") or {}
        if not isinstance(fields, dict):
            raise TypeError("an object of fields expected")
        event = self._core.emitter.publish(str(wanted["type"]), None, fields)
        return answer(event.document())

    async def transports(self, request: web.Request) -> web.Response:
        """``POST /api/control/transports``: withdraw a transport, or restore it."""
        [(act, name)] = (await read_object(request)).items()
        acts = {
            "withdraw": self._core.transports.withdraw,
            "restore": self._core.transports.restore,
        }
        acts[act](name)  # type: ignore[arg-type]  # any other name is refused there
        return answer({})

    async def log(self, request: web.Request) -> web.Response:
        """``POST /api/control/log``: lose all events, or let the older ones be too old."""
        wanted = await read_object(request)
        if "expire" in wanted:
            self._core.log.expire(int(str(wanted["expire"])))
        else:
            self._core.forget()
        return answer({})

    async def script(self, request: web.Request) -> web.Response:
        """``PUT /api/control/cases/{case}/script``: what the origin does towards a case."""
        wanted = await read_object(request)
        script = self._core.scripts[request.match_info["case"]]
        if "hold_upgrade" in wanted:
            _hold(script, held=bool(wanted.pop("hold_upgrade")))
        known = {field.name for field in dataclasses.fields(script)} - {"lease"}
        if strange := wanted.keys() - known:
            raise ValueError(f"{sorted(known)} expected, got {sorted(strange)}")
        for name, value in wanted.items():
            setattr(script, name, _kept(value))
        return answer({})

    async def ledger(self, request: web.Request) -> web.Response:
        """``GET /api/control/cases/{case}/ledger``: what is new after ``known``.

        With ``wait`` it is answered as soon as there is something, or after that many seconds.
        """
        case = self._core.ledger.of(request.match_info["case"])
        known = Cursor.parse(request.query.get("known", str(Cursor())))
        wait = min(float(request.query.get("wait", "0")), LONGEST_WAIT)
        with contextlib.suppress(TimeoutError):
            await case.until(lambda it: wait <= 0 or Cursor.of(it) != known, wait)
        return answer(told(case, known))

    async def streams(self, request: web.Request) -> web.Response:
        """``GET /api/control/cases/{case}/streams``: the open streams of a case, oldest first."""
        streams = self._core.streams.of(request.match_info["case"])
        return answer({"streams": [_described(stream) for stream in streams]})

    async def stream(self, request: web.Request) -> web.Response:
        """``POST /api/control/cases/{case}/streams/{number}``: what is done to one of them."""
        [(act, value)] = (await read_object(request)).items()
        number = int(request.match_info["number"])
        found = [one for one in self._core.streams if one.number == number]
        if found:  # one that is gone already needs nothing more
            self._do(found[0], act, value)
        return answer({})

    def _do(self, stream: Stream, act: str, value: object) -> None:
        if act == "leave":
            self._core.fanout.leave(stream)
        elif act == "close":
            stream.close(*_farewell(value))
        elif act == "write":
            stream.write_raw(b64decode(str(value)))
        elif act == "abort":
            stream.abort()
        else:
            raise ValueError(f"leave, close, write or abort expected, got {act!r}")


def _described(stream: Stream) -> dict[str, object]:
    return {"number": stream.number, "name": stream.name, "ending": stream.ending is not None}


def _farewell(value: object) -> tuple[int, str]:
    if not isinstance(value, list):
        raise TypeError("[code, reason] expected")
    code, reason = value
    return int(code), str(reason)


def _hold(script: Script, *, held: bool) -> None:
    if script.hold_upgrade is not None:
        script.hold_upgrade.set()
    script.hold_upgrade = asyncio.Event() if held else None


def _kept(value: object) -> object:
    """The value as scripts have it: JSON knows no pairs."""
    if not isinstance(value, list):
        return value
    return [tuple(one) if isinstance(one, list) else one for one in value]


def _numbers(wanted: dict[str, object]) -> dict[str, Any]:
    for name, value in wanted.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"{name} expected as a number")
    return wanted


def _text_or_none(value: object) -> str | None:
    return None if value is None else str(value)
