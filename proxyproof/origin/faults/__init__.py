"""Faults of the origin, by name: each replaces one component, and changes what its name says."""

from collections.abc import Mapping
from itertools import chain
from typing import Final

from proxyproof.origin.faults import (
    delivery,
    filtering,
    fragments,
    handshake,
    life,
    ordering,
    resuming,
    trust,
)
from proxyproof.origin.faults.fault import Fault

_MODULES = (handshake, ordering, fragments, delivery, filtering, resuming, life, trust)

FAULTS: Final[Mapping[str, Fault]] = {
    fault.name: fault for fault in chain.from_iterable(module.FAULTS for module in _MODULES)
}

__all__ = ["FAULTS", "Fault"]
