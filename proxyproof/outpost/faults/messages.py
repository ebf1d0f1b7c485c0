"""Faults in the messages of a stream, declared: the tunnels that commit them are in `frames`."""

from collections.abc import AsyncIterator

from proxyproof.outpost.faults import frames
from proxyproof.outpost.faults.model import fault
from proxyproof.outpost.parts import Parts
from proxyproof.outpost.relay import Body
from proxyproof.outpost.transfer.message import ResponseHead


@fault("swallows-close-code", "close code and reason are lost", "CLS-01")
def swallows_close_code(parts: Parts) -> None:
    """Empty the close frames."""
    parts.exchange(tunnel=frames.SwallowsCloseCode)


@fault("drops-pings", "pings do not reach the peer", "CLS-03")
def drops_pings(parts: Parts) -> None:
    """Drop them."""
    parts.exchange(tunnel=frames.DropsPings)


@fault("answers-pings", "pings are answered in the peer's place", "CLS-03")
def answers_pings(parts: Parts) -> None:
    """Answer them."""
    parts.exchange(tunnel=frames.AnswersPings)


@fault("alters-opcode", "text messages arrive as binary ones", "FRM-05")
def alters_opcode(parts: Parts) -> None:
    """Alter the opcode."""
    parts.exchange(tunnel=frames.AltersOpcode)


@fault("reorders-fragments", "the fragments of a message arrive in another order", "FRM-03")
def reorders_fragments(parts: Parts) -> None:
    """Swap fragments."""
    parts.exchange(tunnel=frames.ReordersFragments)


async def _truncated(body: Body, _: ResponseHead) -> AsyncIterator[bytes]:
    async for data in body:
        yield data[:4096]


@fault("truncates-4k", "messages and parts of a body are cut at 4096 bytes", "FRM-01")
def truncates_4k(parts: Parts) -> None:
    """Cut frames and parts."""
    parts.exchange(tunnel=frames.TruncatesMessages)
    parts.bodies.append(_truncated)
