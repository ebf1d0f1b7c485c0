"""Mistakes in falling back and returning."""

from dataclasses import replace

from proxyproof.client.faults.model import Fault
from proxyproof.client.recovery.route import Route


class NeverFallsBack(Route):
    """Tries WebSocket for ever."""

    def _fall_back(self, now: float) -> None:
        pass


class StuckOnFallback(Route):
    """Never tries WebSocket again."""

    def _fall_back(self, now: float) -> None:
        super()._fall_back(now)
        self.return_at = None


FAULTS = (
    Fault(
        "never-falls-back",
        "a WebSocket that does not work is tried for ever",
        "FLB-01: aspnetcore#20500, atmosphere-javascript#240, faye#376",
        lambda parts: replace(parts, route=NeverFallsBack),
    ),
    Fault(
        "stuck-on-fallback",
        "after one bad minute the client stays on the fallback for the whole session",
        "FLB-02: pi-cliproxyapi-provider#36",
        lambda parts: replace(parts, route=StuckOnFallback),
    ),
)
