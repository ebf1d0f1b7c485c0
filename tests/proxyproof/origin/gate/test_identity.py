import pytest

from proxyproof.origin.gate.identity import is_trusted, read_identity
from proxyproof.origin.head import RequestHead
from proxyproof.origin.settings import Settings
from tests.proxyproof.origin.drive import ALICE, http, serving


def head(*fields: tuple[str, str]) -> RequestHead:
    return RequestHead("GET", "/", "HTTP/1.1", fields, "127.0.0.1", 0.0)


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("fe80::1%eth0", True),
        ("11.1.2.3", False),
        ("", False),
    ],
)
def test_a_peer_is_trusted_by_its_network(peer: str, expected: bool) -> None:
    networks = Settings(trusted_peers=("10.0.0.0/8", "fe80::/10")).networks

    assert is_trusted(peer, networks) is expected


def test_groups_and_entitlements_are_joined_by_bars() -> None:
    identity = read_identity(
        head(
            ("X-authentik-username", "alice"),
            ("x-AUTHENTIK-groups", "staff|admins"),
            ("X-authentik-entitlements", ""),
            ("X-authentik-email", "alice@example.test"),
        )
    )

    assert identity is not None
    assert (identity.user, identity.groups) == ("alice", ("staff", "admins"))
    assert (identity.entitlements, identity.email, identity.name) == ((), "alice@example.test", "")


@pytest.mark.parametrize(
    "fields",
    [
        (),
        (("X-authentik-username", ""),),
        (("X-authentik-username", "alice"), ("x-authentik-username", "mallory")),
        (("X_authentik_username", "mallory"),),
    ],
)
def test_without_one_user_name_there_is_no_identity(fields: tuple[tuple[str, str], ...]) -> None:
    assert read_identity(head(*fields)) is None


async def test_a_trusted_peer_tells_who_it_is() -> None:
    async with serving() as origin, http(origin) as client:
        answer = (await client.get("/api/whoami", headers=ALICE)).json()

        assert (answer["user"], answer["trusted"]) == ("alice", True)


async def test_nobody_else_is_believed() -> None:
    async with serving(trusted_peers=()) as origin, http(origin) as client:
        answer = (await client.get("/api/whoami", headers=ALICE)).json()

        assert answer == {"user": None, "peer": "127.0.0.1", "trusted": False}
