"""The reference client: one API over WebSocket and Server-Sent Events."""

from proxyproof.client.faults import FAULTS, Fault
from proxyproof.client.message import StreamEvent
from proxyproof.client.policy import HttpVersion, Policy, TransportName, Wanted
from proxyproof.client.state import Change, Status
from proxyproof.client.stream import EventStream
from proxyproof.client.transport.ending import Cause, Ending

__all__ = [
    "FAULTS",
    "Cause",
    "Change",
    "Ending",
    "EventStream",
    "Fault",
    "HttpVersion",
    "Policy",
    "Status",
    "StreamEvent",
    "TransportName",
    "Wanted",
]
