import pytest

from proxyproof.outpost.forwarding import Forwarding
from proxyproof.outpost.profiles import Forwarding as Policy
from proxyproof.outpost.settings import parse
from proxyproof.outpost.transfer.message import Fields, Request, values
from tests.proxyproof.outpost.test_settings import MINIMAL

NETWORKS = parse(MINIMAL).trusted_proxies
SENT: Fields = (
    (b"Host", b"app.test"),
    (b"X-Forwarded-For", b"203.0.113.9"),
    (b"X-Forwarded-Host", b"Public.test"),
    (b"X-Forwarded-Proto", b"https"),
)


def told(policy: Policy, peer: str) -> dict[str, list[str]]:
    """Return what the upstream is told of a request with forwarded fields."""
    request = Request("GET", b"/", SENT, "1.1", peer, "http")
    fields = Forwarding(policy, NETWORKS).fields(request, request.fields)
    names = (b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto")
    return {name.decode()[12:]: values(fields, name) for name in names}


KEPT = {"host": ["public.test"], "proto": ["https"]}
REPLACED = {"host": ["app.test"], "proto": ["http"]}


# contract 0 and 3.3
@pytest.mark.parametrize(
    ("policy", "peer", "expected"),
    [
        ("trusted", "10.1.2.3", {"for": ["203.0.113.9, 10.1.2.3"], **KEPT}),
        ("trusted", "::ffff:10.1.2.3", {"for": ["203.0.113.9, ::ffff:10.1.2.3"], **KEPT}),
        ("trusted", "fe80::1%eth0", {"for": ["203.0.113.9, fe80::1%eth0"], **KEPT}),
        ("trusted", "198.51.100.1", {"for": ["198.51.100.1"], **REPLACED}),
        ("trusted", "", {"for": [""], **REPLACED}),
        ("keep", "198.51.100.1", {"for": ["203.0.113.9, 198.51.100.1"], **KEPT}),
        ("discard", "10.1.2.3", {"for": ["10.1.2.3"], **REPLACED}),
    ],
)
def test_forwarded_fields_are_believed_from_those_whom_the_policy_trusts(
    policy: Policy, peer: str, expected: dict[str, list[str]]
) -> None:
    assert told(policy, peer) == expected
