"""A container engine in memory, with as much of the client's interface as is used."""

import platform
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docker.errors import APIError, ImageNotFound, NotFound


@dataclass
class Said:
    output: bytes
    exit_code: int = 0


@dataclass
class FakeContainer:
    engine: "FakeEngine"
    name: str
    options: dict[str, Any]
    labels: dict[str, str]
    did: list[str] = field(default_factory=list)
    attrs: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._is("created", running=False)

    def _is(self, what: str, running: bool, code: int = 0) -> None:
        self.did.append(what)
        self.attrs["State"] = {"Running": running, "ExitCode": code}

    @property
    def id(self) -> str:
        return f"id of {self.name}"

    def put_archive(self, path: str, data: bytes) -> None:
        self.options["archive"] = (path, data)

    def start(self) -> None:
        if self.engine.refuses_start:
            raise APIError("500", explanation=self.engine.refuses_start)
        self._is("start", running=True)

    def reload(self) -> None: ...

    def logs(self, since: float | None = None) -> bytes:
        return self.engine.says if since is None else b"something"

    def pause(self) -> None:
        self.did.append("pause")

    def unpause(self) -> None:
        raise APIError("409 not paused")

    def stop(self, timeout: int) -> None:
        self._is(f"stop {timeout}", running=False)

    def kill(self, number: str) -> None:
        if not self.attrs["State"]["Running"]:
            raise APIError("409 not running")
        self._is(f"kill {number}", running=number == "SIGHUP", code=137)

    def wait(self, timeout: int) -> None:
        self.did.append("wait")

    def exec_run(self, argv: list[str]) -> Said:
        self.did.append("exec")
        return Said(f"{argv} version 1.2.3".encode())

    def remove(self, **how: bool) -> None:
        if self not in self.engine.containers.all:
            raise NotFound("gone")
        self.engine.containers.all.remove(self)


@dataclass
class FakeNetwork:
    engine: "FakeEngine"
    name: str
    labels: dict[str, str]
    attrs: dict[str, Any] = field(default_factory=dict)

    def reload(self) -> None:
        pool = {"Subnet": "127.0.0.0/24", "Gateway": self.engine.gateway}
        self.attrs = {"IPAM": {"Config": [pool]}}

    def remove(self) -> None:
        if self not in self.engine.networks.all:
            raise NotFound("gone")
        self.engine.networks.all.remove(self)


def labelled(things: list[Any], filters: dict[str, str]) -> list[Any]:
    name, _, value = filters["label"].partition("=")
    return [thing for thing in things if thing.labels.get(name) == value]


@dataclass
class FakeContainers:
    engine: "FakeEngine"
    all: list[FakeContainer] = field(default_factory=list)

    def create(
        self, image: str, name: str, labels: dict[str, str], **options: object
    ) -> FakeContainer:
        self.all.append(FakeContainer(self.engine, name, {"image": image, **options}, labels))
        return self.all[-1]

    def list(self, all: bool, filters: dict[str, str]) -> list[FakeContainer]:  # noqa: A002
        return labelled(self.all, filters)


@dataclass
class FakeNetworks:
    engine: "FakeEngine"
    all: list[FakeNetwork] = field(default_factory=list)

    def create(self, name: str, labels: dict[str, str]) -> FakeNetwork:
        if self.engine.refuses_networks:
            raise APIError("500", explanation=self.engine.refuses_networks)
        self.all.append(FakeNetwork(self.engine, name, labels))
        return self.all[-1]

    def list(self, filters: dict[str, str]) -> list[FakeNetwork]:
        return labelled(self.all, filters)


@dataclass
class FakeImage:
    id: str


@dataclass
class FakeImages:
    here: dict[str, str] = field(default_factory=dict)
    elsewhere: dict[str, str] = field(default_factory=dict)
    failure: Exception | None = None
    built: list[dict[str, Any]] = field(default_factory=list)

    def get(self, reference: str) -> FakeImage:
        if reference not in self.here:
            raise ImageNotFound("no such image")
        return FakeImage(self.here[reference])

    def pull(self, repository: str, tag: str) -> FakeImage:
        if f"{repository}:{tag}" not in self.elsewhere:
            raise ImageNotFound("404", explanation="manifest unknown")
        return FakeImage(self.elsewhere[f"{repository}:{tag}"])

    def build(self, path: str, tag: str, **options: object) -> tuple[FakeImage, list[object]]:
        if self.failure is not None:
            raise self.failure
        names = sorted(entry.name for entry in Path(path).iterdir())
        self.built.append({"tag": tag, "holds": names, **options})
        self.here[tag] = f"sha256:{tag}"
        return FakeImage(self.here[tag]), []


class FakeEngine:
    """Stands for `docker.DockerClient`."""

    def __init__(self, gateway: str = "127.0.0.1") -> None:
        self.gateway = gateway
        self.refuses_start = ""
        self.says = b"said something"
        self.refuses_networks = ""
        self.containers = FakeContainers(self)
        self.networks = FakeNetworks(self)
        self.images = FakeImages()
        self.is_closed = False

    def info(self) -> dict[str, str]:
        return {"Architecture": platform.machine()}

    def ping(self) -> bool:
        return True

    def close(self) -> None:
        self.is_closed = True
