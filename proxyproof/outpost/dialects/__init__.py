"""The forward-auth dialects: one module each, found by being here.

A module exposes `DIALECT`, which says how that edge names the original request and how it is to be
told that the request may not pass. Everything else is the same for all of them.
"""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from proxyproof.outpost.oidc.flow import PREFIX, LoginFlow
from proxyproof.outpost.settings import Settings
from proxyproof.outpost.transfer.message import Fields, Request, Response

AUTH = f"{PREFIX}/auth"
"""The path below which each dialect has its name."""


@dataclass(frozen=True)
class Refusal:
    """A request that may not pass, and what an answer may need.

    Attributes:
        url: the original URL.
        set_cookie: Set-Cookie fields that remove a dead session cookie.
    """

    request: Request
    url: str
    flow: LoginFlow
    set_cookie: Fields


@dataclass(frozen=True)
class Dialect:
    """How one edge asks.

    Attributes:
        name: the last part of `/outpost.goauthentik.io/auth/<name>`.
        original_url: the absolute URL that the browser asked for; a `ValueError` says that the
            edge did not tell it.
        refuse: the answer to a request that may not pass.
        takes_path: the original path follows the name in the target of the auth request.
        signed_urls: a callback or sign-out is recognised in the query of the original URL; where
            the original query is that of the auth request itself, it is recognised anyway.
        own_paths_pass: the login's own paths may pass whoever asks.
    """

    name: str
    original_url: Callable[[Request, Settings], str]
    refuse: Callable[[Refusal], Awaitable[Response]]
    takes_path: bool = False
    signed_urls: bool = False
    own_paths_pass: bool = False


def dialects() -> Mapping[str, Dialect]:
    """Return every dialect by its name."""
    modules = [
        importlib.import_module(f"{__name__}.{info.name}")
        for info in pkgutil.iter_modules(__path__)
    ]
    found = [module.DIALECT for module in modules if hasattr(module, "DIALECT")]
    return {dialect.name: dialect for dialect in found}


async def lead_to_login(refusal: Refusal) -> Response:
    """Return the 302 to the provider, which the edge passes on to the browser (contract 1.2).

    The original URL goes into the state unchecked: trust in the edge is the only protection (5.4).
    The cookie of the new login replaces a dead one.
    """
    return await refusal.flow.begin(refusal.request, refusal.url)
