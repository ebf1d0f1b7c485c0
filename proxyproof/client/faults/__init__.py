"""The faults of the client, each switchable by name, to prove that the cases notice them."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from proxyproof.client.faults import decoding, receiving, resuming, stopping, switching, waiting
from proxyproof.client.faults.model import Fault
from proxyproof.client.parts import Parts

__all__ = ["FAULTS", "Fault", "assembled"]

_TOPICS = (decoding, receiving, resuming, stopping, switching, waiting)
FAULTS: Mapping[str, Fault] = MappingProxyType(
    {fault.name: fault for topic in _TOPICS for fault in topic.FAULTS}
)


def assembled(parts: Parts, names: Iterable[str]) -> Parts:
    """Put the named faults into `parts`.

    Raises:
        ValueError: a name is unknown.
    """
    for name in names:
        if name not in FAULTS:
            raise ValueError(f"no fault {name!r} of the client: expected {', '.join(FAULTS)}")
        parts = FAULTS[name].apply(parts)
    return parts
