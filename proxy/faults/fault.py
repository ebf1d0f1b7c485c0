"""One fault of a configuration, and what every catalogue makes its faults of."""

from dataclasses import dataclass

from proxy.errors import TemplateError

Edit = tuple[str, str]
"""Old and new text; the old text occurs exactly once in the template."""


@dataclass(frozen=True)
class ConfigFault:
    """An edit that an operator makes and regrets.

    Attributes:
        name: kebab-case, as the cases name it.
        product: the definition whose template it edits; of a chain `nginx+`, the edge's template
            whatever is behind it, or `+nginx`, that of the proxy behind one.
        edits: what is changed in the template.
        summary: what it is in the field: the setting, and what it does to a stream.
        source: where it was seen: documentation, issue, or catalogue entry.
    """

    name: str
    product: str
    edits: tuple[Edit, ...]
    summary: str
    source: str


@dataclass(frozen=True)
class FaultsOf:
    """Makes the faults of one product."""

    product: str

    def __call__(self, name: str, summary: str, source: str, *edits: Edit) -> ConfigFault:
        """Return a fault of the product."""
        return ConfigFault(name, self.product, edits, summary, source)


def add(place: str, *lines: str) -> Edit:
    """Return the edit that adds lines before a place of the template, indented like it."""
    indent = place[: len(place) - len(place.lstrip())]
    return place, "".join(f"{indent}{line}\n" for line in lines) + place


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
