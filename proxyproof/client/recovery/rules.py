"""What the end of a connection means."""

from enum import Enum
from urllib.parse import urlsplit

from proxyproof.client.transport.ending import Cause, Ending

POLICY_VIOLATION = 1008
SESSION_ENDED = 4401
WITHDRAWN = 4410

# Worth another try of the same (RFC 9110 15.5.9, RFC 8470 5.2, RFC 6585 4), beside all 5xx.
_TEMPORARY_STATUS = frozenset({408, 425, 429})
# Answers of a hop that cannot pass on an upgrade; for an event stream they are an outage.
_NO_UPGRADE_STATUS = frozenset({501, 502})
_PROBLEM = "application/problem+json"


class Meaning(Enum):
    """What to conclude from an ending."""

    TEMPORARY = "temporary"  # the same may work later
    UNSUITED = "unsuited"  # this transport does not work here; another may
    WITHDRAWN = "withdrawn"  # the origin asks to use the other transport
    FORBIDDEN = "forbidden"  # log in, unless a box on the way forbids only this transport
    UNAUTHORIZED = "unauthorized"  # log in
    FINAL = "final"  # the server asks not to come back (204)


def judge(ending: Ending) -> Meaning:
    """Say what an ending means, whatever else the client could do."""
    if ending.cause is Cause.REFUSED and ending.status is not None:
        return _of_refusal(ending, ending.status)
    if ending.cause is Cause.CLOSED and ending.code is not None:
        return _of_close_code(ending.code)
    if ending.cause is Cause.TIMEOUT and ending.transport == "websocket":
        return Meaning.UNSUITED
    return Meaning.TEMPORARY


def _of_close_code(code: int) -> Meaning:
    meanings = {
        POLICY_VIOLATION: Meaning.UNSUITED,
        SESSION_ENDED: Meaning.UNAUTHORIZED,
        WITHDRAWN: Meaning.WITHDRAWN,
    }
    return meanings.get(code, Meaning.TEMPORARY)


def _of_refusal(ending: Ending, status: int) -> Meaning:
    match status // 100:
        case 2:
            return _of_success(ending, status)
        case 3:
            return Meaning.UNSUITED if _is_same_place(ending) else Meaning.UNAUTHORIZED
        case 4:
            return _of_client_error(ending, status)
        case _:
            upgrade = ending.transport == "websocket" and status in _NO_UPGRADE_STATUS
            return Meaning.UNSUITED if upgrade else Meaning.TEMPORARY


def _of_success(ending: Ending, status: int) -> Meaning:
    # WHATWG HTML 9.2.3: 204 tells an event source to stop reconnecting.
    if status == 204 and ending.transport == "sse":
        return Meaning.FINAL
    # A page in the place of a stream is the login page; on an upgrade it may also be any page of
    # a server to which nobody passed the upgrade on, so the other transport decides.
    is_page = ending.content_type == "text/html"
    return Meaning.FORBIDDEN if is_page else Meaning.UNSUITED


def _of_client_error(ending: Ending, status: int) -> Meaning:
    if status == 401:
        return Meaning.UNAUTHORIZED
    if status == 403:
        return Meaning.FORBIDDEN
    if status in _TEMPORARY_STATUS:
        return Meaning.TEMPORARY
    # RFC 9110 15.5.11: gone on purpose. Where there is another transport, it is meant to be used.
    if status == 410:
        return Meaning.WITHDRAWN
    # A router whose service is being replaced has no route for a while and says 404 (Traefik,
    # ingress controllers). Only the application's own answer is about the stream itself.
    if status == 404 and ending.transport == "sse" and ending.content_type != _PROBLEM:
        return Meaning.TEMPORARY
    return Meaning.UNSUITED


def _is_same_place(ending: Ending) -> bool:
    """Whether a redirect only corrects the URL (a slash, the scheme): no login is like that.

    A redirect without a usable target leads nowhere, so it is no login either.
    """
    if not ending.location:
        return True
    asked, sent_to = urlsplit(ending.url), urlsplit(ending.location)
    same_host = asked.hostname == sent_to.hostname
    return same_host and asked.path.rstrip("/") == sent_to.path.rstrip("/")
