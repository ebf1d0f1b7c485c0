"""What goes wrong in a soak, one thing after the other: each is over before the next begins."""

import asyncio
import dataclasses
import itertools
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from fixtures import garbage, malformed
from fixtures.actors import ProxyActor
from fixtures.client import Client
from fixtures.frames import raw_websocket
from fixtures.origin import OriginActor
from fixtures.way import Way
from proxy.errors import ProxyError
from proxyproof.origin import Origin
from proxyproof.origin.settings import TransportName
from proxyproof.wire.handshake import request
from tests.soak.ground import Ground, NoLogin
from tests.soak.traffic import MISHAPS

HELD = 0.3  # seconds for which a transport is withdrawn

Kind = Callable[[], Awaitable[object]]


class Troubles:
    """All kinds of trouble, of which each may be asked for again and again."""

    def __init__(self, ground: Ground, users: tuple[str, ...]) -> None:
        self._ground = ground
        self._users = itertools.cycle(users)
        self._numbers = itertools.count()
        deployment = ground.deployment
        self.kinds: Mapping[str, Kind] = {
            "streams cut off": ground.trouble.abort_streams,
            "proxy reloaded": ProxyActor(deployment.own_proxy()).reload,
            "session ended": self.end_session,
            "malformed requests": self.send_garbage,
            "websocket withdrawn": lambda: self.withdraw("websocket"),
            "outpost restarted": self.restart_outpost,
            "client that reads nothing": self.read_nothing,
            "event streams withdrawn": lambda: self.withdraw("sse"),
            "origin restarted": ground.trouble.restart,
        }

    async def befall(self, name: str) -> list[str]:
        """Let one kind of trouble happen; why it could not, which is a finding."""
        self._ground.count(f"trouble: {name}")
        try:
            await self.kinds[name]()
        except (*MISHAPS, ProxyError, NoLogin) as error:
            return [f"{name}: {error}"]
        return []

    async def end_session(self) -> None:
        """End the session of one listener after the other."""
        user = next(self._users)
        await self._ground.outpost.revoke(user)

    async def withdraw(self, transport: TransportName) -> None:
        """Withdraw a transport for a short time."""
        async with self._ground.without(), self._ground.trouble.withdrawn(transport):
            await asyncio.sleep(HELD)

    async def restart_outpost(self) -> None:
        """Kill the outpost, and start it again."""
        async with self._ground.without(), self._ground.outpost.killed():
            pass

    async def read_nothing(self) -> None:
        """Open a stream over each transport, and read nothing until the origin gives it up."""
        for opens in (self._silent_websocket, self._silent_event_stream):
            token = f"{self._ground.token}-{next(self._numbers)}"
            client = await self._ground.client("sleeper", token)
            actor = dataclasses.replace(self._ground.origin, token=token)
            loop = await actor.loop()
            await opens(client, actor, loop)
            await actor.thread.do(partial(_delete, loop))

    async def _silent_websocket(self, client: Client, origin: OriginActor, loop: str) -> None:
        async with raw_websocket(client, client.path("websocket", loop)) as connection:
            await origin.opened()
            await origin.overtax(loop)
            connection.drop()

    async def _silent_event_stream(self, client: Client, origin: OriginActor, loop: str) -> None:
        target = client.target(client.path("sse", loop))
        raw = request(target, client.way.authority, fields=client.identity)
        async with client.raw() as connection:
            await connection.send(raw)
            await origin.opened()
            await origin.overtax(loop)
            connection.drop()

    async def send_garbage(self) -> None:
        """Send what nobody should send: to the proxy, to the origin and to the outpost."""
        client = await self._ground.client("vandal")
        deployment = self._ground.deployment
        origin, outpost = deployment.origin.origin.port, self._ground.outpost.running.port
        for each in (client, _at(client, origin), _at(client, outpost)):
            await self._break_heads(each)
        for each in (client, _at(client, origin)):
            await self._break_frames(each)
        for kind in malformed.BROKEN:
            for broken in malformed.broken(client, kind).values():
                await self._ask(broken)

    async def _break_heads(self, client: Client) -> None:
        await garbage.provoked_by_heads(client)
        self._ground.count("malformed heads", len(garbage.HEADS))

    async def _break_frames(self, client: Client) -> None:
        await garbage.provoked_by_frames(client)
        self._ground.count("malformed frames", len(garbage.FRAMES))

    async def _ask(self, client: Client) -> None:
        fields = [*client.identity, *client.fields]
        raw = request(client.target("/api/whoami"), client.way.authority, fields=fields)
        try:
            async with client.raw() as connection:
                await connection.send(raw)
                await connection.read_head()
                connection.drop()
        except MISHAPS:  # no answer is an answer, too
            self._ground.count("malformed fields without an answer")
        self._ground.count("malformed fields")


def _delete(loop: str, origin: Origin) -> None:
    origin.loops.delete(loop)


def _at(client: Client, port: int) -> Client:
    """The same client at a port of ours, where no proxy stands before it."""
    way = Way(f"http://127.0.0.1:{port}", ("127.0.0.1", port), None)
    return dataclasses.replace(client, way=way)
