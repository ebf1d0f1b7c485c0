"""The faulty relay: it stands between a proxy and the origin for products that cannot run here.

Tunnels, load balancers, CDNs and terminating WebSocket proxies are not to be had in a test, their
behaviours are: each is one file in `faults`, and can be put behind any proxy. Without a fault the
relay changes nothing, apart from what every HTTP/1.1 hop does to the framing.
"""

from proxyproof.relay.fault import Fault
from proxyproof.relay.faults import FAULTS
from proxyproof.relay.server import FaultyRelay

__all__ = ["FAULTS", "Fault", "FaultyRelay"]
