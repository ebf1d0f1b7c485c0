"""Faults of configurations: one small edit each of a good one, as seen in the field.

`nginx.py` and its siblings hold the catalogues, one a product. The advice for a failing case is
the edit, reversed.
"""

import difflib
import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from proxy.errors import TemplateError


@dataclass(frozen=True)
class ConfigFault:
    """An edit that an operator makes and regrets.

    Attributes:
        name: kebab-case, as the cases name it.
        product: the definition whose template it edits.
        edits: pairs of old and new text; each old text occurs exactly once in the template.
        summary: what it is in the field: the setting, and what it does to a stream.
        source: where it was seen: documentation, issue, or catalogue entry.
    """

    name: str
    product: str
    edits: tuple[tuple[str, str], ...]
    summary: str
    source: str


def apply(fault: ConfigFault, text: str, template: str) -> str:
    """Return the template with the fault in it; `template` is its name in messages.

    Raises:
        TemplateError: an old text does not occur exactly once.
    """
    for old, new in fault.edits:
        if (count := text.count(old)) != 1:
            raise TemplateError(
                f"fault {fault.name!r} expects {old!r} once in {template}, found {count} times"
            )
        text = text.replace(old, new)
    return text


def diff(fault: ConfigFault, text: str) -> str:
    """Return the fault as a unified diff of the template, without the file names."""
    wrong = apply(fault, text, fault.product)
    lines = difflib.unified_diff(text.splitlines(), wrong.splitlines(), lineterm="", n=0)
    return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


def _catalogue() -> Mapping[tuple[str, str], ConfigFault]:
    modules = (
        importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)
    )
    faults = (fault for module in modules for fault in module.FAULTS)
    return MappingProxyType({(fault.product, fault.name): fault for fault in faults})


CATALOGUE: Mapping[tuple[str, str], ConfigFault] = _catalogue()
"""All faults of configurations, by product and name."""
