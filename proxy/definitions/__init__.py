"""The proxies: each module exposes one `DEFINITION`; its configuration template lies beside it."""

import difflib
import importlib
import pkgutil

from proxy.chains import JOINT, can_be_inner, chain
from proxy.edges import edges
from proxy.errors import UnknownProxy
from proxy.model import ProxyDefinition


def definitions() -> dict[str, ProxyDefinition]:
    """Return all definitions by name, the control `direct` first."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    found = [importlib.import_module(f"{__name__}.{name}").DEFINITION for name in names]
    found.sort(key=lambda each: (each.name != "direct", each.name))
    return {each.name: each for each in found}


def definition(name: str) -> ProxyDefinition:
    """Return one definition; of `edge+inner`, the chain of the two.

    Raises:
        UnknownProxy: there is none of this name; the message lists what there is.
    """
    if JOINT in name:
        return _chain(name)
    known = definitions()
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise UnknownProxy(f"unknown proxy {name!r}: {hint}known are {', '.join(known)}")


def chains() -> dict[str, ProxyDefinition]:
    """Return every edge in front of every proxy that can stand behind one."""
    inner = [each for each in definitions().values() if can_be_inner(each)]
    made = [chain(edge, each) for edge in edges().values() for each in inner]
    return {each.name: each for each in made}


def _chain(name: str) -> ProxyDefinition:
    known = chains()
    if name not in known:
        raise UnknownProxy(f"unknown chain {name!r}: there are {', '.join(known)}")
    return known[name]
