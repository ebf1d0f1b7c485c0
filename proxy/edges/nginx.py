"""nginx as an edge: it ends TLS, and leads everything to the proxy behind it."""

from dataclasses import replace
from pathlib import Path

from proxy.definitions.nginx import DEFINITION as GATED
from proxy.edges import ASKS_NOBODY
from proxy.program import Ready

DEFINITION = replace(
    GATED,
    summary="nginx as an edge that ends TLS",
    config=Path(__file__).with_name("nginx.conf.in"),
    ready=Ready(),
    schemes={"https": {"TLS": "ssl"}, "http": {"TLS": ""}},
    defaults={"IDLE_MS": "3600000"},
    lacks={**GATED.lacks, **ASKS_NOBODY},
    gate=None,
    own=None,
)
