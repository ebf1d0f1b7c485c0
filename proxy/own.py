"""A configuration that a user wrote: what lies where, and what to make of the product's words."""

import re
import signal
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from proxy.errors import OwnConfiguration
from proxy.model import OF_GATE, Feature, Hint, Own, ProxyDefinition
from proxy.program import Ready

ROOT = "0:0"
UNKNOWN_PORT = re.compile(r"(?<=--alias )(\S+):PORT")

PAGE = "/api/health"
"""Where a login begins: what else a user's configuration lets by without one is not known."""

IDLE = "its idle timer is the user's own: only that of our template is scaled down for a case"
UNGATED = "no --alias leads the configuration to what decides who may pass"
REWRITTEN = "it takes a file again when that changes: one of yours is not changed"
UNSEEN = "the configuration does not switch it on"
OF_ENGINE = Hint(
    r'exec: "(\S+)": executable file not found',
    "the image has no {0!r}: name one that has it with --image",
)
OF_WAY = Hint(
    r"gave 50[234] and did not reach the origin",
    "a host in it may lead nowhere: name each with --alias HOST:PORT=origin, or =outpost",
)


def takes(definition: ProxyDefinition, known: Mapping[str, ProxyDefinition]) -> Own:
    """Return how a product takes a user's configuration.

    Raises:
        OwnConfiguration: it takes none; the message names those that do.
    """
    if definition.own is None:
        able = ", ".join(name for name, each in known.items() if each.own is not None)
        raise OwnConfiguration(
            f"{definition.name} takes no configuration of yours here: --proxy-config takes {able}"
        )
    return definition.own


def as_own(definition: ProxyDefinition, text: str, *, gated: bool) -> ProxyDefinition:
    """Return the definition for a user's configuration, which may ask an outpost or not."""
    own, command = definition.own, definition.command
    assert own is not None
    assert command is not None
    lost = {Feature.IDLE_TIMEOUT: IDLE}
    if not isinstance(command.reload, signal.Signals):
        lost[Feature.RELOAD] = REWRITTEN
    lost |= {} if gated else dict.fromkeys(OF_GATE, UNGATED)
    lost |= {each: UNSEEN for each, seen in own.shows.items() if not _shows(text, seen)}
    return replace(
        definition,
        command=replace(command, run=own.run or command.run),
        ready=_ready(own),
        lacks={**definition.lacks, **lost},
        gate=definition.gate if gated else None,
        login=replace(definition.login, page=PAGE),
    )


def _ready(own: Own) -> Ready:
    """Any answer to a page will do: what is made of it is for the cases to judge."""
    if own.early is None:
        return Ready()
    return Ready(PAGE, frozenset(range(100, 600)) - {own.early})


def _shows(text: str, pattern: str) -> bool:
    return re.search(pattern, text, re.MULTILINE) is not None


@dataclass(frozen=True)
class Laid:
    """A user's configuration, laid out as its product expects it.

    Attributes:
        files: contents by their whole path inside.
        links: what links lead to, by theirs.
        text: the user's own text, in one.
    """

    files: Mapping[str, bytes]
    links: Mapping[str, str]
    text: str


def lay_out(own: Own, path: Path, *, supply: bool) -> Laid:
    """Lay a file or folder out; `supply`: with what the product's official image would bring.

    Raises:
        OwnConfiguration: it cannot be read, or the product would not find it.
    """
    try:
        given = _read(own, path)
    except OSError as error:
        raise OwnConfiguration(f"{path} cannot be read: {error.strerror}: check the path") from None
    supplied = {name: file.read_bytes() for name, file in own.supplied.items()} if supply else {}
    if supply and own.main not in {**supplied, **given}:
        raise OwnConfiguration(
            f"{path} has no {own.main}, with which {own.folder} begins: "
            "give the folder that holds it, or the file itself"
        )
    files = {f"{own.folder}/{name}": content for name, content in {**supplied, **given}.items()}
    text = "\n".join(content.decode(errors="replace") for content in given.values())
    return Laid(files, own.links if supply else {}, text)


def advice(own: Own, said: str, text: str = "") -> list[str]:
    """Return the next steps that the words of a product call for, each once.

    Products seldom say the port of a host that they do not know: `text`, the configuration, does.
    """
    found = [
        hint.advice.format(*match.groups(default=""))
        for hint in (*own.hints, OF_ENGINE, OF_WAY)
        for match in re.finditer(hint.says, said)
    ]
    return [UNKNOWN_PORT.sub(partial(_host_and_port, text), each) for each in dict.fromkeys(found)]


def _host_and_port(text: str, unknown: re.Match[str]) -> str:
    written = re.search(rf"\b{re.escape(unknown[1])}:(\d+)", text)
    return written[0] if written else unknown[0]


def _read(own: Own, path: Path) -> dict[str, bytes]:
    if path.is_dir():
        files = sorted(each for each in path.rglob("*") if each.is_file())
        return {each.relative_to(path).as_posix(): each.read_bytes() for each in files}
    content = path.read_bytes()
    text = content.decode(errors="replace")
    is_part = own.whole and not _shows(text, own.whole)
    return {own.part if is_part else own.main: content}
