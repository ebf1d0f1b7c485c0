"""The container runtime: a program is a container on a network that belongs to the run."""

import contextlib
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import docker
from docker.errors import APIError, NotFound
from docker.models.containers import Container
from docker.models.networks import Network

from proxy.archives import FOLDER, NOBODY, laid, packed
from proxy.engine import HOST_NAME, LABEL, TIMEOUT, engine, reach, sweep
from proxy.errors import PortTaken, RuntimeUnavailable, StartFailed
from proxy.gates.outpost import OUTPOST
from proxy.images import ensure, fetch
from proxy.process_unit import OUTPUT
from proxy.program import Command, Program
from proxy.ready import Patience
from proxy.relays import ANYWHERE, Relays
from proxy.run import Run
from proxy.running import IN_USE
from proxy.runtime import Reach, Stage, Unit
from proxy.staging import arguments

# Else the kernel takes up to 32 MiB from the origin for a client that reads nothing: it is noticed
# late, and the idle timer may come first.
KEEPS_LITTLE = {
    "net.ipv4.tcp_rmem": "4096 131072 524288",
    "net.ipv4.tcp_wmem": "4096 16384 524288",
}


@dataclass
class ContainerUnit:
    """A program as a container; its run folder is copied in, so the engine may be anywhere."""

    runtime: "ContainerRuntime"
    stage: Stage
    _container: Container | None = field(default=None, init=False)
    _relays: Relays | None = field(default=None, init=False)

    def start(self) -> None:
        """Create the container, or start it again.

        Raises:
            PortTaken: the engine says that a port is in use.
            StartFailed: the engine refuses otherwise.
        """
        try:
            if self._container is None:
                self._container = self._create()
            self._container.start()
        except APIError as error:
            said = error.explanation or str(error)
            kind = PortTaken if IN_USE.search(said) else StartFailed
            raise kind(f"{self.stage.name}: the container engine says: {said}") from error

    def exit_status(self) -> int | None:
        """Return the exit status, None while it runs or is paused."""
        if self._container is None:
            return 0
        self._container.reload()
        state = self._container.attrs["State"]
        return None if state["Running"] else int(state["ExitCode"])

    def position(self) -> float:
        """Return the time: the engine has one for each line."""
        return time.time()

    def output(self, since: float = 0.0) -> str:
        """Return what all starts wrote, or wrote since that time."""
        if self._container is None:
            path = self.stage.folder / OUTPUT
            return path.read_text() if path.exists() else ""
        # The client takes no 0 for a time.
        return bytes(self._container.logs(since=since or None)).decode(errors="replace")

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the program."""
        if self._container is not None:
            with contextlib.suppress(APIError):  # it has ended
                self._container.kill(number.name)

    def execute(self, argv: Sequence[str]) -> tuple[int, str]:
        """Run a command in the container; `{executable}` is the program's name there."""
        assert self._container is not None
        name = self.stage.command.executable.name
        said = self._container.exec_run([part.replace("{executable}", name) for part in argv])
        assert isinstance(said.output, bytes)
        return said.exit_code or 0, said.output.decode(errors="replace")

    def pause(self) -> None:
        """Freeze all its processes."""
        if self._container is not None:
            with contextlib.suppress(APIError):
                self._container.pause()

    def resume(self) -> None:
        """Let them go on."""
        if self._container is not None:
            with contextlib.suppress(APIError):
                self._container.unpause()

    def stop(self) -> None:
        """Terminate it; the engine kills it when it takes too long."""
        if self._container is not None and self.exit_status() is None:
            self.resume()
            self._container.stop(timeout=max(1, round(self.runtime.patience.stop)))

    def kill(self) -> None:
        """Kill it and wait until it is gone."""
        if self._container is not None:
            self.resume()
            self.send(signal.SIGKILL)
            self._container.wait(timeout=TIMEOUT)

    def remove(self) -> None:
        """Remove the container and its relays; what it wrote stays in the run folder."""
        self._remove_container()
        if self._relays is not None:
            self._relays.remove()

    def _remove_container(self) -> None:
        if self._container is None:
            return
        with contextlib.suppress(NotFound):
            (self.stage.folder / OUTPUT).write_text(self.output())
            self._container.remove(force=True, v=True)
        self._container = None

    def _create(self) -> Container:
        runtime, place = self.runtime, self.stage.place
        executable = self.stage.command.executable.name
        command = arguments(self.stage.command.run, self.stage, place.folder or FOLDER)
        container = runtime.client.containers.create(
            self.stage.image,
            # The entry point of an official image would edit the configuration.
            entrypoint=[executable],
            command=list(command),
            name=self._name,
            labels=runtime.labels,
            **self._networked(),
            **self._account(),
        )
        container.put_archive("/", packed(self.stage.folder))
        if place.files:
            container.put_archive("/", laid(place.files, place.links))
        return container

    @property
    def _name(self) -> str:
        return f"proxyproof-{self.runtime.run.id}-{self.stage.folder.name}"

    def _networked(self) -> dict[str, Any]:
        runtime, leads = self.runtime, self.stage.place.leads
        network = str(runtime.network.name)
        options = {
            "network": network,
            "ports": self._published(),
            "extra_hosts": runtime.extra_hosts,
            "sysctls": KEEPS_LITTLE,
        }
        if not leads:
            return options
        image = runtime.image(OUTPOST, None)
        self._relays = Relays(
            runtime.client, image, network, self._name, runtime.labels, runtime.patience
        )
        return self._relays.start(leads, options)

    def _published(self) -> dict[str, Any]:
        inside = self.stage.place.ports
        return {
            f"{inside.get(name, port)}/tcp": self.runtime.published(port)
            for name, port in self.stage.ports.items()
        }

    def _account(self) -> dict[str, Any]:
        place = self.stage.place
        if place.folder:  # what a user wrote for a product expects the rights that it has elsewhere
            return {"user": place.account} if place.account else {}
        return {
            "user": f"{NOBODY}:{NOBODY}",
            "cap_drop": ["ALL"],
            # Ours has no rights for it; but the kernel starts no file that has been given a
            # capability which the container may never have, as Caddy in its official image has.
            "cap_add": ["NET_BIND_SERVICE"],
            "security_opt": ["no-new-privileges"],
        }


@dataclass
class ContainerRuntime:
    """Programs as containers, published on loopback, on one network of the run."""

    run: Run
    client: docker.DockerClient
    network: Network
    reach: Reach
    patience: Patience = field(default_factory=Patience)
    name: str = "container"
    listen: str = ANYWHERE
    is_root: bool = False
    _versions: dict[tuple[str, str], str] = field(default_factory=dict, init=False)

    @classmethod
    def connect(cls, run: Run) -> Self:
        """Connect to the engine and make the network of the run.

        Raises:
            RuntimeUnavailable: no engine answers, or it has no network for us.
        """
        client = engine()
        run.started_engine()
        try:
            network = client.networks.create(f"proxyproof-{run.id}", labels={LABEL: run.id})
            network.reload()
        except APIError as error:
            raise RuntimeUnavailable(
                f"the container engine makes no network ({error.explanation or error}): "
                "remove unused ones with `docker network prune`, or pass --runtime process"
            ) from error
        return cls(run, client, network, reach(network))

    @property
    def labels(self) -> dict[str, str]:
        """Return what everything of the run carries."""
        return {LABEL: self.run.id}

    @property
    def extra_hosts(self) -> dict[str, str]:
        """Return how containers learn the name of the machine, where its address is not known."""
        return {HOST_NAME: "host-gateway"} if self.reach.dial == HOST_NAME else {}

    def published(self, port: int) -> list[tuple[str, int]]:
        """Return where a port is published: for the harness, and for other containers."""
        return [(address, port) for address in dict.fromkeys(("127.0.0.1", self.reach.bind))]

    def image(self, program: Program, override: str | None) -> str:
        """Return the id of the image, built or pulled if need be.

        Raises:
            ImageUnavailable: it cannot be had.
        """
        if override is not None:
            return fetch(self.client, override)
        if program.image is None:
            raise StartFailed(f"{program.name} has no image: pass --image {program.name}=REFERENCE")
        return ensure(self.client, program.image, self.run.home)

    def folder(self, folder: Path) -> str:
        """Return where run folders are inside containers."""
        return FOLDER

    def unit(self, stage: Stage) -> Unit:
        """Prepare one start."""
        return ContainerUnit(self, stage)

    def version(self, command: Command, unit: Unit) -> str:
        """Ask the binary inside the container for its version, once an image."""
        assert isinstance(unit, ContainerUnit)
        asked = (unit.stage.image, command.executable.name)
        if asked not in self._versions:
            _, self._versions[asked] = unit.execute(("{executable}", *command.version))
        return self._versions[asked]

    def close(self) -> None:
        """Remove what carries the id of the run and leave the engine."""
        sweep(self.client, self.run.id)
        self.client.close()
