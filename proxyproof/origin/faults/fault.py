"""What a fault of the origin is: one component replaced, under a name from the field."""

from collections.abc import Callable
from dataclasses import dataclass

from proxyproof.origin.parts import Parts


@dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        name: Stable name, in kebab-case.
        summary: What it is in the field.
        source: Where it was seen or what it breaks.
        apply: Replaces one component of an origin that is yet to be built.
    """

    name: str
    summary: str
    source: str
    apply: Callable[[Parts], None]
