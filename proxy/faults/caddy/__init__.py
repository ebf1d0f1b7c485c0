"""What operators get wrong in Caddy, as edits of `Caddyfile.in`."""

from proxy.faults.caddy.cookies import COOKIES
from proxy.faults.caddy.gate import GATE
from proxy.faults.caddy.handshake import HANDSHAKE
from proxy.faults.caddy.streams import STREAMS

FAULTS = (*HANDSHAKE, *COOKIES, *GATE, *STREAMS)
