"""The control: no proxy at all. The origin's own TLS listener is the public address."""

from proxy.model import OF_GATE, Feature, ProxyDefinition

NO_PROXY = "there is no proxy: this is the control"
HTTP_1 = "the reference origin speaks HTTP/1.1, as most applications do"

DEFINITION = ProxyDefinition(
    name="direct",
    summary="no proxy: the client speaks to the origin's own listener",
    lacks={
        Feature.GATEWAY: NO_PROXY,
        **dict.fromkeys(OF_GATE, NO_PROXY),
        Feature.RELOAD: NO_PROXY,
        Feature.IDLE_TIMEOUT: NO_PROXY,
        Feature.H2_DOWNSTREAM: HTTP_1,
        Feature.H2_WEBSOCKET: HTTP_1,
    },
)
