"""What operators get wrong in nginx, as edits of `nginx.conf.in`."""

from proxy.faults.nginx.cookies import COOKIES
from proxy.faults.nginx.gate import GATE
from proxy.faults.nginx.handshake import HANDSHAKE
from proxy.faults.nginx.streams import STREAMS

FAULTS = (*HANDSHAKE, *COOKIES, *GATE, *STREAMS)
