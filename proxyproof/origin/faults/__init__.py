"""Faults of the origin, by name."""

from collections.abc import Mapping
from typing import Final

from proxyproof.origin.faults.fault import Fault

FAULTS: Final[Mapping[str, Fault]] = {}

__all__ = ["FAULTS", "Fault"]
