"""Mistakes in stopping, and in not stopping."""

import asyncio
from dataclasses import replace

from proxyproof.client.faults.model import Fault
from proxyproof.client.recovery.rules import Meaning, judge
from proxyproof.client.supervisor import Supervisor
from proxyproof.client.transport.ending import Cause, Ending

# A task that nothing refers to may be collected while it runs.
_unstopped: set[asyncio.Task[None]] = set()


class ReconnectsAfterClose(Supervisor):
    """Takes the close that it was told to make for one more loss.

    What it leaves running ends with the event loop.
    """

    async def run(self) -> None:
        """Keep the stream, also when told to stop."""
        try:
            await super().run()
        except asyncio.CancelledError:
            again = asyncio.create_task(super().run())
            _unstopped.add(again)
            again.add_done_callback(_unstopped.discard)
            raise


def loops_on_401(ending: Ending) -> Meaning:
    """Take "log in" for an outage."""
    meaning = judge(ending)
    if meaning in (Meaning.UNAUTHORIZED, Meaning.FORBIDDEN):
        return Meaning.TEMPORARY
    return meaning


def dies_on_5xx(ending: Ending) -> Meaning:
    """Take an outage for the end."""
    if ending.cause is Cause.REFUSED and (ending.status or 0) >= 500:
        return Meaning.FINAL
    return judge(ending)


def never_reconnects(ending: Ending) -> Meaning:
    """Take each end for the last."""
    return Meaning.FINAL


FAULTS = (
    Fault(
        "reconnects-after-close",
        "the close that the user asked for schedules a reconnection",
        "REC-07: stale close handlers (chalie#1841)",
        lambda parts: replace(parts, supervisor=ReconnectsAfterClose),
    ),
    Fault(
        "loops-on-401",
        "a refusal for want of a session is tried again for ever, without a word to the user",
        "REV-04: open-webui#8805, home-assistant/frontend#110",
        lambda parts: replace(parts, judge=loops_on_401),
    ),
    Fault(
        "dies-on-5xx",
        "one 502 during a deployment ends the stream for good",
        "SSE-01: commontoolsinc/labs#5390, Yaffle/EventSource#88",
        lambda parts: replace(parts, judge=dies_on_5xx),
    ),
    Fault(
        "never-reconnects",
        "the first loss ends the stream",
        "FLB-01: aspnetcore#20500 (no automatic reconnection by default)",
        lambda parts: replace(parts, judge=never_reconnects),
    ),
)
