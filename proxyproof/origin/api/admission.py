"""What is decided about a stream request before it is accepted."""

from proxyproof.origin.core import Core
from proxyproof.origin.gate.filter import check_filter
from proxyproof.origin.head import RequestHead
from proxyproof.origin.problem import Problem
from proxyproof.origin.script import Script
from proxyproof.origin.settings import TransportName
from proxyproof.origin.stream.stream import Seat


async def scripted(core: Core, head: RequestHead, name: TransportName) -> Script:
    """The script of a request, after it had its say.

    Raises:
        Problem: It refuses.
    """
    script = core.scripts.find(head.token)
    if script.concerns(name):
        if script.hold_upgrade is not None:
            await script.hold_upgrade.wait()
        if script.refuse is not None:
            fields = core.parts.fields(script.fields)
            raise Problem(script.refuse, "refused", script.detail, fields)
    return script


async def admit_websocket(core: Core, head: RequestHead) -> Seat:
    """Decide about an upgrade.

    Raises:
        Problem: It is refused, before any 101.
    """
    script = await scripted(core, head, "websocket")
    core.transports.check("websocket")
    core.parts.check_handshake(head)
    check_page(core, head)
    loop_id = core.parts.read_filter(head)
    last_id = next(iter(head.parameters("lastEventId")), None)
    return seat(core, head, script, loop_id, last_id)


async def admit_event_stream(core: Core, head: RequestHead, path_loop_id: str | None) -> Seat:
    """Decide about an event stream; the loop in the path is its filter.

    Raises:
        Problem: It is refused.
    """
    script = await scripted(core, head, "sse")
    core.transports.check("sse")
    if len(core.streams) >= core.settings.max_clients:
        raise Problem(503, "too-many-clients", "too many streams are open", [("Retry-After", "5")])
    loop_id = core.parts.read_filter(head) if path_loop_id is None else check_filter(path_loop_id)
    # A browser keeps the query of its first request but adds the field with its newest id.
    last_id = head.first("Last-Event-ID")
    if last_id is None:
        last_id = next(iter(head.parameters("lastEventId")), None)
    return seat(core, head, script, loop_id, last_id)


def check_page(core: Core, head: RequestHead) -> None:
    """Refuse an upgrade that a foreign page asks for.

    Raises:
        Problem: 403 (RFC 6455 section 4.2.2).
    """
    allowed = core.settings.allowed_origins
    if not core.parts.allows_page(head, allowed, trusted=core.trusts(head)):
        raise Problem(403, "foreign-origin", "pages of this origin may not open a stream")


def seat(
    core: Core, head: RequestHead, script: Script, loop_id: str | None, last_id: str | None
) -> Seat:
    """The seat of a stream.

    Raises:
        Problem: 404, there is no such loop, or the user may not know of it.
    """
    user = core.user(head)
    if loop_id is not None and core.loops.find(loop_id, user) is None:
        raise Problem(404, "unknown-loop", f"there is no loop {loop_id!r}")
    loops = None if loop_id is None else frozenset({loop_id})
    return Seat(head, script, core.parts.selection(loops, user), last_id)
