"""What operators get wrong in Envoy, as edits of `envoy.yaml.in`."""

from proxy.faults.envoy.cookies import COOKIES
from proxy.faults.envoy.gate import GATE
from proxy.faults.envoy.handshake import HANDSHAKE
from proxy.faults.envoy.streams import STREAMS

FAULTS = (*HANDSHAKE, *COOKIES, *GATE, *STREAMS)
