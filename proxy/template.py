"""Configuration templates: `@NAME@` is a hole, since products use `$`, `{}` and `%` themselves."""

import re
from collections.abc import Mapping

from proxy.errors import TemplateError

PLACEHOLDER = re.compile(r"@([A-Z][A-Z0-9_]*)@")


def placeholders(text: str) -> frozenset[str]:
    """Return the names that a template asks for."""
    return frozenset(PLACEHOLDER.findall(text))


def render(text: str, values: Mapping[str, str], source: str) -> str:
    """Fill every placeholder of `text`; `source` is the name of the file in messages.

    Raises:
        TemplateError: a placeholder has no value.
    """
    missing = sorted(placeholders(text) - values.keys())
    if missing:
        holes = ", ".join(f"@{name}@ (line {_line(text, name)})" for name in missing)
        raise TemplateError(
            f"{source}: no value for {holes}; given: {', '.join(sorted(values)) or 'none'}"
        )
    return PLACEHOLDER.sub(lambda hole: values[hole[1]], text)


def _line(text: str, name: str) -> int:
    return text[: text.index(f"@{name}@")].count("\n") + 1
