from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import pytest

from proxyproof.relay import FaultyRelay
from proxyproof.relay.parts import Parts
from tests.proxyproof.outpost.application import Application
from tests.proxyproof.outpost.conftest import application, scripted
from tests.proxyproof.relay.hop import Hop, Relayed

__all__ = ["application", "scripted"]


@pytest.fixture
async def relayed(application: Application) -> AsyncIterator[Relayed]:
    async with AsyncExitStack() as stack:

        async def start(*faults: str, target: str = "", **parts: float) -> Hop:
            where = urlsplit(target or application.url)
            assert where.hostname
            assert where.port
            relay = FaultyRelay((where.hostname, where.port), faults, Parts(**parts))  # type: ignore[arg-type]
            return Hop(await stack.enter_async_context(relay))

        yield start
