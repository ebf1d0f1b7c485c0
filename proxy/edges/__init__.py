"""The edges: plain reverse proxies that end TLS in front of another proxy, and ask nobody.

Each module exposes one `DEFINITION`; in its template `@ORIGIN@` is the address of the inner proxy.
"""

import importlib
import pkgutil

from proxy.model import OF_GATE, ProxyDefinition

ASKS_NOBODY = dict.fromkeys(OF_GATE, "an edge asks nobody: the gate is that of the proxy behind it")


def edges() -> dict[str, ProxyDefinition]:
    """Return all edges by the name of their product."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found = [importlib.import_module(f"{__name__}.{name}").DEFINITION for name in names]
    return {each.name: each for each in found}
