from proxyproof.outpost.identity import Meta, identity_fields
from proxyproof.outpost.sessions.store import Session

META = Meta("outpost", "provider", "app")


def told(**claims: object) -> dict[str, str]:
    """Return the identity fields of a user with these claims."""
    session = Session("id", 0, "sub-1", dict(claims), "a.b.c", "http://idp/jwks")
    return {name.decode(): value.decode() for name, value in identity_fields(session, META)}


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


def test_odd_claims_do_no_harm() -> None:
    fields = told(groups="dev", ak_proxy={"user_attributes": {"additionalHeaders": "x"}})

    assert fields["X-authentik-groups"] == ""
    assert told(ak_proxy="x")["X-authentik-uid"] == "sub-1"
    assert told(ak_proxy={"user_attributes": "x"})["X-authentik-uid"] == "sub-1"
