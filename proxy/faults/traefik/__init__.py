"""What operators get wrong in Traefik, as edits of `traefik.yml.in`."""

from proxy.faults.traefik.gate import GATE
from proxy.faults.traefik.handshake import HANDSHAKE
from proxy.faults.traefik.streams import STREAMS

FAULTS = (*HANDSHAKE, *GATE, *STREAMS)
