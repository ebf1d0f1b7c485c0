"""Refusals in one form: problem details (RFC 9457) with a reason that a program can read."""

import json
from collections.abc import Iterable
from http import HTTPStatus

from aiohttp import web
from multidict import CIMultiDict


class Problem(Exception):
    """A refusal.

    Attributes:
        status: HTTP status.
        reason: Stable name of the reason, in kebab-case.
        detail: One sentence for a person.
        fields: Response fields that go with it, duplicates kept.
    """

    def __init__(
        self, status: int, reason: str, detail: str, fields: Iterable[tuple[str, str]] = ()
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.reason = reason
        self.detail = detail
        self.fields = list(fields)

    def document(self) -> dict[str, object]:
        """The members of the problem details object."""
        return {
            "type": f"urn:proxyproof:problem:{self.reason}",
            "title": phrase(self.status),
            "status": self.status,
            "detail": self.detail,
        }


def problem_response(problem: Problem) -> web.Response:
    """The response that carries a refusal."""
    return web.Response(
        status=problem.status,
        body=json.dumps(problem.document(), separators=(",", ":")).encode(),
        headers=CIMultiDict(
            [
                *problem.fields,
                ("Content-Type", "application/problem+json"),
                ("Cache-Control", "no-store"),
            ]
        ),
    )


def phrase(status: int) -> str:
    """The reason phrase of a status; a number alone for one that nobody registered."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return str(status)
