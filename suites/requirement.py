"""What a case requires, of whom, by which text, and which faults must make it fail."""

import dataclasses
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

import pytest

from proxy.model import Feature

Case = TypeVar("Case", bound=Callable[..., object])


class Role(StrEnum):
    """Whose behaviour a case watches: the part that is to blame if it fails."""

    CLIENT = "client"
    PROXY = "proxy"  # RFC 9110 section 3.7 calls a reverse proxy a gateway
    OUTPOST = "outpost"
    ORIGIN = "origin"


CLIENT, PROXY, OUTPOST, ORIGIN = Role.CLIENT, Role.PROXY, Role.OUTPOST, Role.ORIGIN


@dataclasses.dataclass(frozen=True)
class Requirement:
    """One requirement: its level, the text that binds, and the proof that its case can fail.

    `kills` names the faults that must turn the case red; `field` the entries of the failure
    catalogue in which the defect was seen.
    """

    level: str
    watches: tuple[Role, ...]
    kills: tuple[str, ...]
    document: str = ""
    clause: str = ""
    reason: str = ""
    field: tuple[str, ...] = ()


def must(
    document: str,
    clause: str,
    *,
    watches: Role | tuple[Role, ...],
    kills: tuple[str, ...],
    field: tuple[str, ...] = (),
) -> pytest.MarkDecorator:
    """A standard binds this role: `document` and `clause` say where."""
    return _mark(Requirement("must", _roles(watches), kills, document, clause, field=field))


def should(
    document: str,
    clause: str,
    *,
    watches: Role | tuple[Role, ...],
    kills: tuple[str, ...],
    field: tuple[str, ...] = (),
) -> pytest.MarkDecorator:
    """A standard recommends it to this role; breaking it warns and does not gate."""
    return _mark(Requirement("should", _roles(watches), kills, document, clause, field=field))


def practice(
    reason: str,
    *,
    watches: Role | tuple[Role, ...],
    kills: tuple[str, ...],
    field: tuple[str, ...] = (),
) -> pytest.MarkDecorator:
    """No standard asks for it, but applications depend on it: `reason` says how."""
    return _mark(Requirement("practice", _roles(watches), kills, reason=reason, field=field))


def needs(*features: Feature) -> pytest.MarkDecorator:
    """The case means something only where the deployment has all of these features."""
    return pytest.mark.needs(*features)


def over_both_transports(case: Case) -> Case:
    """Run the case for the WebSocket and for the event stream."""
    each: Callable[[Case], Case] = pytest.mark.parametrize("transport", ["websocket", "sse"])
    return each(case)


def over_both_versions(case: Case) -> Case:
    """Judge the case over HTTP/2 beside HTTP/1.1, behind proxies that have both for their clients.

    Only what the version can change deserves the time. In HTTP/2 a proxy has other code for these,
    written at another time and often configured elsewhere: response bodies are cut into frames and
    held by windows of flow control (arrival, large events); the end of a stream and its abort are
    flags and codes (END_STREAM, RST_STREAM) and no longer the end of a connection; cookies come in
    crumbs that must be joined, `:authority` is no Host field, and Set-Cookie is compressed. The
    content of events, filters, roles and refusals go through the same code of either version.

    A WebSocket is repeated where the proxy opens it over HTTP/2. `--http 2` judges every case so.
    """
    mark: Callable[[Case], Case] = pytest.mark.both_versions
    return mark(case)


def _roles(watches: Role | tuple[Role, ...]) -> tuple[Role, ...]:
    return watches if isinstance(watches, tuple) else (watches,)


def _mark(requirement: Requirement) -> pytest.MarkDecorator:
    mark: pytest.MarkDecorator = pytest.mark.requirement(**dataclasses.asdict(requirement))
    return mark
