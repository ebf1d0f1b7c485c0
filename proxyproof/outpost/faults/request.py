"""Faults in what the upstream is asked: target, version, Host and other fields."""

import posixpath
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote, unquote_to_bytes, urlsplit

from proxyproof.outpost.faults.model import fault
from proxyproof.outpost.heads import Context, RequestEdit
from proxyproof.outpost.parts import Parts
from proxyproof.outpost.transfer.message import Fields, Request, tokens, without
from proxyproof.outpost.transfer.upstream import Upstream


def dropping(*names: bytes) -> RequestEdit:
    """Return an edit that drops fields."""
    return lambda outgoing, _: replace(outgoing, fields=without(outgoing.fields, *names))


def retargeting(rewrite: Callable[[bytes, bytes], bytes]) -> RequestEdit:
    """Return an edit that rewrites the target from its path and its query."""

    def edit(outgoing: Request, _: Context) -> Request:
        path, _mark, query = outgoing.target.partition(b"?")
        return replace(outgoing, target=rewrite(path, query))

    return edit


def on_upgrade(edit: RequestEdit) -> RequestEdit:
    """Return an edit that is made to upgrades only."""
    return lambda outgoing, context: edit(outgoing, context) if context.upgrade else outgoing


def _joined(path: bytes, query: bytes) -> bytes:
    return path + (b"?" + query if query else b"")


@fault("upgrade-dropped", "Connection says upgrade, the Upgrade field itself is missing", "HDR-01")
def upgrade_dropped(parts: Parts) -> None:
    """Drop one of the two fields."""
    parts.requests.append(on_upgrade(dropping(b"upgrade")))


@fault("query-dropped", "the query is lost, upstream and in the login redirect", "HDR-05")
def query_dropped(parts: Parts) -> None:
    """Send the path alone."""
    parts.requests.append(retargeting(lambda path, _: path))
    parts.set_quirks(redirect_keeps_query=False)


@fault("semicolons-rewritten", "`;` in the query becomes `&`, as in Go since 1.17", "HDR-06")
def semicolons_rewritten(parts: Parts) -> None:
    """Rewrite the separator."""
    parts.requests.append(retargeting(lambda path, query: _joined(path, query.replace(b";", b"&"))))


@fault("path-normalised", "the path is decoded, its dots resolved, its slashes merged", "HDR-06")
def path_normalised(parts: Parts) -> None:
    """Decode and resolve the path."""

    def normal(path: bytes, query: bytes) -> bytes:
        decoded = b"/" + unquote_to_bytes(path).lstrip(b"/")
        slash = b"/" if decoded.endswith(b"/") and decoded != b"/" else b""
        resolved = posixpath.normpath(decoded) + slash
        return _joined(quote(resolved, safe="/:@!$&'()*+,;=~").encode(), query)

    parts.requests.append(retargeting(normal))


@fault("rewrite-skips-ws", "a path rewrite is made to requests but not to upgrades", "HDR-08")
def rewrite_skips_ws(parts: Parts) -> None:
    """Leave an upgrade with the prefix that the rewrite is there to remove."""
    parts.requests.append(
        on_upgrade(retargeting(lambda path, query: _joined(b"/app" + path, query)))
    )


@fault("host-replaced", "the upstream is told its own address as Host and forwarded host", "HDR-10")
def host_replaced(parts: Parts) -> None:
    """Replace the public authority."""
    authority = urlsplit(parts.settings.internal_host).netloc.encode()
    names = (b"host", b"x-forwarded-host")

    def edit(outgoing: Request, _: Context) -> Request:
        fields = tuple((n, authority if n.lower() in names else v) for n, v in outgoing.fields)
        return replace(outgoing, fields=fields)

    parts.requests.append(edit)


@fault("forwarded-proto-ws", "X-Forwarded-Proto of an upgrade says ws or wss", "HDR-09")
def forwarded_proto_ws(parts: Parts) -> None:
    """Say ws for http and wss for https."""
    schemes = {b"http": b"ws", b"https": b"wss"}

    def told(fields: Fields) -> Fields:
        name = b"x-forwarded-proto"
        return tuple((n, schemes.get(v, v) if n.lower() == name else v) for n, v in fields)

    parts.requests.append(
        on_upgrade(lambda outgoing, _: replace(outgoing, fields=told(outgoing.fields)))
    )


class Http10Upstream(Upstream):
    """Asks in HTTP/1.0."""

    def request_head(self, request: Request) -> bytes:
        """Return the head with the older version in its first line."""
        return super().request_head(request).replace(b" HTTP/1.1\r\n", b" HTTP/1.0\r\n", 1)


@fault("http10-upstream", "the upstream is asked in HTTP/1.0, nginx's old default", "BUF-08")
def http10_upstream(parts: Parts) -> None:
    """Ask in HTTP/1.0."""
    parts.exchange(upstream=Http10Upstream)


@fault("nominated-away", "a client names identity fields in Connection and they vanish", "SEC-04")
def nominated_away(parts: Parts) -> None:
    """Remove nominated fields after identity was added instead of before."""

    def edit(outgoing: Request, context: Context) -> Request:
        nominated = tokens(context.request.fields, b"connection") - {"upgrade", "host"}
        names = tuple(name.encode("latin-1") for name in nominated)
        return replace(outgoing, fields=without(outgoing.fields, *names))

    parts.requests.append(edit)
