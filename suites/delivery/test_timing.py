"""How long events are on their way: the cases of this room measure, and say how near they came."""

from fixtures.beside import past_the_proxy
from fixtures.client import Client
from fixtures.deployment import Deployment
from fixtures.lag import expect_prompt, lags
from fixtures.margin import Margin
from fixtures.origin import OriginActor
from suites.requirement import ORIGIN, PROXY, over_both_transports, over_both_versions, practice

SHORTEST_TIMER = 0.035  # seconds: a delayed acknowledgement of TCP takes 40 ms, flush timers more
LATE = 0.5  # seconds: what people notice, and the least that the catalogue (0.3) calls late


@practice(
    "a timer that lets events go in groups is a stutter that everybody sees",
    watches=(PROXY, ORIGIN),
    kills=("coalesces-1s",),
    field=("BUF-06",),
)
@over_both_transports
@over_both_versions
async def test_events_are_not_batched_by_a_timer(
    client: Client, origin: OriginActor, margin: Margin, transport: str
) -> None:
    """No event waits for a timer: published one by one, they do not arrive in its rhythm."""
    loop = await origin.loop()
    async with client.stream(transport, loop=loop) as stream:
        await origin.opened()
        measured = await lags(origin, stream, loop, count=20)

    margin.note("typical wait of an event", measured.typical, SHORTEST_TIMER)
    expect_prompt(measured, SHORTEST_TIMER, "one by one, events arrive late")


@practice(
    "whoever puts a proxy in front wants to know what it costs",
    watches=(PROXY, ORIGIN),
    kills=("coalesces-1s",),
    field=("BUF-06",),
)
@over_both_transports
@over_both_versions
async def test_lag_is_reported(
    client: Client, origin: OriginActor, deployment: Deployment, margin: Margin, transport: str
) -> None:
    """No event takes as long as people notice; the report says how much of it the proxy adds."""
    loop = await origin.loop()
    direct = past_the_proxy(deployment, client)
    async with direct.stream(transport, loop=loop) as stream:
        control = await lags(origin, stream, loop, count=30)
    async with client.stream(transport, loop=loop) as stream:
        measured = await lags(origin, stream, loop, count=30)

    added = measured.beyond(control)
    margin.say(f"{measured}; past the proxy {control}; so it adds {added}")
    margin.note("typical wait of an event", measured.typical, LATE)
    expect_prompt(measured, LATE, "one by one, events arrive late")
