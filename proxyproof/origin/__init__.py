"""The reference origin: the server that emits events, and testifies to what it did."""

from proxyproof.origin.faults import FAULTS, Fault
from proxyproof.origin.ledger import CaseLedger, Closed, Ledger, Opened, Sent
from proxyproof.origin.script import Script, Scripts
from proxyproof.origin.server import Origin
from proxyproof.origin.settings import LeaseSettings, Settings

__all__ = [
    "FAULTS",
    "CaseLedger",
    "Closed",
    "Fault",
    "LeaseSettings",
    "Ledger",
    "Opened",
    "Origin",
    "Script",
    "Scripts",
    "Sent",
    "Settings",
]
