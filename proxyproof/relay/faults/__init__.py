"""The behaviours of the field, one file each; a new file is found by being here."""

import importlib
import pkgutil
from collections.abc import Mapping

from proxyproof.relay.fault import REGISTRY, Fault

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

FAULTS: Mapping[str, Fault] = dict(sorted(REGISTRY.items()))
