import pytest

from tests.proxyproof.origin.drive import (
    serving,
    websocket,
)


async def test_a_ping_command_is_answered() -> None:
    async with serving() as origin, websocket(origin) as ws:
        await ws.next()
        await ws.say(type="ping")
        await ws.say(type="ping", nonce="7")

        assert await ws.take(2) == [{"type": "pong"}, {"type": "pong", "nonce": "7"}]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ('{"type":"explode"}', "unknown-command"),
        ('{"type":7}', "unknown-command"),
        ("{}", "unknown-command"),
        ("[]", "malformed-command"),
        ("not json", "malformed-command"),
        ("[" * 10000, "malformed-command"),
        (b"{}", "malformed-command"),
        ('{"type":"ping","nonce":"\\ud800"}', "malformed-command"),
        ('{"type":"ping","nonce":1}', "malformed-command"),
        ('{"type":"subscribe"}', "malformed-filter"),
        ('{"type":"subscribe","loopId":""}', "empty-filter"),
        ('{"type":"subscribe","loopId":"nobody"}', "unknown-loop"),
        ('{"type":"unsubscribe","loopId":"nobody"}', "not-subscribed"),
    ],
)
async def test_a_command_that_is_no_good_gets_an_error_and_the_stream_goes_on(
    message: str | bytes, reason: str
) -> None:
    async with serving() as origin, websocket(origin) as ws:
        await ws.next()
        await ws.connection.send(message)
        await ws.say(type="ping")
        error, pong = await ws.take(2)

        assert (error["type"], error["reason"]) == ("error", reason)
        assert pong == {"type": "pong"}


async def test_a_subscription_adds_a_loop_and_its_end_takes_it_away() -> None:
    async with serving() as origin:
        origin.loops.create("a")
        origin.loops.create("b")
        async with websocket(origin, "/api/ws?loopId=a") as ws:
            await ws.next()
            await ws.say(type="subscribe", loopId="b")
            subscribed = await ws.next()
            first, second = origin.loops.act("a", "log"), origin.loops.act("b", "log")
            both = await ws.take(2)
            await ws.say(type="unsubscribe", loopId="a")
            unsubscribed = await ws.next()
            origin.loops.act("a", "log")
            third = origin.loops.act("b", "log")
            last = await ws.next()

            assert subscribed == {
                "type": "subscribed",
                "loopId": "b",
                "loopIds": ["a", "b"],
                "after": str(origin.log.start).replace("-0", "-2"),
            }
            assert [event["id"] for event in both] == [str(first.id), str(second.id)]
            assert unsubscribed["loopIds"] == ["b"]
            assert last["id"] == str(third.id)


async def test_a_stream_without_a_filter_stays_so() -> None:
    async with serving() as origin:
        origin.loops.create("a")
        async with websocket(origin) as ws:
            await ws.next()
            await ws.say(type="subscribe", loopId="a")

            assert (await ws.next())["loopIds"] is None


async def test_a_confirmation_from_an_empty_log_knows_no_id() -> None:
    async with serving() as origin:
        origin.loops.create("a")
        origin.forget()
        async with websocket(origin) as ws:
            await ws.next()
            await ws.say(type="subscribe", loopId="a")

            assert (await ws.next())["after"] is None
