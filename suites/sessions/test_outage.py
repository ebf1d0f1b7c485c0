"""The gate restarts, is away, and is asked again by whole fleets: streams and sessions last.

An open stream asks nobody. A new one asks a gate that may not answer, and must not be let in then.
"""

from fixtures.actors import OutpostActor, Users
from fixtures.asking import answers_to
from fixtures.fleet import one_a_transport
from fixtures.origin import OriginActor
from fixtures.outage import Outage
from proxy.model import Feature
from suites.admission import expect_let_in
from suites.expect import expect_one_story
from suites.requirement import OUTPOST, PROXY, needs, practice

AGAIN = 3  # times that a client comes back


@needs(Feature.OUTPOST)
@practice(
    "the gate is updated, and every user of every application has to log in again",
    watches=(PROXY, OUTPOST),
    kills=("sessions-in-memory",),
    field=("AUT-12",),
)
async def test_outpost_restart_keeps_streams_and_sessions(
    users: Users, origin: OriginActor, outpost: OutpostActor
) -> None:
    """A restart of the gate costs nobody a session, and no client an event."""
    client = await users.client("alice")
    loop = await origin.loop()
    async with one_a_transport(client, loop) as clients:
        before = await origin.publish(loop)
        await clients.events_until(before.id)
        await outpost.restart()
        after = await origin.publish(loop)
        await clients.events_until(after.id)

    expect_one_story(clients.received, [before, after])
    expect_let_in(await answers_to(client))


@needs(Feature.SEPARATE_GATE)
@practice(
    "a gate that is away for a moment must not be an open door, nor a door that is shut for good",
    watches=PROXY,
    kills=("failure-mode-allow",),
    field=("AUT-10", "AUT-13"),
)
async def test_outpost_down_fails_closed(users: Users, origin: OriginActor, outage: Outage) -> None:
    """While the gate is down open streams go on, and new ones are refused as for an outage."""
    client = await users.client("alice")
    loop = await origin.loop()
    async with one_a_transport(client, loop) as clients, outage.of_the_gate(client):
        refused = await answers_to(client.patient())
        during = await origin.publish(loop)
        await clients.events_until(during.id)

    assert {status // 100 for status in refused.values()} == {5}, f"answered {refused}"
    assert [one.connections for one in clients.clients] == [1, 1]
    expect_let_in(await answers_to(client))


@needs(Feature.OUTPOST)
@practice(
    "a store that grows with each attempt is full in the morning, and then nobody can log in",
    watches=(PROXY, OUTPOST),
    kills=("session-per-request",),
    field=("AUT-08", "AUT-12"),
)
async def test_reconnects_do_not_fill_the_session_store(
    users: Users, outpost: OutpostActor, outage: Outage
) -> None:
    """The gate keeps no session more however often clients come back, with a session or without."""
    client = await users.client("alice")
    before = await outpost.sessions()
    await outage.comes_back(client, AGAIN)
    known = await outpost.sessions()
    await outage.is_refused(client.anonymous(), AGAIN)
    unknown = await outpost.sessions()

    assert [before["total"], known["total"], unknown["total"]] == [before["total"]] * 3
