"""What the launcher needs of a way to run programs; there are two, `process` and `container`."""

import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from proxy.program import Command, Program

LOCALHOST = frozenset({"localhost", "127.0.0.1"})


@dataclass(frozen=True)
class Reach:
    """How the harness and the programs reach each other.

    Attributes:
        bind: the address at which servers of the harness (origin, provider, links) must listen.
        dial: the name or address by which a program reaches such a server, or another program.
        peers: networks from which programs connect, as servers of the harness see them; the
            harness's own connections come from elsewhere wherever the two can be told apart.
        client: the address of the harness as programs see it; empty: unknown.
        edges: the network from which one program reaches another by `dial`.
    """

    bind: str
    dial: str
    peers: tuple[str, ...]
    client: str
    edges: str = "127.0.0.0/8"


@dataclass(frozen=True)
class Lead:
    """A host and port that a program expects, and the `host:port` that stands for it."""

    host: str
    port: int
    target: str

    @property
    def is_local(self) -> bool:
        """Whether the host means the program's own machine, whichever that is."""
        return self.host in LOCALHOST


@dataclass(frozen=True)
class Place:
    """What a program expects of the machine that it believes to be alone on.

    Attributes:
        ports: where its listeners are, as it sees them, by the name of the listener.
        leads: where the names in its configuration lead.
        folder: where its configuration is, as it sees it; empty: the run folder, rendered there.
        config: the name of the configuration in that folder.
        files: what lies where, by its whole path.
        links: and links, by theirs.
        folders: that it writes to, by theirs; the image of a container has them.
        authority: host, and port if it is not the default, that clients ask for.
        account: as whom it runs in a container; empty: as its image says.
    """

    ports: Mapping[str, int] = field(default_factory=dict)
    leads: tuple[Lead, ...] = ()
    folder: str = ""
    config: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    authority: str = ""
    account: str = ""


@dataclass(frozen=True)
class Stage:
    """One start of a program, prepared: its folder is written, its ports are chosen."""

    name: str
    command: Command
    folder: Path
    config: str
    ports: Mapping[str, int]
    image: str
    place: Place = field(default_factory=Place)


class Unit(Protocol):
    """A program in one of the runtimes; all calls block, none raises when the program is gone."""

    def start(self) -> None:
        """Start it, or start it again at the same ports."""

    def exit_status(self) -> int | None:
        """Return the exit status, None while it runs."""

    def position(self) -> float:
        """Return how far its output goes by now, as a number that `output` understands."""

    def output(self, since: float = 0.0) -> str:
        """Return what it wrote so far or since a `position`, both streams, all starts."""

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the program itself."""

    def execute(self, argv: Sequence[str]) -> tuple[int, str]:
        """Run a command beside it; `{executable}` is its binary. Return status and output."""

    def pause(self) -> None:
        """Stop it from running; its sockets stay open."""

    def resume(self) -> None:
        """Let it go on."""

    def stop(self) -> None:
        """Ask it to end, wait, then kill what is left of it."""

    def kill(self) -> None:
        """End it at once, without a chance to say goodbye."""

    def remove(self) -> None:
        """Kill it and leave nothing behind."""


class Runtime(Protocol):
    """A way to run programs."""

    @property
    def name(self) -> str:
        """Return the name on the command line and in reports."""

    @property
    def reach(self) -> Reach:
        """Return how harness and programs reach each other."""

    @property
    def listen(self) -> str:
        """Return the address at which a program must listen."""

    @property
    def is_root(self) -> bool:
        """Return whether programs run as root."""

    def image(self, program: Program, override: str | None) -> str:
        """Return the id of the container image, built or fetched if need be; empty: none."""

    def folder(self, folder: Path) -> str:
        """Return where a run folder is, as the program sees it."""

    def unit(self, stage: Stage) -> Unit:
        """Prepare one start."""

    def version(self, command: Command, unit: Unit) -> str:
        """Return what the product says of its version."""

    def close(self) -> None:
        """Give back what the runtime holds for the run."""
