import pytest

from tests.proxyproof.origin.drive import event_source, opened, serving, websocket


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (None, [3, 4, 5, 6]),
        ("never-resumes", [6]),
        ("skips-on-resume", [4, 5, 6]),
        ("duplicates-on-resume", [2, 3, 4, 5, 6]),
        ("redelivers-on-switch", [3, 4, 5, 5, 6]),
        ("silent-gap", [3, 4, 5, 6]),
        ("frozen-epoch", [3, 4, 5, 6]),
    ],
)
@pytest.mark.parametrize("page", [2, 100])
async def test_each_fault_resumes_as_its_name_says(
    fault: str | None, page: int, expected: list[int]
) -> None:
    async with serving(*([fault] if fault else []), page=page) as origin:
        for _ in range(5):
            origin.emitter.publish("server.error")
        epoch = origin.log.start.epoch
        async with event_source(origin, f"/api/events?lastEventId={epoch}-2") as stream:
            await opened(origin)
            origin.emitter.publish("server.error")
            events = await stream.take(len(expected))

            assert [event["id"] for event in events] == [f"{epoch}-{n}" for n in expected]


@pytest.mark.parametrize("fault", ["skips-on-resume", "redelivers-on-switch"])
async def test_with_nothing_missed_there_is_nothing_wrong(fault: str) -> None:
    async with serving(fault) as origin:
        known = origin.emitter.publish("server.error")
        async with websocket(origin, f"/api/ws?lastEventId={known.id}") as ws:
            await ws.next()
            event = origin.emitter.publish("server.error")

            assert (await ws.next())["id"] == str(event.id)


async def test_duplicates_on_resume_still_announces_gaps() -> None:
    async with (
        serving("duplicates-on-resume") as origin,
        websocket(origin, "/api/ws?lastEventId=nonsense") as ws,
    ):
        await ws.next()

        assert (await ws.next())["type"] == "gap"


@pytest.mark.parametrize("kept", [1, 2])
async def test_duplicates_on_resume_cannot_repeat_what_is_not_kept(kept: int) -> None:
    async with serving("duplicates-on-resume", log_capacity=kept) as origin:
        first = origin.emitter.publish("server.error")
        second = origin.emitter.publish("server.error")
        async with websocket(origin, f"/api/ws?lastEventId={first.id}") as ws:
            await ws.next()

            expected = second.id if kept == 1 else first.id
            assert (await ws.next())["id"] == str(expected)


@pytest.mark.parametrize("id_text", ["nonsense", "zzzz-1"])
async def test_silent_gap_says_nothing(id_text: str) -> None:
    async with (
        serving("silent-gap") as origin,
        websocket(origin, f"/api/ws?lastEventId={id_text}") as ws,
    ):
        await ws.next()
        origin.emitter.publish("server.error")

        assert (await ws.next())["type"] == "server.error"


async def test_frozen_epoch_takes_old_ids_for_new_ones() -> None:
    async with serving("frozen-epoch") as origin:
        known = origin.emitter.publish("server.error")
        origin.forget()
        for _ in range(2):
            origin.emitter.publish("server.error")
        async with websocket(origin, f"/api/ws?lastEventId={known.id}") as ws:
            assert (await ws.next())["resumed"] is True
            assert (await ws.next())["id"] == "e0-2"
