"""A program in a room: the gateway that holds the room, and the program, each a process group."""

import re
import sys
import time
from dataclasses import dataclass, field
from typing import Self

from proxy.errors import PortTaken, RuntimeUnavailable
from proxy.namespaces.room import Room
from proxy.namespaces.tree import lay, root_of
from proxy.process_unit import ProcessUnit
from proxy.ready import Patience
from proxy.run import Run
from proxy.running import IN_USE, tail
from proxy.runtime import Stage

HOME = "room"
OPENED = re.compile(r"^ready (\d+)$", re.MULTILINE)
GATEWAY = "proxyproof.wire.gateway"
INSIDE = "proxy.namespaces.inside"
ENTER = "proxy.namespaces.enter"


@dataclass
class RoomUnit(ProcessUnit):
    """A process group in a room; the room outlives a stop or a crash of the program."""

    stage: Stage = field(kw_only=True)
    _gateway: ProcessUnit | None = field(default=None, init=False)

    @classmethod
    def of(cls, stage: Stage, argv: tuple[str, ...], run: Run, patience: Patience) -> Self:
        """Prepare one start.

        Raises:
            RuntimeUnavailable: this machine has no namespaces.
        """
        if not sys.platform.startswith("linux"):
            raise RuntimeUnavailable(_advice(stage.name, f"{sys.platform} has no namespaces"))
        return cls(argv, stage.folder, run, patience, stage=stage)

    def start(self) -> None:
        """Start it, in a room that is opened for the first start.

        Raises:
            PortTaken: another program has a port that leads into the room.
            RuntimeUnavailable: this machine lets us make no room.
        """
        if self._gateway is None:
            self._open()
        super().start()

    def remove(self) -> None:
        """Kill it and close the room; what is left of that is its folder."""
        super().remove()
        if self._gateway is not None:
            self._gateway.stop()  # in good order: it waits for the room to be gone

    def _open(self) -> None:
        room = self._lay_out()
        written = str(room.write())
        argv = (sys.executable, "-m", GATEWAY, written, sys.executable, "-m", INSIDE, written)
        self._gateway = ProcessUnit(argv, room.home, self.run, self.patience)
        self._gateway.start()
        pid = _opened(self.stage.name, self._gateway)
        self.before = (sys.executable, "-m", ENTER, pid, str(root_of(room.home)))

    def _lay_out(self) -> Room:
        place, home = self.stage.place, self.folder / HOME
        lay(home, place.files, place.links, place.folders)
        published = {port: place.ports.get(name, port) for name, port in self.stage.ports.items()}
        return Room(home, place.folder, place.leads, published)


def _opened(name: str, gateway: ProcessUnit) -> str:
    """Wait for the room, and return the process that holds it."""
    deadline = time.monotonic() + gateway.patience.start
    while (opened := OPENED.search(gateway.output())) is None:
        if gateway.exit_status() is not None or time.monotonic() > deadline:
            raise _refusal(name, gateway.output())
        time.sleep(gateway.patience.interval)
    return opened[1]


def _refusal(name: str, said: str) -> PortTaken | RuntimeUnavailable:
    if IN_USE.search(said):
        return PortTaken(f"{name}: no way into its network:\n{tail(said)}")
    return RuntimeUnavailable(_advice(name, f"this machine makes none:\n{tail(said)}"))


def _advice(name: str, why: str) -> str:
    return (
        f"{name} expects names, ports and paths of a machine of its own, for which a process needs "
        f"namespaces of Linux: start Docker, and pass --runtime container; {why}"
    )
