"""The close code and its reason (RFC 6455 7.4, 7.1.5 and 7.1.6), in both directions."""

import pytest

from fixtures.client import Client
from fixtures.origin import OriginActor
from suites.requirement import ORIGIN, PROXY, practice

POLICY = "clients decide by the close code whether to come back, and where: 1012, 4401, 4410"
CODES = [1000, 1001, 1008, 1011, 1012, 1013, 4401, 4999]
LONGEST = "no longer than a control frame can carry: " + "é" * 40 + "!"  # 123 bytes (RFC 6455 5.5)


@practice(
    POLICY,
    watches=(PROXY, ORIGIN),
    kills=("swallows-close-code", "no-close-code"),
    field=("CLS-01", "CLS-02"),
)
@pytest.mark.parametrize("reason", ["", LONGEST], ids=["empty", "longest"])
@pytest.mark.parametrize("code", CODES)
async def test_close_code_and_reason_cross_the_proxy(
    client: Client, origin: OriginActor, code: int, reason: str
) -> None:
    """The client sees the code and the reason with which the origin closed the WebSocket."""
    async with client.stream("websocket") as stream:
        await origin.opened()
        await origin.close_streams(code, reason)
        end = await stream.ended()

    assert (end.code, end.reason, end.clean) == (code, reason, True)


@practice(
    "an origin frees what a client has finished with, and keeps what it will come back for",
    watches=(PROXY, ORIGIN),
    kills=("swallows-close-code", "no-close-code"),
    field=("CLS-01",),
)
@pytest.mark.parametrize("reason", ["", LONGEST], ids=["empty", "longest"])
@pytest.mark.parametrize("code", CODES)
async def test_close_code_and_reason_reach_the_origin(
    client: Client, origin: OriginActor, code: int, reason: str
) -> None:
    """The origin sees the code and reason of the client's close, and its answer comes back."""
    async with client.stream("websocket") as stream:
        await origin.opened()
        await stream.connection.close(code, reason)
        end = await stream.ended()
    [closed] = await origin.closed()

    assert (closed.code, closed.reason, closed.by) == (code, reason, "client")
    assert (end.code, end.clean) == (code, True)
