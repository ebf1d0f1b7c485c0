"""What a fault is, and the registry that it is in by being declared."""

from collections.abc import Callable
from dataclasses import dataclass

from proxyproof.outpost.parts import Parts

Apply = Callable[[Parts], None]


@dataclass(frozen=True)
class Fault:
    """One fault of an authenticating, streaming proxy.

    Attributes:
        name: what a case names in `kills`.
        summary: what it is in the field.
        source: entry of the failure catalogue, section of the outpost contract, or report.
        apply: exchanges the one part that is wrong.
        edge: the product that must ask the outpost for it to show; empty: it shows in proxy mode.
    """

    name: str
    summary: str
    source: str
    apply: Apply
    edge: str = ""


REGISTRY: dict[str, Fault] = {}


def fault(name: str, summary: str, source: str, edge: str = "") -> Callable[[Apply], Apply]:
    """Declare a function that exchanges a part as a fault."""

    def declare(apply: Apply) -> Apply:
        REGISTRY[name] = Fault(name, summary, source, apply, edge)
        return apply

    return declare
