"""Faults of the opening handshake and of response heads."""

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.web_request import BaseRequest
from multidict import CIMultiDict

from proxyproof.origin.faults.fault import Fault
from proxyproof.origin.gate.handshake import UPGRADE_REQUIRED, check_handshake
from proxyproof.origin.head import RequestHead
from proxyproof.origin.parts import Fields, Parts
from proxyproof.origin.problem import Problem, problem_response
from proxyproof.origin.stream.sse import stream_fields
from proxyproof.origin.stream.websocket import Socket


def _case_sensitive(head: RequestHead) -> None:
    if (head.first("Upgrade"), head.first("Connection")) != ("websocket", "Upgrade"):
        detail = "'Upgrade: websocket' and 'Connection: Upgrade' expected, in this spelling"
        raise Problem(426, "upgrade-required", detail, UPGRADE_REQUIRED)
    check_handshake(head)


class _MalformedAccept(Socket):
    def _handshake(self, request: BaseRequest) -> tuple[CIMultiDict[str], str | None, int, bool]:
        fields, protocol, compress, notakeover = super()._handshake(request)
        fields["Sec-WebSocket-Accept"] = request.headers["Sec-WebSocket-Key"]
        return fields, protocol, compress, notakeover


class _InventsSubprotocol(Socket):
    async def prepare(self, request: BaseRequest) -> AbstractStreamWriter:
        self.headers["Sec-WebSocket-Protocol"] = "v1.invented"
        return await super().prepare(request)


class _DropsSubprotocol(Socket):
    async def prepare(self, request: BaseRequest) -> AbstractStreamWriter:
        self._protocols = ()
        return await super().prepare(request)


def _as_200(problem: Problem) -> web.StreamResponse:
    response = problem_response(problem)
    response.set_status(200)
    return response


def _as_403(problem: Problem) -> web.StreamResponse:
    response = problem_response(problem)
    if problem.status == 503:
        response.set_status(403)
    return response


def _merged(fields: Fields) -> Fields:
    cookies = [value for name, value in fields if name.lower() == "set-cookie"]
    return _without_cookies(fields) + ([("Set-Cookie", ", ".join(cookies))] if cookies else [])


def _without_cookies(fields: Fields) -> Fields:
    return [(name, value) for name, value in fields if name.lower() != "set-cookie"]


def _as_plain_text(content_type: str, **asked: bool) -> Fields:
    del content_type
    return stream_fields("text/plain; charset=utf-8", **asked)


def _redirecting(routes: list[web.RouteDef]) -> list[web.RouteDef]:
    streams = [r for r in routes if r.path in ("/api/ws", "/api/events") and r.method == "GET"]
    others = [r for r in routes if r not in streams]
    moved = [web.get(f"{r.path}/", r.handler, allow_head=False) for r in streams]
    redirects = [web.get(r.path, _to_slash, allow_head=False) for r in streams]
    return [*others, *moved, *redirects]


async def _to_slash(request: web.Request) -> web.StreamResponse:
    path, mark, query = request.raw_path.partition("?")
    return web.Response(status=308, headers={"Location": f"{path}/{mark}{query}"})


def _case_sensitive_upgrade(parts: Parts) -> None:
    parts.check_handshake = _case_sensitive


def _malformed_101(parts: Parts) -> None:
    parts.socket = _MalformedAccept


def _invents_subprotocol(parts: Parts) -> None:
    parts.socket = _InventsSubprotocol


def _drops_subprotocol(parts: Parts) -> None:
    parts.socket = _DropsSubprotocol


def _error_as_200(parts: Parts) -> None:
    parts.refusal = _as_200


def _turns_503_into_403(parts: Parts) -> None:
    parts.refusal = _as_403


def _merges_set_cookie(parts: Parts) -> None:
    parts.fields = _merged


def _set_cookie_dropped(parts: Parts) -> None:
    parts.fields = _without_cookies


def _rewrites_content_type(parts: Parts) -> None:
    parts.stream_fields = _as_plain_text


def _redirects_slash(parts: Parts) -> None:
    parts.routes = _redirecting


FAULTS = (
    Fault(
        "case-sensitive-upgrade",
        "only 'Upgrade: websocket' with 'Connection: Upgrade' is taken for a handshake",
        "comparing field values as text: HDR-02",
        _case_sensitive_upgrade,
    ),
    Fault(
        "malformed-101",
        "Sec-WebSocket-Accept repeats the key of the request",
        "a hand-written handshake: HDR-11",
        _malformed_101,
    ),
    Fault(
        "invents-subprotocol",
        "the 101 names a subprotocol that nobody offered",
        "a fixed answer field: HDR-04",
        _invents_subprotocol,
    ),
    Fault(
        "drops-subprotocol",
        "offered subprotocols are not answered",
        "servers that do not look at the field: HDR-03",
        _drops_subprotocol,
    ),
    Fault(
        "error-as-200",
        "refusals come with status 200",
        "error pages and catch-all handlers: ERR-03",
        _error_as_200,
    ),
    Fault(
        "turns-503-into-403",
        "a temporary refusal comes as a final one",
        "one handler for every failure: ERR-01",
        _turns_503_into_403,
    ),
    Fault(
        "merges-set-cookie",
        "several Set-Cookie fields come as one, joined by commas",
        "a map of fields: RFC 6265 section 3 forbids folding",
        _merges_set_cookie,
    ),
    Fault(
        "set-cookie-dropped",
        "Set-Cookie fields are left out of stream responses",
        "a fixed set of response fields for streams",
        _set_cookie_dropped,
    ),
    Fault(
        "rewrites-content-type",
        "event streams come as text/plain",
        "a default content type: SSE-03",
        _rewrites_content_type,
    ),
    Fault(
        "redirects-slash",
        "stream URLs are redirected to the same with a slash",
        "routers that append slashes: HDR-07",
        _redirects_slash,
    ),
)
