"""The container engine: who answers, how it is reached, and what of a run is on it.

Its client is imported where it is used: most runs have processes only, and it brings a whole HTTP
library along.
"""

import contextlib
import gc
import ipaddress
import socket
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from proxy.errors import RuntimeUnavailable
from proxy.runtime import Reach

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.networks import Network

LABEL = "proxyproof.run"
HOST_NAME = "host.docker.internal"
TIMEOUT = 120


def engine() -> "DockerClient":
    """Return a client of the engine that the environment names.

    Raises:
        RuntimeUnavailable: none answers.
    """
    import docker  # noqa: PLC0415

    try:
        client = docker.from_env(timeout=TIMEOUT)
        client.ping()
    except docker.errors.DockerException as error:
        reason = str(error)
    else:
        return client
    with warnings.catch_warnings():
        # The library leaves the socket open with which it found nobody: it ends here, in no case.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
    raise RuntimeUnavailable(
        f"no container engine answers ({reason}): start Docker, or pass --runtime process"
    )


def answers() -> bool:
    """Return whether an engine answers."""
    try:
        engine().close()
    except RuntimeUnavailable:
        return False
    return True


def reach(network: "Network") -> Reach:
    """Return how harness and containers on this network reach each other."""
    config: dict[str, Any] = network.attrs["IPAM"]["Config"][0]
    gateway, subnet = ipaddress.ip_address(config["Gateway"]), str(config["Subnet"])
    if not _is_here(str(gateway)):
        # The engine is in a virtual machine (Docker Desktop): the name leads to our loopback.
        here = ("127.0.0.0/8", subnet)
        return Reach("127.0.0.1", HOST_NAME, here, client="", edges=subnet)
    peers = tuple(_without(subnet, gateway))
    # The gateway too: a published port may be reached by way of it.
    return Reach(str(gateway), str(gateway), peers, client=str(gateway), edges=subnet)


def _is_here(address: str) -> bool:
    with contextlib.closing(socket.socket()) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


def _without(subnet: str, gateway: ipaddress.IPv4Address | ipaddress.IPv6Address) -> Iterator[str]:
    # The harness itself connects from the gateway: it is a stranger to the origin, not a proxy.
    whole, alone = ipaddress.IPv4Network(subnet), ipaddress.IPv4Network(f"{gateway}/32")
    yield from map(str, whole.address_exclude(alone))


def sweep(client: "DockerClient", run_id: str) -> tuple[list[str], list[str]]:
    """Remove the containers and networks that carry the id of a run; return their names."""
    from docker.errors import APIError  # noqa: PLC0415

    wanted: dict[str, str | list[str] | bool] = {"label": f"{LABEL}={run_id}"}
    containers = client.containers.list(all=True, filters=wanted)
    for container in containers:
        with contextlib.suppress(APIError):  # it is being removed already
            container.remove(force=True, v=True)
    networks = client.networks.list(filters=wanted)
    for network in networks:
        with contextlib.suppress(APIError):
            network.remove()
    return [str(each.name) for each in containers], [str(each.name) for each in networks]
