"""The control: no proxy at all. The origin's own TLS listener is the public address."""

from proxy.model import Feature, ProxyDefinition

NO_PROXY = "there is no proxy: this is the control"

DEFINITION = ProxyDefinition(
    name="direct",
    summary="no proxy: the client speaks to the origin's own listener",
    features=frozenset({Feature.WEBSOCKET, Feature.SSE}),
    lacks={
        Feature.GATEWAY: NO_PROXY,
        Feature.GATE: NO_PROXY,
        Feature.SEPARATE_GATE: NO_PROXY,
        Feature.OUTPOST: NO_PROXY,
        Feature.RELOAD: NO_PROXY,
        Feature.IDLE_TIMEOUT: NO_PROXY,
        Feature.H2_DOWNSTREAM: "the reference origin speaks HTTP/1.1, as most applications do",
        Feature.H2_WEBSOCKET: "the reference origin speaks HTTP/1.1, as most applications do",
    },
)
