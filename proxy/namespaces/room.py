"""What a room is made from, as a file that the programs in and before it read."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from proxy.runtime import Lead

FILE = "room.json"
LAID = "laid"
GROUND = "ground"
DNS = ("127.0.0.11", 53)  # where it is in the network of a container too
FIRST = 2
NETWORK = "172.31.255"


@dataclass(frozen=True)
class Room:
    """A machine of its own.

    Attributes:
        home: the folder on this machine that it is made in.
        folder: what in it is as laid down, whatever this machine has there.
        leads: where names lead.
        published: ports of the product by the ports of this machine that lead to them.
    """

    home: Path
    folder: str
    leads: tuple[Lead, ...]
    published: Mapping[int, int]

    @property
    def names(self) -> dict[str, str]:
        """The address of each name; what means the product's own machine has none."""
        hosts = dict.fromkeys(lead.host for lead in self.leads if not lead.is_local)
        return {host: f"{NETWORK}.{FIRST + at}" for at, host in enumerate(hosts)}

    def write(self) -> Path:
        """Write it into its home, and return the file."""
        path = self.home / FILE
        path.write_text(json.dumps(asdict(self) | {"names": self.names}, default=str, indent=1))
        return path

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read what was written."""
        read = json.loads(path.read_text())
        leads = tuple(Lead(**each) for each in read["leads"])
        published = {int(outside): inside for outside, inside in read["published"].items()}
        return cls(path.parent, read["folder"], leads, published)
