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


def recognised(product: str, config: str) -> list[ConfigFault]:
    """Return the faults that a configuration shows, the one with most edits first.

    `config` is the product's good configuration, rendered, with whatever an operator made of it.
    """
    of_product = [fault for fault in CATALOGUE.values() if fault.product == product]
    shown = [fault for fault in of_product if all(_shows(config, *edit) for edit in fault.edits)]
    return sorted(shown, key=lambda fault: -len(fault.edits))


def _shows(config: str, old: str, new: str) -> bool:
    """The wrong text stands there, and nothing of the right one beside it."""
    return new in config and old not in config.replace(new, "")


def cure(fault: ConfigFault) -> str:
    """Return what to put back, in one line: the fault's edits, reversed."""
    return " ".join(" ".join(old.split()) for old, _ in fault.edits)


def _catalogue() -> Mapping[tuple[str, str], ConfigFault]:
    modules = (
        importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)
    )
    faults = (fault for module in modules for fault in module.FAULTS)
    return MappingProxyType({(fault.product, fault.name): fault for fault in faults})


CATALOGUE: Mapping[tuple[str, str], ConfigFault] = _catalogue()
"""All faults of configurations, by product and name."""
