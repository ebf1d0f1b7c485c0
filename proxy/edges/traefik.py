"""Traefik as an edge: it ends TLS, and leads everything to the proxy behind it."""

from dataclasses import replace
from pathlib import Path

from proxy.definitions.traefik import DEFINITION as GATED
from proxy.edges import ASKS_NOBODY
from proxy.program import Ready

OF_THE_GATE = ("outpost_cookie_stays_outside", "set_cookie_of_the_outpost_arrives_on_101_too")

DEFINITION = replace(
    GATED,
    summary="Traefik as an edge that ends TLS",
    config=Path(__file__).with_name("traefik.yml.in"),
    ready=Ready(),
    defaults={},
    lacks={**GATED.lacks, **ASKS_NOBODY},
    deviations=tuple(known for known in GATED.deviations if known.case not in OF_THE_GATE),
    gate=None,
    own=None,
)
