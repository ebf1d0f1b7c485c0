"""Every duration and bound that the client works by, each a named setting in seconds."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

TransportName = Literal["websocket", "sse"]
Wanted = Literal["auto", "websocket", "sse"]
HttpVersion = Literal["1.1", "2"]


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How connections are opened, watched, repeated and replaced.

    Attributes:
        backoff_base: ceiling of the first wait, in seconds; it doubles with each failure.
        backoff_cap: the ceiling never exceeds this, in seconds.
        stable_seconds: an open connection of this age has proved itself: failures are forgotten.
        watchdog_seconds: silence of this length means dead; None switches the watchdog off.
            Choose 1.5 to 2 times the heartbeat of the origin.
        open_timeout: seconds for TCP, TLS and the answer to the opening request.
        close_timeout: seconds that the closing handshake may take before the socket is dropped.
        at_once_seconds: a WebSocket that is closed within this time and without an event makes
            `auto` fall back.
        websocket_deaths: so many unstable WebSockets in a row make `auto` fall back.
        return_seconds: at most so long after a fallback, `auto` tries WebSocket again (at least
            half of it: the moment is spread, so that a fleet does not return as one).
        return_cap: `return_seconds` doubles after each vain return up to this.
        retry_cap: longest wait that a server may ask for (`retry:`, `Retry-After`), in seconds.
        queue: events received and not yet taken by the user; a full queue stops the reading.
        max_message: bytes of one WebSocket message beyond which the connection is failed; an event
            stream has no such bound.
        random: gives a number in [0, 1).
        clock: gives monotonic seconds.
        sleep: waits for so many seconds.
    """

    backoff_base: float = 0.5
    backoff_cap: float = 30.0
    stable_seconds: float = 10.0
    watchdog_seconds: float | None = 30.0
    open_timeout: float = 10.0
    close_timeout: float = 1.0
    at_once_seconds: float = 1.0
    websocket_deaths: int = 3
    return_seconds: float = 60.0
    return_cap: float = 600.0
    retry_cap: float = 3600.0
    queue: int = 1024
    max_message: int = 16 * 1024 * 1024
    random: Callable[[], float] = random.random
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def __post_init__(self) -> None:
        for name in ("open_timeout", "queue", "max_message", "websocket_deaths"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be positive, not {getattr(self, name)!r}")
        for name in ("backoff_base", "stable_seconds", "return_seconds", "close_timeout"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative, not {getattr(self, name)!r}")
        if self.backoff_cap < self.backoff_base:
            raise ValueError(
                f"backoff_cap ({self.backoff_cap!r}) must not be below"
                f" backoff_base ({self.backoff_base!r})"
            )
