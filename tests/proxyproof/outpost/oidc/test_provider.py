import asyncio
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from proxyproof.outpost.oidc.backchannel import BackChannel, ProviderError, TokenExpired
from proxyproof.outpost.oidc.provider import Provider
from proxyproof.outpost.settings import parse
from tests.proxyproof.outpost.scripts import Script, Scripted
from tests.proxyproof.outpost.test_settings import MINIMAL

SECRET = "secret-" * 10  # long enough for every HMAC


def serving(documents: dict[str, object]) -> Script:
    """Return a provider that has these documents by path."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        body = json.dumps(documents[path]) if path in documents else "no json"
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        await writer.drain()
        await reader.read()

    return script


async def provider(scripted: Scripted, documents: dict[str, object]) -> Provider:
    """Return a provider whose discovery document names what is served."""
    url = await scripted(serving(documents))
    found = {"token_endpoint": f"{url}/token", "jwks_uri": f"{url}/jwks"}
    documents.setdefault("/.well-known/openid-configuration", found)
    settings = parse({**MINIMAL, "issuer": url, "client_secret": SECRET})
    return Provider(settings, BackChannel())


def token(issuer: str, *, expires_in: float = 86400, algorithm: str = "HS256") -> str:
    claims = {"iss": issuer, "aud": "x", "sub": "alice", "exp": time.time() + expires_in}
    return jwt.encode(claims, SECRET, algorithm=algorithm, headers={"kid": "k1"})


async def redeemed(scripted: Scripted, documents: dict[str, object], expires_in: float = 60) -> str:
    """Redeem a code for a token signed with the client secret; returns the subject."""
    known = await provider(scripted, documents)
    issuer = known.settings.issuer
    documents.setdefault("/token", {"id_token": token(issuer, expires_in=expires_in)})
    return str((await known.redeem("code", "http://app")).claims["sub"])


async def test_a_provider_without_signing_key_signs_with_the_client_secret(
    scripted: Scripted,
) -> None:
    # contract 3.1: HS256 with the client secret when no signing key
    assert await redeemed(scripted, {}) == "alice"


async def test_a_token_that_has_run_out_is_told_apart(scripted: Scripted) -> None:
    with pytest.raises(TokenExpired):
        await redeemed(scripted, {}, expires_in=-1)


@pytest.mark.parametrize(
    ("documents", "message"),
    [
        ({"/token": {"id_token": "x"}}, "the id token does not verify"),
        ({"/token": {}}, "the id token does not verify"),
        ({"/token": {"id_token": token("http://elsewhere")}}, "does not verify: Invalid issuer"),
        ({"/token": []}, "token_endpoint answered something else than an object"),
        ({"/token": "x"}, "token_endpoint answered something else"),
        ({"/.well-known/openid-configuration": {}}, "the provider advertises no token_endpoint"),
        ({"/.well-known/openid-configuration": []}, "is no discovery document"),
    ],
)
async def test_a_provider_that_breaks_the_standard_is_an_error(
    scripted: Scripted, documents: dict[str, object], message: str
) -> None:
    with pytest.raises(ProviderError, match=message):
        await redeemed(scripted, dict(documents))


async def test_the_key_is_found_by_its_id(scripted: Scripted) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    key = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(private.public_key()))
    documents: dict[str, object] = {"/jwks": {"keys": [{**key, "kid": "k1"}, {**key, "kid": "k2"}]}}
    known = await provider(scripted, documents)
    claims = {"iss": known.settings.issuer, "aud": "x", "sub": "carol", "exp": time.time() + 60}
    signed = jwt.encode(claims, private, algorithm="ES256", headers={"kid": "k2"})
    documents["/token"] = {"id_token": signed}
    grants = [await known.redeem("code", "http://app") for _ in range(2)]

    assert [grant.claims["sub"] for grant in grants] == ["carol", "carol"]


KEY = {"kty": "oct", "k": "c2VjcmV0", "kid": "other", "alg": "HS512"}


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"keys": [KEY]}, "the provider has no key 'k1'"),
        ({"keys": []}, "does not verify: The JWK Set did not contain any keys"),
        ([], "does not verify"),
    ],
)
async def test_a_token_of_an_unknown_key_is_an_error(
    scripted: Scripted, keys: object, message: str
) -> None:
    issued = token("http://x", algorithm="HS384")

    with pytest.raises(ProviderError, match=message):
        await redeemed(scripted, {"/token": {"id_token": issued}, "/jwks": keys})


async def test_a_document_that_is_no_json_is_an_error(scripted: Scripted) -> None:
    known = await provider(scripted, {})

    with pytest.raises(ProviderError, match=r"POST http://.*/token failed: Expecting value"):
        await known.redeem("code", "http://app")


@pytest.mark.parametrize("info", [{}, [], {"sub": ""}])
async def test_user_info_without_a_subject_is_nobody(scripted: Scripted, info: object) -> None:
    documents: dict[str, object] = {"/userinfo": info}
    url = await scripted(serving(documents))
    documents["/.well-known/openid-configuration"] = {"userinfo_endpoint": f"{url}/userinfo"}
    known = Provider(parse({**MINIMAL, "issuer": url}), BackChannel())

    assert await known.introspect("token") is None
