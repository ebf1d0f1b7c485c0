"""Relays in containers: each is where a user's configuration expects a server, and leads on to it.

A name is a name of the run's network and not an entry in a hosts file, because nginx's `resolver`
and its like ask the network; each has a relay of its own, for two names may have the same port.
What the configuration looks for on its own machine is relayed from there: the relay holds the
network that the product joins, as in a pod, and so outlives a restart of the product.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import docker
from docker.errors import NotFound
from docker.models.containers import Container
from docker.types import EndpointConfig

from proxy.errors import StartFailed
from proxy.ready import Patience
from proxy.running import tail
from proxy.runtime import Lead

OLDEST = "1.22"  # the version of the engine's interface from which on networks have names
ANYWHERE = "0.0.0.0"  # inside a container: who may connect is decided by the published ports
MODULE = "proxyproof.wire.relay"
RELAYING = b"relaying"
LOOPBACK = ("127.0.0.1", "[::1]")
WITH_IPV6 = {"net.ipv6.conf.lo.disable_ipv6": "0"}  # a product may try ::1 first, and only that


@dataclass
class Relays:
    """The relays of one program.

    Attributes:
        client: of the engine.
        image: that has the relay.
        network: the name of the run's network.
        name: how the names of their containers begin.
        labels: what they carry.
        patience: how long they are waited for.
    """

    client: docker.DockerClient
    image: str
    network: str
    name: str
    labels: dict[str, str]
    patience: Patience
    _started: list[Container] = field(default_factory=list, init=False)

    def start(self, leads: Sequence[Lead], networked: dict[str, Any]) -> dict[str, Any]:
        """Lead names on; return how the product is joined to the network, if not as was said."""
        for lead in leads:
            if not lead.is_local:
                self._start([(ANYWHERE, lead)], self._named(lead.host))
        own = [(address, lead) for lead in leads if lead.is_local for address in _of(lead.host)]
        if not own:
            return networked
        pod = self._start(own, {**networked, "sysctls": {**networked["sysctls"], **WITH_IPV6}})
        return {"network_mode": f"container:{pod.id}"}

    def remove(self) -> None:
        """Remove them."""
        for each in reversed(self._started):
            try:
                each.remove(force=True, v=True)
            except NotFound:
                continue
        self._started.clear()

    def _named(self, host: str) -> dict[str, Any]:
        alias = EndpointConfig(OLDEST, aliases=[host])
        return {"network": self.network, "networking_config": {self.network: alias}}

    def _start(self, leads: Sequence[tuple[str, Lead]], options: dict[str, Any]) -> Container:
        routes = [f"{address}:{lead.port}={lead.target}" for address, lead in leads]
        made = self.client.containers.create(
            self.image,
            entrypoint=["python3"],
            command=["-m", MODULE, *routes],
            name=f"{self.name}-relay-{len(self._started) + 1}",
            labels=self.labels,
            **options,
        )
        self._started.append(made)
        made.start()
        _await(made, self.patience)
        return made


def _of(host: str) -> Sequence[str]:
    return LOOPBACK if host == "localhost" else LOOPBACK[:1]


def _await(relay: Container, patience: Patience) -> None:
    """Wait until it says that it listens."""
    deadline = time.monotonic() + patience.start
    while RELAYING not in (said := bytes(relay.logs())):
        relay.reload()
        if not relay.attrs["State"]["Running"] or time.monotonic() > deadline:
            raise StartFailed(f"a relay did not start:\n{tail(said.decode(errors='replace'))}")
        time.sleep(patience.interval)
