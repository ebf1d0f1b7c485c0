"""How the user properties of a case come from its worker to the process that sees all results.

pytest-xdist takes the values of a report apart one by one, in Python, on both sides: for the
evidence of thousands of cases that is seconds. As JSON they are one text, written and read at once.
"""

import json
from typing import Any

JUDGEMENT = "reports.judgement"
"""The user property that says of a failure whether it is a judgement, see `reports.verdicts`."""

_PROPERTIES = "user_properties"


def pack(data: dict[str, Any]) -> None:
    """Put a text in the place of the properties of a report, which is in pytest's own form."""
    if _PROPERTIES in data:  # a report of a collection has none
        data[_PROPERTIES] = json.dumps(data[_PROPERTIES])


def unpack(data: dict[str, Any]) -> None:
    """Put the properties in the place of their text; those that came otherwise stay."""
    text = data.get(_PROPERTIES)
    if isinstance(text, str):
        data[_PROPERTIES] = [(name, value) for name, value in json.loads(text)]
