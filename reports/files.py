"""Files that a case attaches, such as a picture: they lie beside the report, which links them."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PROPERTY = "file"


@dataclass(frozen=True, slots=True)
class File:
    """A file in the folder `files` beside the report: what it is, in words."""

    name: str
    what: str


def attached(properties: Sequence[tuple[str, Any]]) -> Mapping[str, bytes]:
    """The content of each file by its name, as the user properties of an item have it."""
    given = (value for name, value in properties if name == PROPERTY)
    return {str(one["name"]): base64.b64decode(one["base64"]) for one in given}
