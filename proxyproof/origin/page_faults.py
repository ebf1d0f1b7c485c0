"""The faults of the JavaScript client, as an origin with `page_faults` lets a page choose them.

They are written in JavaScript, each a part of the client replaced (`static/faults/`). A page has
one when its query names it: `?fault=js-no-backoff`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from proxyproof.origin.api.static import FOLDER


@dataclass(frozen=True)
class PageFault:
    """One mistake that pages are seen to make.

    Attributes:
        name: kebab-case, as the cases and the query name it.
        summary: what the page does wrong.
        source: where it was seen.
    """

    name: str
    summary: str
    source: str


def _read() -> dict[str, PageFault]:
    listed = json.loads((FOLDER / "faults" / "faults.json").read_text(encoding="utf-8"))
    faults = [PageFault(**entry) for entry in listed]
    return {fault.name: fault for fault in faults}


FAULTS: Final[Mapping[str, PageFault]] = MappingProxyType(_read())
