"""The control: no proxy at all. The origin's own TLS listener is the public address."""

from proxy.model import Feature, ProxyDefinition

DEFINITION = ProxyDefinition(
    name="direct",
    summary="no proxy: the client speaks to the origin's own listener",
    features=frozenset({Feature.WEBSOCKET, Feature.SSE}),
)
