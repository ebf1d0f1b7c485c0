"""What happens to the heads on their way through: a list of small edits for each direction.

A request edit sees the request as it goes out so far and the context of the one that came in. The
order of fields, their spelling and their duplicates stay as they are unless an edit is about them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from proxyproof.outpost.forwarding import Forwarding
from proxyproof.outpost.gate import Granted
from proxyproof.outpost.identity import Identity, is_identity, is_legal, of_proxy
from proxyproof.outpost.profiles import Profile
from proxyproof.outpost.sessions.cookie import cookie_name, cookie_pairs
from proxyproof.outpost.settings import Settings
from proxyproof.outpost.transfer.message import (
    Field,
    Fields,
    Request,
    ResponseHead,
    tokens,
    without,
)

HOP_BY_HOP = frozenset(
    b"connection keep-alive proxy-connection proxy-authenticate proxy-authorization te trailer "
    b"transfer-encoding upgrade".split()
)
"""Removed in both directions (contract 3.3, RFC 9110 7.6.1)."""

NEVER_NOMINATED = frozenset((b"host", b"content-length"))
"""Fields that a message cannot do without, whatever its Connection field says."""


@dataclass(frozen=True)
class Context:
    """One request on its way: as it came, as the gate judged it, and whether it is an upgrade."""

    request: Request
    granted: Granted
    upgrade: bool = False


RequestEdit = Callable[[Request, Context], Request]
ResponseEdit = Callable[[ResponseHead, Context], ResponseHead]


def request_edits(settings: Settings) -> list[RequestEdit]:
    """Return the edits of a good outpost towards the upstream, in order."""
    profile = settings.profile
    forwarding = Forwarding(profile.forwarding, settings.trusted_proxies)
    identity = Identity(settings)

    def tell_forwarded(outgoing: Request, context: Context) -> Request:
        return replace(outgoing, fields=forwarding.fields(context.request, outgoing.fields))

    def tell_identity(outgoing: Request, context: Context) -> Request:
        return with_identity(outgoing, context, identity, profile)

    def keep_framing(outgoing: Request, context: Context) -> Request:
        return replace(outgoing, fields=framed(outgoing.fields, context.request.fields))

    def drop_hop_by_hop(outgoing: Request, context: Context) -> Request:
        fields = end_to_end(outgoing.fields, profile, keep_upgrade=context.upgrade)
        return replace(outgoing, fields=fields)

    edits: list[RequestEdit] = [drop_hop_by_hop, keep_framing, tell_forwarded]
    edits += [override_host, drop_spent_authorization, tell_identity]
    if profile.drops_underscored:
        edits.append(drop_underscored)
    if profile.strips_session_cookie:
        name = cookie_name(settings.client_id)
        edits.append(lambda outgoing, _: with_cookies(outgoing, lambda pair: pair[0] != name))
    return edits


def response_edits(profile: Profile) -> list[ResponseEdit]:
    """Return the edits of a good outpost towards the client, in order."""

    def drop_hop_by_hop(head: ResponseHead, _: Context) -> ResponseHead:
        fields = end_to_end(head.fields, profile, keep_upgrade=head.status == 101)
        if tokens(head.fields, b"transfer-encoding"):
            fields = without(fields, b"content-length")  # RFC 9112 6.3
        return replace(head, fields=fields)

    def add_our_own(head: ResponseHead, context: Context) -> ResponseHead:
        powered = (b"X-Powered-By", profile.powered_by.encode())
        return replace(head, fields=(*head.fields, *context.granted.set_cookie, powered))

    return [drop_hop_by_hop, add_our_own]


def end_to_end(fields: Fields, profile: Profile, *, keep_upgrade: bool) -> Fields:
    """Return the fields that are not for this connection alone.

    An upgrade keeps its Upgrade field as it is and a Connection field that names just that.
    """
    nominated = {token.encode("latin-1") for token in tokens(fields, b"connection")}
    nominated = set() if profile.nominated_fields_leak else nominated - NEVER_NOMINATED
    dropped = HOP_BY_HOP | nominated
    kept = [
        _upgrading(field) if keep_upgrade else field
        for field in fields
        if field[0].lower() not in dropped
        or (keep_upgrade and field[0].lower() in (b"connection", b"upgrade"))
        or (field[0].lower() == b"te" and field[1].lower() == b"trailers")
    ]
    return tuple(kept)


def _upgrading(field: Field) -> Field:
    return (field[0], b"Upgrade") if field[0].lower() == b"connection" else field


def framed(fields: Fields, received: Fields) -> Fields:
    """Return the fields with the framing of the body that came (RFC 9112 6.1).

    Expect has been answered here already, so it goes no further.
    """
    fields = without(fields, b"expect")
    if "chunked" not in tokens(received, b"transfer-encoding"):
        return fields
    return (*without(fields, b"content-length"), (b"Transfer-Encoding", b"chunked"))


def drop_spent_authorization(outgoing: Request, context: Context) -> Request:
    """Keep credentials that were for the outpost from the application (contract 5.2)."""
    if not context.granted.spent_authorization:
        return outgoing
    return replace(outgoing, fields=without(outgoing.fields, b"authorization"))


def override_host(outgoing: Request, context: Context) -> Request:
    """Give the application the Host that the claims of the user ask for (contract 3.3)."""
    session = context.granted.session
    host = of_proxy(session.claims, "host_header") if session is not None else None
    if not isinstance(host, str) or not host or not is_legal("Host", host):
        return outgoing
    told = (b"Host", host.encode())
    fields = tuple(told if field[0].lower() == b"host" else field for field in outgoing.fields)
    return replace(outgoing, fields=fields)


def drop_underscored(outgoing: Request, _: Context) -> Request:
    """Drop every field with an underscore in its name, as newer Go does (contract 3.2)."""
    kept = tuple(field for field in outgoing.fields if b"_" not in field[0])
    return replace(outgoing, fields=kept)


def with_identity(
    outgoing: Request, context: Context, identity: Identity, profile: Profile
) -> Request:
    """Replace whatever identity the client claims by the one that it has.

    Without a session, on an allowlisted path, the real outposts strip nothing (contract 3.2).
    """
    session = context.granted.session
    if session is None and not profile.allowlist_strips_identity:
        return outgoing
    told = identity.fields(session) if session is not None else ()
    names = {name.lower() for name, _ in told}
    kept = [
        field
        for field in outgoing.fields
        if not is_identity(field[0]) and field[0].lower() not in names
    ]
    return replace(outgoing, fields=(*kept, *told))


def with_cookies(outgoing: Request, keep: Callable[[tuple[str, str]], bool]) -> Request:
    """Return the request with only those cookies for which `keep` holds, in one field."""
    pairs = list(cookie_pairs(outgoing.fields))
    kept = [pair for pair in pairs if keep(pair)]
    if len(kept) == len(pairs):
        return outgoing
    return replace(outgoing, fields=with_cookie_field(outgoing.fields, kept))


def with_cookie_field(fields: Fields, pairs: Iterable[tuple[str, str]]) -> Fields:
    """Return the fields with one Cookie field of these pairs, or none if there are none."""
    value = "; ".join("=".join(pair) for pair in pairs).encode("latin-1")
    return (*without(fields, b"cookie"), *(((b"Cookie", value),) if value else ()))
