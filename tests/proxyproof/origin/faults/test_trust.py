import pytest

from tests.proxyproof.origin.drive import UPGRADE, opened, raw, serving, websocket

BARE = b"\x89\x00"  # a ping without a mask
PROTOCOL_ERROR = b"\x88\x02\x03\xea"  # close, 1002


@pytest.mark.parametrize(("faults", "spared"), [((), True), (("crashes-on-garbage",), False)])
async def test_a_frame_that_cannot_be_read_ends_the_streams_of_others(
    faults: tuple[str, ...], spared: bool
) -> None:
    async with (
        serving(*faults) as origin,
        websocket(origin) as bystander,
        await raw(origin, UPGRADE.format(target="/api/ws")) as connection,
    ):
        await bystander.next()
        await opened(origin, 2)
        connection.send(BARE)
        await connection.reader.readuntil(PROTOCOL_ERROR)
        if spared:
            await bystander.say(type="ping", nonce="well?")
            assert (await bystander.next())["type"] == "pong"
        else:
            assert (await bystander.ended())[0] == 1006


async def test_a_client_that_leaves_ends_nothing_else() -> None:
    async with (
        serving("crashes-on-garbage") as origin,
        websocket(origin) as bystander,
        await raw(origin, UPGRADE.format(target="/api/ws?case=t")) as connection,
    ):
        await bystander.next()
        await opened(origin, token="t")
        connection.writer.transport.abort()
        await origin.ledger.of("t").until(lambda case: bool(case.closed), 5.0)
        await bystander.say(type="ping", nonce="well?")

        assert (await bystander.next())["type"] == "pong"


@pytest.mark.parametrize(
    ("faults", "answer"), [((), PROTOCOL_ERROR), (("forgives-garbage",), b"\x8a\x00")]
)
async def test_a_frame_without_a_mask_is_answered(faults: tuple[str, ...], answer: bytes) -> None:
    async with (
        serving(*faults) as origin,
        await raw(origin, UPGRADE.format(target="/api/ws")) as connection,
    ):
        connection.send(BARE)
        data = await connection.reader.readuntil(answer)

    assert (PROTOCOL_ERROR in data) is not bool(faults)
