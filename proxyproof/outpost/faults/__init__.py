"""What an outpost gets wrong: each fault exchanges one part and changes only what its name says."""

import importlib
import pkgutil
from collections.abc import Iterable, Mapping

from proxyproof.outpost.faults.model import REGISTRY, Fault
from proxyproof.outpost.parts import Parts

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

FAULTS: Mapping[str, Fault] = dict(sorted(REGISTRY.items()))


def apply(names: Iterable[str], parts: Parts) -> None:
    """Give an outpost the faults of these names.

    Raises:
        ValueError: there is no such fault, or two of them exchange the same part.
    """
    for name in names:
        if name not in FAULTS:
            raise ValueError(f"unknown fault {name!r}: known are {', '.join(FAULTS)}")
        FAULTS[name].apply(parts)
