"""The vocabulary of promises about streams that end with their session."""

import json
from collections.abc import Mapping, Sequence

import pytest
from websockets.exceptions import ConnectionClosed

from fixtures.session_end import Fate
from fixtures.streams import Stream
from fixtures.vocabulary import Closed, Sent

SESSION_ENDED = 4401


def expect_ended(fates: Sequence[Fate]) -> None:
    """Each stream ended, and was told that its session has."""
    told = {fate.stream: fate.code for fate in fates}
    assert set(told.values()) == {SESSION_ENDED}, f"expected {SESSION_ENDED} for each, got {told}"


async def expect_nothing_more(
    streams: Mapping[str, Stream], sent: Sequence[Sent], closed: Sequence[Closed]
) -> None:
    """The streams have ended for both sides: no event was sent after, and none can be said."""
    ends = {one.stream: one.at for one in closed}
    late = [one for one in sent if one.at > ends.get(one.stream, one.at)]
    assert len(ends) >= len(streams), f"{len(ends)} streams ended of {len(streams)}"
    assert not late, f"{len(late)} events were sent to streams that had ended: {late[:3]}"
    for stream in streams.values():
        if stream.transport == "websocket":
            with pytest.raises(ConnectionClosed):
                await stream.connection.send(json.dumps({"type": "ping"}))
