"""Faults in how a body ends: cut, or ended as it did not end."""

from proxyproof.outpost.faults.model import fault
from proxyproof.outpost.parts import Parts


@fault("swallows-abort", "an abort of the origin looks like the end of the stream", "4.1, CLS-04")
def swallows_abort(parts: Parts) -> None:
    """End cleanly, as the Go outpost does."""
    parts.set_quirks(swallows_abort=True)


@fault("write-deadline", "an ordinary response is cut at a deadline, busy or not", "4.1, #17858")
def write_deadline(parts: Parts) -> None:
    """Set the deadline to the duration of the timed faults."""
    parts.set_quirks(write_deadline_seconds=parts.settings.fault_seconds)
