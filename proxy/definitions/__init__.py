"""The proxies: each module exposes one `DEFINITION`; its configuration template lies beside it."""

import difflib
import importlib
import pkgutil

from proxy.errors import UnknownProxy
from proxy.model import ProxyDefinition


def definitions() -> dict[str, ProxyDefinition]:
    """Return all definitions by name, the control `direct` first."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    found = [importlib.import_module(f"{__name__}.{name}").DEFINITION for name in names]
    found.sort(key=lambda each: (each.name != "direct", each.name))
    return {each.name: each for each in found}


def definition(name: str) -> ProxyDefinition:
    """Return one definition.

    Raises:
        UnknownProxy: there is none of this name; the message lists what there is.
    """
    known = definitions()
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise UnknownProxy(f"unknown proxy {name!r}: {hint}known are {', '.join(known)}")
