"""Faults of configurations: one small edit each of a good one, as seen in the field.

Each package in here holds a catalogue, that of a product or of the chains, as `FAULTS`. The advice
for a failing case is the edit, reversed.
"""

import difflib
import functools
import importlib
import pkgutil
import re
from collections.abc import Mapping
from types import MappingProxyType

from proxy.faults.fault import ConfigFault, apply
from proxy.template import PLACEHOLDER

__all__ = ["CATALOGUE", "ConfigFault", "apply", "cure", "diff", "recognised"]


def diff(fault: ConfigFault, text: str) -> str:
    """Return the fault as a unified diff of the template, without the file names."""
    wrong = apply(fault, text, fault.product)
    lines = difflib.unified_diff(text.splitlines(), wrong.splitlines(), lineterm="", n=0)
    return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


def recognised(product: str, config: str, template: str) -> list[ConfigFault]:
    """Return the faults that a configuration shows, the one with most edits first.

    `config` is the product's good configuration, rendered, with whatever an operator made of it;
    `template` is what it was made of: what stands there already is no fault of the operator's.
    """
    of_product = [fault for fault in CATALOGUE.values() if fault.product == product]
    shown = [
        fault
        for fault in of_product
        if all(_shows(config, template, *edit) for edit in fault.edits)
    ]
    return sorted(shown, key=lambda fault: -len(fault.edits))


def _shows(config: str, template: str, old: str, new: str) -> bool:
    """The wrong text stands there, and less of the right one than should."""
    wrong, right = _filled(new), _filled(old)
    added = _count(wrong, config) > _count(wrong, right.sub("", template)) if new else True
    return added and _count(right, wrong.sub("", config)) <= max(_count(right, template) - 1, 0)


def _count(pattern: re.Pattern[str], text: str) -> int:
    return sum(1 for _ in pattern.finditer(text))


@functools.cache
def _filled(text: str) -> re.Pattern[str]:
    """What a text of a template looks like before and after its holes were filled."""
    return re.compile(r"[^\n]*?".join(map(re.escape, PLACEHOLDER.split(text)[::2])))


def cure(fault: ConfigFault) -> str:
    """Return what to put back, in one line: the fault's edits, reversed."""
    return " ".join(" ".join(old.split()) for old, _ in fault.edits)


def _catalogue() -> Mapping[tuple[str, str], ConfigFault]:
    packages = (module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
    catalogues = (importlib.import_module(f"{__name__}.{name}").FAULTS for name in packages)
    faults = (fault for catalogue in catalogues for fault in catalogue)
    return MappingProxyType({(fault.product, fault.name): fault for fault in faults})


CATALOGUE: Mapping[tuple[str, str], ConfigFault] = _catalogue()
"""All faults of configurations, by product and name."""
