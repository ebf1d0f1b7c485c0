"""The reference system: origin, client and outpost, and what happens on the wire between them."""

__version__ = "0.1.0"
