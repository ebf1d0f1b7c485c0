"""An answer that is no stream, put into facts."""

import json
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urljoin

from proxyproof.client.policy import TransportName
from proxyproof.client.transport.ending import Cause, Ending, seconds_of_retry_after


def media_type(content_type: str) -> str:
    """Strip a `Content-Type` value of its parameters (RFC 9110 8.3.1)."""
    return content_type.partition(";")[0].strip().lower()


def refusal(
    transport: TransportName, url: str, status: int, field: Callable[[str], str], body: bytes
) -> Ending:
    """Describe a refusal.

    Args:
        transport: the transport that was to be opened.
        url: the URL that was asked for.
        status: the status code.
        field: gives the value of a response field, "" if there is none.
        body: what was read of the body.
    """
    content_type = media_type(field("Content-Type"))
    location = field("Location")
    return Ending(
        transport=transport,
        cause=Cause.REFUSED,
        detail=_detail(status, content_type, location, body),
        status=status,
        content_type=content_type,
        location=_resolved(url, location),
        url=url,
        retry_after=seconds_of_retry_after(field("Retry-After")),
    )


def _resolved(url: str, location: str) -> str:
    try:
        return urljoin(url, location) if location else ""
    except ValueError:
        return ""


def _detail(status: int, content_type: str, location: str, body: bytes) -> str:
    try:
        phrase = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        phrase = str(status)
    if location:
        return f"refused: {phrase} to {location}"
    if status == 200:
        return f"refused: {phrase} with {content_type or 'no media type'} instead of a stream"
    reason = _problem(body) if content_type == "application/problem+json" else ""
    return f"refused: {phrase}: {reason}" if reason else f"refused: {phrase}"


def _problem(body: bytes) -> str:
    """The reason that a problem document gives (RFC 9457 3.1)."""
    try:
        problem = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(problem, dict):
        return ""
    return str(problem.get("detail") or problem.get("title") or "")
