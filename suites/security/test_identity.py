"""Who is asking is for the gate to say: the outpost's fields are its word or nobody's.

The applications behind an Authentik outpost believe its identity fields (contract 3.1, 3.2).
"""

import pytest

from fixtures.actors import Users
from fixtures.asking import WAYS, answer_to
from fixtures.beside import origin_that_trusts
from fixtures.client import Client
from fixtures.deployment import Deployment
from fixtures.forgery import CLAIMS, NOMINATED, PUBLIC, claims_in
from fixtures.origin import OriginActor
from proxy.model import Feature
from suites.admission import LET_IN, REFUSALS
from suites.requirement import ORIGIN, OUTPOST, PROXY, needs, practice

in_each_way = pytest.mark.parametrize("way", WAYS)

OPEN = ("192.0.2.0/24",)  # documentation only: nobody connects from there
HERE = ("127.0.0.0/8", "172.16.0.0/12")


@needs(Feature.GATE)
@practice(
    "whoever may write X-authentik-username is whoever he likes, an administrator too",
    watches=(PROXY, OUTPOST),
    kills=("identity-not-cleared", "keeps-client-identity", "underscore-alias"),
    field=("SEC-02", "SEC-03"),
)
@in_each_way
async def test_client_cannot_forge_identity(client: Client, origin: OriginActor, way: str) -> None:
    """The proxy removes the identity fields of a client, in any spelling, and sets the gate's."""
    refusal = await answer_to(client.anonymous(), way, None, *CLAIMS)
    answer = await answer_to(client, way, None, *CLAIMS)
    head = await origin.head()

    assert refusal.status in REFUSALS
    assert answer.status == LET_IN[way]
    assert claims_in(head) == []
    assert head.all("X-authentik-username") == ["alice"]


@needs(Feature.GATE)
@practice(
    "an application that takes a missing identity for a local caller lets everybody in",
    watches=(PROXY, OUTPOST),
    kills=("nominated-away",),
    field=("SEC-04",),
)
@in_each_way
async def test_client_cannot_have_its_identity_removed(
    client: Client, origin: OriginActor, way: str
) -> None:
    """The proxy tells who is there though the client names the fields in its Connection field."""
    answer = await answer_to(client, way, None, ("Connection", NOMINATED))
    head = await origin.head()

    assert answer.status == LET_IN[way]
    assert head.all("X-authentik-username") == ["alice"]
    assert head.all("X-authentik-uid") != []


@needs(Feature.OUTPOST)
@practice(
    "on a page for everybody the gate says nothing of who is there, and the client's word remains",
    watches=(PROXY, OUTPOST),
    kills=("identity-not-cleared", "forges-on-allowlist", "underscore-alias"),
    field=("SEC-02", "SEC-03"),
)
@in_each_way
async def test_nobody_is_somebody_where_all_may_pass(
    client: Client, origin: OriginActor, way: str
) -> None:
    """The proxy removes the identity fields of a client where no login is asked for, too."""
    await answer_to(client.anonymous(), way, f"{PUBLIC}page", *CLAIMS)
    head = await origin.head(PUBLIC)

    assert claims_in(head) == []
    assert "".join(head.all("X-authentik-username")) == ""


@practice(
    "an application that can be reached beside its proxy believes whatever it is told there",
    watches=ORIGIN,
    kills=("trusts-any-peer",),
    field=("SEC-02",),
)
async def test_untrusted_peer_has_no_identity(
    deployment: Deployment, users: Users, token: str
) -> None:
    """The origin believes the identity fields of its proxies, and of nobody else."""
    told = ("X-authentik-username", f"user-{token}")
    async with origin_that_trusts(HERE, deployment, users.stranger) as proxy:
        believed = (await proxy.get("/api/whoami", told)).json()
    async with origin_that_trusts(OPEN, deployment, users.stranger) as anybody:
        doubted = (await anybody.get("/api/whoami", told)).json()

    assert (believed["user"], doubted["user"]) == (told[1], None)
