"""Chains: an edge that ends TLS in front of a proxy that has the gate, as one deployment."""

from collections.abc import Iterator
from dataclasses import replace

from proxy.model import BEHIND, OF_GATE, Deviation, Feature, ProxyDefinition, Tiers

JOINT = "+"

OF_BOTH = frozenset({Feature.WEBSOCKET, Feature.SSE})
OF_EITHER = frozenset({Feature.IDLE_TIMEOUT})


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
    return replace(
        edge,
        name=f"{edge.name}{JOINT}{inner.name}",
        summary=f"{edge.summary}, in front of {inner.name}: {inner.summary}",
        lacks=dict(_lacks(edge, inner)),
        gate=inner.gate,
        deviations=(
            *(_by(edge, known) for known in edge.deviations),
            *(_by(inner, known) for known in inner.deviations),
        ),
        login=inner.login,
        tiers=Tiers(edge, inner),
    )


def _lacks(edge: ProxyDefinition, inner: ProxyDefinition) -> Iterator[tuple[Feature, str]]:
    for feature in Feature:
        asked = _asked(feature, edge, inner)
        reasons = [tier.lacks[feature] for tier in asked if feature in tier.lacks]
        if len(reasons) == len(asked) or (reasons and feature in OF_BOTH):
            yield feature, "; ".join(reasons)


def _asked(
    feature: Feature, edge: ProxyDefinition, inner: ProxyDefinition
) -> tuple[ProxyDefinition, ...]:
    """Return the tiers that it depends on."""
    if feature in OF_BOTH | OF_EITHER:
        return edge, inner
    return (inner,) if feature in OF_GATE else (edge,)


def _by(tier: ProxyDefinition, known: Deviation) -> Deviation:
    return replace(known, why=f"{tier.name}: {known.why}")
