import asyncio

from proxyproof.client.mailbox import Mailbox
from proxyproof.client.message import StreamEvent, read_event


def event(number: int) -> StreamEvent:
    return read_event(f'{{"id":"e-{number}"}}', 0.0)


async def test_events_leave_in_the_order_in_which_they_came() -> None:
    mailbox = Mailbox(5)
    for number in range(3):
        await mailbox.put(event(number))

    assert [await mailbox.get() for _ in range(3)] == [event(0), event(1), event(2)]


async def test_reader_waits_for_an_event() -> None:
    mailbox = Mailbox(5)
    reading = asyncio.create_task(mailbox.get())
    await asyncio.sleep(0)

    await mailbox.put(event(1))

    assert await reading == event(1)


async def test_full_mailbox_makes_the_writer_wait() -> None:
    mailbox = Mailbox(1)
    await mailbox.put(event(1))
    writing = asyncio.create_task(mailbox.put(event(2)))
    await asyncio.sleep(0)
    waited = not writing.done()

    taken = [await mailbox.get(), await mailbox.get()]

    assert waited
    assert taken == [event(1), event(2)]


async def test_cancelled_writer_has_added_nothing() -> None:
    mailbox = Mailbox(1)
    await mailbox.put(event(1))
    writing = asyncio.create_task(mailbox.put(event(2)))
    await asyncio.sleep(0)

    writing.cancel()
    await asyncio.wait([writing])
    mailbox.end()

    assert [await mailbox.get(), await mailbox.get()] == [event(1), None]


async def test_end_lets_the_reader_finish_first() -> None:
    mailbox = Mailbox(5)
    await mailbox.put(event(1))

    mailbox.end()

    assert [await mailbox.get(), await mailbox.get()] == [event(1), None]


async def test_discarding_end_is_at_once() -> None:
    mailbox = Mailbox(5)
    await mailbox.put(event(1))

    mailbox.end(discard=True)

    assert await mailbox.get() is None


async def test_end_wakes_a_waiting_reader() -> None:
    mailbox = Mailbox(5)
    reading = asyncio.create_task(mailbox.get())
    await asyncio.sleep(0)

    mailbox.end()

    assert await reading is None
