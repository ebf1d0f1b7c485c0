"""Chains: an edge that ends TLS in front of a proxy that has the gate, as one deployment."""

from dataclasses import replace

from proxy.model import BEHIND, Deviation, Feature, ProxyDefinition, Tiers

JOINT = "+"

OF_BOTH = frozenset({Feature.WEBSOCKET, Feature.SSE})
OF_EITHER = frozenset({Feature.IDLE_TIMEOUT})
OF_INNER = frozenset({Feature.GATE, Feature.SEPARATE_GATE, Feature.OUTPOST})


def tiers_of(name: str) -> tuple[str, ...]:
    """Return the products of a chain as faults name them: `nginx+` and `+authentik`."""
    edge, joint, inner = name.partition(JOINT)
    return (f"{edge}{JOINT}", f"{JOINT}{inner}") if joint else ()


def can_be_inner(definition: ProxyDefinition) -> bool:
    """Return whether a proxy can stand behind an edge."""
    return BEHIND in definition.schemes


def chain(edge: ProxyDefinition, inner: ProxyDefinition) -> ProxyDefinition:
    """Return the two as one definition: clients see the edge, the gate is the inner one's."""
    # Ready means that an answer came through both.
    edge = replace(edge, ready=replace(inner.ready, port=edge.ports[0]))
    features = frozenset(each for each in Feature if _has(each, edge, inner))
    return replace(
        edge,
        name=f"{edge.name}{JOINT}{inner.name}",
        summary=f"{edge.summary}, in front of {inner.name}: {inner.summary}",
        features=features,
        lacks={each: _why_not(each, edge, inner) for each in Feature if each not in features},
        gate=inner.gate,
        deviations=(
            *(_by(edge, known) for known in edge.deviations),
            *(_by(inner, known) for known in inner.deviations),
        ),
        login=inner.login,
        tiers=Tiers(edge, inner),
    )


def _has(feature: Feature, edge: ProxyDefinition, inner: ProxyDefinition) -> bool:
    has = [feature in each.features for each in (edge, inner)]
    if feature in OF_BOTH:
        return all(has)
    if feature in OF_EITHER:
        return any(has)
    return has[feature in OF_INNER]


def _why_not(feature: Feature, edge: ProxyDefinition, inner: ProxyDefinition) -> str:
    asked = [inner if feature in OF_INNER else edge]
    if feature in OF_BOTH | OF_EITHER:
        asked = [edge, inner]
    return "; ".join(each.lacks[feature] for each in asked if feature in each.lacks)


def _by(tier: ProxyDefinition, known: Deviation) -> Deviation:
    return replace(known, why=f"{tier.name}: {known.why}")
