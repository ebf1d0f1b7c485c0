import jwt
import pytest

from proxyproof.outpost.oidc.state import BadState, StateSigner

SECRET = "0123456789abcdef0123456789abcdef"
SIGNER = StateSigner("client", SECRET)
CLAIMS = {"iss": "goauthentik.io/outpost/client", "sid": "s1", "state": "n", "redirect": "http://a"}


def signed(secret: str = SECRET, **changes: object) -> str:
    return jwt.encode({**CLAIMS, **changes}, secret, algorithm="HS256")


def test_the_return_url_comes_back() -> None:
    assert SIGNER.redirect_of(SIGNER.issue("s1", "http://app/x"), "s1") == "http://app/x"


def test_a_state_without_return_url_has_none() -> None:
    assert SIGNER.redirect_of(SIGNER.issue("s1", ""), "s1") == ""


# contract 5.4: HMAC algorithm, signature, issuer, sid are checked
@pytest.mark.parametrize(
    "state",
    [
        "",
        "x.y.z",
        signed(SECRET[::-1]),
        signed(iss="goauthentik.io/outpost/other"),
        signed(sid="s2"),
        jwt.encode(CLAIMS, "", algorithm="none"),
    ],
    ids=["empty", "garbage", "signature", "issuer", "session", "algorithm"],
)
def test_a_state_that_is_not_ours_is_bad(state: str) -> None:
    with pytest.raises(BadState):
        SIGNER.redirect_of(state, "s1")
