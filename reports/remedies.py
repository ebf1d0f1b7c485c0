"""What the harness knows of a failing deployment's configuration, as fixtures hand it over.

A failed case behind a product whose failures are known attaches one mapping as user property
`remedies`; every key is optional:

    {"file": "nginx.conf",
     "known": [{"fault": "buffering-on", "standing": "shown", "put": ["proxy_buffering off;"],
                "now": ["proxy_buffering on;"], "entries": ["BUF-01"], "size": 42}],
     "probes": [{"said": "with X-Accel-Buffering: no the event came after 12 ms",
                 "shows": ["BUF-01"], "denies": ["BUF-03"]}]}

`known`: the failures of this product that the case names, each reversed. `standing` is how it
stands in the file: `shown` (the wrong lines are there), `missing` (the right ones are not),
`otherwise` (the directive has another value) or `absent`. `entries` are of the failure catalogue.
`probes`: what was tried after the case had failed, and which entries that speaks for and against.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Remedy:
    """A known failure of the product, reversed; see `proxy.remedies`."""

    fault: str
    standing: str
    put: tuple[str, ...] = ()
    now: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    size: int = 0


@dataclass(frozen=True, slots=True)
class Probe:
    """Something that was tried on the deployment after the case had failed."""

    said: str
    shows: tuple[str, ...] = ()
    denies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remedies:
    """All that is known of one deployment for one case; `file` is what its operator edits."""

    file: str = ""
    known: tuple[Remedy, ...] = ()
    probes: tuple[Probe, ...] = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """The likely change, and how sure it is.

    Attributes:
        fault: the known failure that it reverses.
        change: in words: the file, the lines to put, the lines that stand there now.
        confirmed: whether a probe speaks for it.
        probe: what that saw; empty if none says anything of it.
    """

    fault: str
    change: str
    confirmed: bool = False
    probe: str = ""

    def __str__(self) -> str:
        said = f"advice: {self.change} as reverse of the known failure {self.fault}"
        if not self.probe:
            return said
        return f"{said}; {'confirmed' if self.confirmed else 'not confirmed'}: {self.probe}"


def read(raw: Mapping[str, Any]) -> Remedies:
    """Remedies from the mapping above."""
    return Remedies(
        str(raw.get("file", "")),
        tuple(_remedies(raw)),
        tuple(
            Probe(str(item["said"]), tuple(item["shows"]), tuple(item["denies"]))
            for item in raw.get("probes", ())
        ),
    )


def _remedies(raw: Mapping[str, Any]) -> Iterator[Remedy]:
    for item in raw.get("known", ()):
        put, now, entries = (tuple(map(str, item[name])) for name in ("put", "now", "entries"))
        standing = str(item["standing"])
        yield Remedy(str(item["fault"]), standing, put, now, entries, int(item["size"]))
