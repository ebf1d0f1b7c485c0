"""What operators get wrong in Apache httpd, as edits of `httpd.conf.in`."""

from proxy.faults.httpd.gate import GATE
from proxy.faults.httpd.handshake import HANDSHAKE
from proxy.faults.httpd.streams import STREAMS

FAULTS = (*HANDSHAKE, *GATE, *STREAMS)
