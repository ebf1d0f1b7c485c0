"""What a fault of the relay is, and the registry that it is in by being declared."""

from collections.abc import Callable
from dataclasses import dataclass

from proxyproof.relay.parts import Apply

REGISTRY: "dict[str, Fault]" = {}


@dataclass(frozen=True)
class Fault:
    """One behaviour of a hop between the proxy and the origin.

    Attributes:
        name: what a case names in `kills`.
        summary: what it is in the field: product and setting.
        source: entry of the failure catalogue, and where it was reported.
        apply: exchanges the one part that is wrong.
    """

    name: str
    summary: str
    source: str
    apply: Apply


def fault(name: str, summary: str, source: str) -> Callable[[Apply], Apply]:
    """Declare a function that changes the parts of a relay as a fault."""

    def declare(apply: Apply) -> Apply:
        REGISTRY[name] = Fault(name, summary, source, apply)
        return apply

    return declare
