import base64
from collections.abc import Mapping
from types import MappingProxyType

import pytest

from proxyproof.outpost.identity import Identity
from proxyproof.outpost.sessions.store import Session
from proxyproof.outpost.settings import parse
from tests.proxyproof.outpost.test_settings import MINIMAL


def told(settings: Mapping[str, object] = MappingProxyType({}), **claims: object) -> dict[str, str]:
    """Return the identity fields of a user with these claims."""
    identity = Identity(parse({**MINIMAL, **settings}))
    session = Session("id", 0, "sub-1", dict(claims), "a.b.c", "http://idp/jwks")
    return {name.decode(): value.decode() for name, value in identity.fields(session)}


def test_fields_without_a_claim_are_still_sent() -> None:
    # contract 3.1: may be empty; field is still set
    fields = told(preferred_username="alice")

    assert fields["X-authentik-email"] == fields["X-authentik-groups"] == ""


def test_a_provider_without_user_names_gives_the_subject() -> None:
    assert told()["X-authentik-username"] == "sub-1"


def test_additional_headers_may_overwrite_anything() -> None:
    # contract 3.1: strings and numbers
    extra = {
        "X-Team": "red",
        "x-authentik-EMAIL": "else@where",
        "X-Level": 3,
        "X-No": ["list"],
        "no name": "x",
    }
    fields = told(ak_proxy={"user_attributes": {"additionalHeaders": extra}})

    assert (fields["X-Team"], fields["X-Level"]) == ("red", "3")
    assert fields["X-authentik-email"] == "else@where"
    assert not {"X-No", "no name"} & set(fields)


def test_a_value_that_is_not_legal_is_left_out() -> None:
    # contract 3.1: Rust silently skips it
    fields = told(name="line\r\nbreak", email="é@example.com")

    assert "X-authentik-name" not in fields
    assert fields["X-authentik-email"] == "é@example.com"


def test_a_value_that_is_no_text_at_all_is_left_out() -> None:
    assert "X-authentik-name" not in told(name="\ud800")


def test_odd_claims_do_no_harm() -> None:
    fields = told(groups="dev", ak_proxy={"user_attributes": {"additionalHeaders": "x"}})

    assert fields["X-authentik-groups"] == ""
    assert told(ak_proxy="x")["X-authentik-uid"] == "sub-1"
    assert told(ak_proxy={"user_attributes": "x"})["X-authentik-uid"] == "sub-1"


def test_the_version_is_that_of_the_outpost() -> None:
    # contract 3.1: goauthentik.io/outpost/<version>
    named = [
        told(changes)["X-authentik-meta-version"]
        for changes in ({}, {"quirks": {"version": "2026.8.2"}})
    ]

    assert named == ["goauthentik.io/outpost/2026.8.0", "goauthentik.io/outpost/2026.8.2"]


def test_go_spells_names_in_its_canonical_form() -> None:
    # contract 3.1: X-Authentik-Username
    fields = told({"quirks": {"canonical_identity": True}}, preferred_username="alice")

    assert fields["X-Authentik-Username"] == "alice"
    assert "X-Authentik-Meta-Jwks" in fields
    assert told({"profile": "go-2025.12"}).keys() == fields.keys()


BASIC: dict[str, object] = {
    "basic_auth_enabled": True,
    "basic_auth_user_attribute": "app_user",
    "basic_auth_password_attribute": "app_password",
}


@pytest.mark.parametrize(
    ("attributes", "pair"),
    [
        ({"app_user": "al", "app_password": "pw"}, "al:pw"),
        ({"app_password": "p:w"}, "alice@example.com:p:w"),
        ({"app_user": 7, "app_password": "pw"}, "alice@example.com:pw"),
    ],
)
def test_the_application_may_be_given_user_and_password(
    attributes: dict[str, object], pair: str
) -> None:
    # contract 3.1: user from attribute or email
    fields = told(BASIC, email="alice@example.com", ak_proxy={"user_attributes": attributes})

    assert fields["Authorization"] == f"Basic {base64.b64encode(pair.encode()).decode()}"


def test_nobody_is_given_a_password_unless_asked_to() -> None:
    # contract 3.1: only with "send HTTP-Basic"
    fields = told(ak_proxy={"user_attributes": {"app_password": "pw"}})

    assert "Authorization" not in fields


@pytest.mark.parametrize(("sends", "expected"), [(False, False), (True, True)])
def test_without_a_password_there_is_no_authorization_in_newer_versions(
    sends: bool, expected: bool
) -> None:
    # contract 3.1: newer versions send nothing if the password attribute is empty
    fields = told({**BASIC, "quirks": {"basic_without_password": sends}}, email="a@example.com")

    assert ("Authorization" in fields) is expected


def test_without_user_and_password_there_is_never_one() -> None:
    assert "Authorization" not in told({**BASIC, "quirks": {"basic_without_password": True}})
