"""The actors of this topic alone: without it nobody waits for the library that drives browsers."""

from fixtures.tabs.actors import browser, window

__all__ = ["browser", "window"]
