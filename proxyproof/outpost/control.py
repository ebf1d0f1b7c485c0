"""The control listener: it stands for the channel to Authentik's core (contract 2.1).

It has an address of its own and is never reachable through the proxy.
"""

import dataclasses
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from proxyproof.holdings import holdings
from proxyproof.outpost.journal import Journal
from proxyproof.outpost.sessions.store import MemoryStore, StoreError
from proxyproof.outpost.transfer.downstream import Exchange
from proxyproof.outpost.transfer.message import Request, Response


class Control:
    """Tells what happened and ends sessions from the side of the provider."""

    def __init__(
        self, store: MemoryStore, journal: Journal, *, ignores_session_end: bool = False
    ) -> None:
        self._store = store
        self._journal = journal
        self._reads: dict[str, Callable[[Request], Any]] = {
            "/control/health": lambda _: {"status": "ok"},
            "/control/requests": self._requests,
            "/control/sessions": lambda _: self._sessions(),
        }
        self._acts: dict[str, Callable[[str], int]] = {
            "/control/sessions/end": self._ignored if ignores_session_end else store.end,
            "/control/sessions/expire": store.expire,
        }

    async def handle(self, exchange: Exchange) -> None:
        """Answer one request of the harness."""
        await exchange.answer(await self._answer(exchange))

    async def _answer(self, exchange: Exchange) -> Response:
        request = exchange.request
        if request.method == "GET" and request.path == "/control/holdings":
            return _json(200, dataclasses.asdict(await holdings()))
        if request.method == "GET" and request.path in self._reads:
            return _json(200, self._reads[request.path](request))
        if request.method == "POST" and request.path in self._acts:
            return self._act(self._acts[request.path], await exchange.whole_body())
        return _json(404, {"error": f"no {request.method} {request.path} here"})

    def _act(self, act: Callable[[str], int], body: bytes) -> Response:
        try:
            subject = json.loads(body)["sub"]
        except (ValueError, KeyError, TypeError):
            return _json(400, {"error": 'the body must be an object like {"sub": "alice"}'})
        try:
            return _json(200, {"sessions": act(str(subject))})
        except StoreError as error:
            return _json(500, {"error": str(error)})

    def _ignored(self, subject: str) -> int:
        self._journal.tell(f"the end of a session of {subject!r} is only logged")
        return 0

    def _requests(self, request: Request) -> list[dict[str, Any]]:
        return [entry.as_json() for entry in self._journal.of(request.query.get("case"))]

    def _sessions(self) -> dict[str, Any]:
        sessions = list(self._store)
        subjects = Counter(session.sub for session in sessions if session.authenticated)
        return {
            "total": len(sessions),
            "anonymous": len(sessions) - subjects.total(),
            "subjects": dict(subjects),
        }


def _json(status: int, value: object) -> Response:
    return Response.text(status, json.dumps(value), "application/json")
