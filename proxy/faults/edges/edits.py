"""How a fault of a chain is told: `nginx+` is the edge's template, `+nginx` the inner proxy's."""

from proxy.faults import ConfigFault

Edit = tuple[str, str]


def in_edge(product: str, name: str, summary: str, source: str, *edits: Edit) -> ConfigFault:
    """Return a fault of an edge, whatever is behind it."""
    return ConfigFault(name, f"{product}+", edits, summary, source)


def in_inner(product: str, name: str, summary: str, source: str, *edits: Edit) -> ConfigFault:
    """Return a fault of a proxy that shows only behind an edge."""
    return ConfigFault(name, f"+{product}", edits, summary, source)
