"""Reading an event stream (WHATWG HTML 9.2.6), however its bytes are cut on the way."""

import pytest

from fixtures.client import Client
from fixtures.origin import OriginActor
from fixtures.trouble import Trouble
from suites.requirement import CLIENT, must

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
LINES = (
    ": a comment",
    "id: 1",
    "data: grüße \N{SNOWMAN}\N{VARIATION SELECTOR-16} \N{PARTY POPPER}",
    "",
    "event: two-lines",
    "id:2",
    "data:no space",
    "data:  two spaces",
    "unknown: field",
    "",
    "id: 3",
    "",
    "data",
    "id: 4",
    "",
    "",
)
EVENTS = [
    ("message", "1", "grüße \N{SNOWMAN}\N{VARIATION SELECTOR-16} \N{PARTY POPPER}"),
    ("two-lines", "2", "no space\n two spaces"),
    ("message", "4", ""),
]


@must(
    "WHATWG HTML",
    "9.2.6",
    watches=CLIENT,
    kills=("splits-on-chunks",),
    field=("SSE-07", "SSE-08"),
)
@pytest.mark.parametrize("ending", ["\n", "\r", "\r\n"], ids=["lf", "cr", "crlf"])
async def test_event_stream_grammar_survives_any_chunking(
    client: Client, origin: OriginActor, trouble: Trouble, ending: str
) -> None:
    """A client reads the same events when they come byte by byte, whatever ends their lines."""
    origin.script.silent = True
    async with client.follow("sse") as stream:
        await origin.opened()
        await trouble.spell(BOM + "".join(line + ending for line in LINES))
        received = await stream.events(len(EVENTS))

    assert [(event.type, event.id, event.raw) for event in received] == EVENTS


@must("WHATWG HTML", "9.2.3", watches=CLIENT, kills=("ignores-retry",), field=("SSE-06",))
async def test_retry_field_is_honoured(client: Client, origin: OriginActor) -> None:
    """A client does not come back before the reconnection time that the stream has set."""
    origin.script.retry = 150
    async with client.follow("sse") as stream:
        await stream.reaches("open")
        await origin.opened()
        await origin.close_streams(1001)
        [ended] = await origin.closed()
        await origin.opened(2)
    [_, again] = await origin.heads()

    assert again.at - ended.at >= 0.150
