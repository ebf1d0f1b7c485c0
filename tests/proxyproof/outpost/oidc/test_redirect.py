import pytest

from proxyproof.outpost.oidc.redirect import validated

APP = "https://app.test:8443"


# contract 5.4: host and port must equal external_host, a bare path is resolved against it
@pytest.mark.parametrize(
    ("rd", "expected"),
    [
        ("https://app.test:8443/x?y=1;2&z=%2F", "https://app.test:8443/x?y=1;2&z=%2F"),
        ("https://APP.test:8443/", "https://APP.test:8443/"),
        ("/x?y=1", "https://app.test:8443/x?y=1"),
        ("x", "https://app.test:8443/x"),
    ],
)
def test_a_return_url_of_ours_is_taken(rd: str, expected: str) -> None:
    assert validated(rd, APP) == expected


@pytest.mark.parametrize(
    "rd",
    [
        None,
        "",
        "https://evil.test/",
        "https://app.test/",
        "https://evilapp.test:8443/",
        "https://app.test:8443.evil.test/",
        "https://app.test:8443@evil.test/",
        "//evil.test/",
        "/\\evil.test/",
        "\\\\evil.test/",
        "/\t/evil.test/",
        "javascript:alert(1)",
        "ftp://app.test:8443/",
        "https://[/",
    ],
)
def test_a_return_url_that_is_not_ours_is_ignored(rd: str | None) -> None:
    assert validated(rd, APP) == ""
