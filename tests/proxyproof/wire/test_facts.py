import asyncio

from proxyproof.wire.facts import Facts


async def test_a_fact_that_holds_is_not_waited_for() -> None:
    await Facts().until(lambda: True)


async def test_every_waiter_looks_again_when_something_changed() -> None:
    facts = Facts()
    seen: list[int] = []
    first = asyncio.create_task(facts.until(lambda: len(seen) >= 1))
    second = asyncio.create_task(facts.until(lambda: len(seen) >= 2))
    await asyncio.sleep(0)  # both wait now
    seen.append(1)
    facts.changed()
    await first
    second_waits = not second.done()
    seen.append(2)
    facts.changed()
    await second

    assert second_waits
