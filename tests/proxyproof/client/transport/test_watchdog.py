import asyncio

import pytest

from proxyproof.client.transport.watchdog import Silence, Watchdog


async def test_silence_is_noticed() -> None:
    with pytest.raises(Silence, match=r"nothing came for 0\.01 s"):
        await Watchdog(0.01).watch(asyncio.Event().wait())


async def test_piece_of_the_stream_is_handed_on() -> None:
    assert await Watchdog(5.0).watch(asyncio.sleep(0, "piece")) == "piece"


async def test_sign_of_life_prolongs_the_patience() -> None:
    watchdog = Watchdog(0.2)
    loop = asyncio.get_running_loop()
    start = loop.time()
    loop.call_later(0.15, watchdog.feed)

    with pytest.raises(Silence):
        await watchdog.watch(asyncio.Event().wait())

    assert loop.time() - start >= 0.34


async def test_no_limit_means_no_limit() -> None:
    watchdog = Watchdog(None)
    gate = asyncio.Event()
    asyncio.get_running_loop().call_soon(watchdog.feed)
    asyncio.get_running_loop().call_soon(gate.set)

    assert await watchdog.watch(gate.wait())


async def test_sign_of_life_while_nobody_listens_is_harmless() -> None:
    Watchdog(1.0).feed()


async def test_timeout_of_another_is_no_silence() -> None:
    async def times_out() -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await Watchdog(5.0).watch(times_out())
