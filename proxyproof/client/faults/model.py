"""What a fault of the client is."""

from collections.abc import Callable
from dataclasses import dataclass

from proxyproof.client.parts import Parts


@dataclass(frozen=True)
class Fault:
    """One mistake that clients are seen to make: it replaces one part and changes nothing else.

    Attributes:
        name: kebab-case, as the cases name it.
        summary: what the client does wrong.
        source: where it was seen.
        apply: puts the faulty part into the place of the good one.
    """

    name: str
    summary: str
    source: str
    apply: Callable[[Parts], Parts]
