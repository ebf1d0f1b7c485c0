"""Faults in what happens to cookies on their way, in both directions."""

import secrets
from dataclasses import replace

from proxyproof.outpost.faults.model import fault
from proxyproof.outpost.faults.request import dropping
from proxyproof.outpost.heads import Context, with_cookie_field, with_cookies
from proxyproof.outpost.identity import is_identity
from proxyproof.outpost.oidc.flow import PREFIX
from proxyproof.outpost.parts import Parts
from proxyproof.outpost.sessions.cookie import SessionCookie, cookie_name, cookie_pairs
from proxyproof.outpost.transfer.message import Fields, Request, Response, ResponseHead, without


@fault("strips-cookie", "the Cookie field does not reach the application", "COO-07")
def strips_cookie(parts: Parts) -> None:
    """Drop the field."""
    parts.requests.append(dropping(b"cookie"))


@fault("cookie-not-forwarded", "only the proxy's own cookie is on its list of cookies", "COO-07")
def cookie_not_forwarded(parts: Parts) -> None:
    """Pass on the session cookie alone."""
    name = cookie_name(parts.settings.client_id)
    parts.requests.append(lambda outgoing, _: with_cookies(outgoing, lambda pair: pair[0] == name))


@fault("reorders-cookies", "cookies are parsed and written again in another order", "RFC 6265 5.4")
def reorders_cookies(parts: Parts) -> None:
    """Write the cookies in reverse."""

    def edit(outgoing: Request, _: Context) -> Request:
        pairs = reversed(list(cookie_pairs(outgoing.fields)))
        return replace(outgoing, fields=with_cookie_field(outgoing.fields, pairs))

    parts.requests.append(edit)


@fault("merges-set-cookie", "several Set-Cookie fields are joined by commas", "RFC 6265 3")
def merges_set_cookie(parts: Parts) -> None:
    """Join the fields as if they were a list."""

    def edit(head: ResponseHead, _: Context) -> ResponseHead:
        cookies = [value for name, value in head.fields if name.lower() == b"set-cookie"]
        merged = ((b"Set-Cookie", b", ".join(cookies)),) if cookies else ()
        return replace(head, fields=(*without(head.fields, b"set-cookie"), *merged))

    parts.responses.append(edit)


@fault("set-cookie-dropped", "Set-Cookie of the application does not arrive", "COO-02")
def set_cookie_dropped(parts: Parts) -> None:
    """Drop the fields of the origin, before ours are added."""
    parts.responses.insert(
        0, lambda head, _: replace(head, fields=without(head.fields, b"set-cookie"))
    )


@fault("grows-jar", "each refused attempt leaves a cookie of a new name", "AUT-08")
def grows_jar(parts: Parts) -> None:
    """Give every refusal a state cookie of its own."""

    def edit(response: Response, _: Request) -> Response:
        if response.status not in (302, 401):
            return response
        cookie = f"authentik_csrf_{secrets.token_hex(8)}={secrets.token_hex(32)}; Path=/"
        return response.with_fields((b"Set-Cookie", cookie.encode()))

    parts.own.append(edit)


class NarrowCookie(SessionCookie):
    """Is sent to the login endpoints only."""

    path = PREFIX


@fault("cookie-path-narrow", "the session cookie's Path does not cover the streams", "COO-07")
def cookie_path_narrow(parts: Parts) -> None:
    """Narrow the path."""
    parts.exchange(cookie=NarrowCookie)


@fault("small-header-buffers", "a request head of more than 8 KiB is refused", "COO-04")
def small_header_buffers(parts: Parts) -> None:
    """Lower the limit to what many products have by default."""
    parts.set_quirks(max_head_bytes=8192)


@fault("shares-upstream", "a pooled connection goes on speaking for its first user", "SEC-08")
def shares_upstream(parts: Parts) -> None:
    """Send the cookies and the identity of the first user for all."""
    first: list[Fields] = []

    def is_personal(name: bytes) -> bool:
        return name.lower() == b"cookie" or is_identity(name)

    def edit(outgoing: Request, context: Context) -> Request:
        if context.granted.session is None:
            return outgoing
        if not first:
            first.append(tuple(field for field in outgoing.fields if is_personal(field[0])))
        others = [field for field in outgoing.fields if not is_personal(field[0])]
        return replace(outgoing, fields=(*others, *first[0]))

    parts.requests.append(edit)
