"""Failures of which a configuration is known, for the tests of advice and of its documents."""

from dataclasses import replace

from reports.evidence import Evidence
from reports.model import Blame, CaseResult
from reports.remedies import Probe, Remedies, Remedy
from tests.reports.recorded import failure

BUFFERING = Remedy(
    "buffering-on",
    "shown",
    ("proxy_buffering off;",),
    ("proxy_buffering on;",),
    ("BUF-01", "BUF-02"),
    10,
)
GZIP = Remedy("gzip-all", "shown", ("gzip off;",), ("gzip on;", "gzip_types *;"), ("BUF-04",), 20)
HIDES = Remedy("merges", "shown", (), ("proxy_hide_header Set-Cookie;",), (), 15)
HELPED = Probe("with the hint it came", ("BUF-01", "BUF-02"), ("BUF-03",))
FREE = Probe("it came at once", (), ("BUF-01", "BUF-02", "BUF-03"))


def known(
    *remedies: Remedy,
    probes: tuple[Probe, ...] = (),
    evidence: Evidence | None = None,
    tier: str = "proxy",
    fault: str = "",
) -> CaseResult:
    """A failure behind nginx, whose file has these."""
    return replace(
        failure(evidence, fault=fault, part="proxy" if fault else ""),
        remedies=Remedies("nginx.conf", remedies, probes),
        blame=Blame(tier, "why"),
    )
