"""What operators get wrong in HAProxy, as edits of `haproxy.cfg.in`."""

from proxy.faults.haproxy.cookies import COOKIES
from proxy.faults.haproxy.gate import GATE
from proxy.faults.haproxy.handshake import HANDSHAKE
from proxy.faults.haproxy.streams import STREAMS

FAULTS = (*HANDSHAKE, *COOKIES, *GATE, *STREAMS)
