"""What an outpost is assembled from. A fault exchanges one part before anything is built."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from proxyproof.assembly import Assembly
from proxyproof.outpost.compression import announce, compress, keep_encodings_here
from proxyproof.outpost.gate import Gate
from proxyproof.outpost.heads import RequestEdit, ResponseEdit, request_edits, response_edits
from proxyproof.outpost.oidc.flow import LoginFlow
from proxyproof.outpost.oidc.header_auth import HeaderAuth
from proxyproof.outpost.profiles import Profile
from proxyproof.outpost.relay import BodyFilter, Relay
from proxyproof.outpost.sessions.cookie import SessionCookie
from proxyproof.outpost.sessions.store import FolderStore, MemoryStore
from proxyproof.outpost.settings import Settings, SettingsError
from proxyproof.outpost.transfer.message import Request, Response
from proxyproof.outpost.transfer.tunnel import Tunnel
from proxyproof.outpost.transfer.upstream import Upstream

OwnEdit = Callable[[Response, Request], Response]


def make_store(settings: Settings) -> MemoryStore:
    """Return the session store that the settings ask for."""
    if settings.session_store is None:
        return MemoryStore()
    try:
        return FolderStore(settings.session_store)
    except OSError as error:
        raise SettingsError(
            f"cannot keep sessions in {settings.session_store}: {error.strerror}"
        ) from error


@dataclass
class Parts(Assembly):
    """The classes and lists that a good outpost is built with.

    Attributes:
        requests: edits of the request head towards the upstream.
        responses: edits of the response head towards the client.
        own: edits of the outpost's own responses.
        bodies: filters of response bodies.
    """

    settings: Settings
    requests: list[RequestEdit]
    responses: list[ResponseEdit]
    own: list[OwnEdit]
    bodies: list[BodyFilter] = field(default_factory=list)
    store: Callable[[Settings], MemoryStore] = make_store
    cookie: type[SessionCookie] = SessionCookie
    flow: type[LoginFlow] = LoginFlow
    header_auth: type[HeaderAuth] = HeaderAuth
    gate: type[Gate] = Gate
    relay: type[Relay] = Relay
    tunnel: type[Tunnel] = Tunnel
    upstream: type[Upstream] = Upstream

    @classmethod
    def good(cls, settings: Settings) -> "Parts":
        """Return the parts of an outpost without faults."""
        profile = settings.profile
        parts = cls(settings, request_edits(settings), response_edits(profile), own_edits(profile))
        if profile.compresses:
            parts.requests.append(keep_encodings_here)
            parts.responses.append(announce)
            parts.bodies.append(compress)
        return parts

    @property
    def profile(self) -> Profile:
        """The profile in force."""
        return self.settings.profile

    def set_quirks(self, **quirks: object) -> None:
        """Change quirks of the profile, checked like those of the configuration file."""
        profile = self.profile.overridden(quirks)
        self.settings = replace(self.settings, profile=profile)


def own_edits(profile: Profile) -> list[OwnEdit]:
    """Return the edits of the outpost's own responses."""
    if not profile.powered_by_everywhere:
        return []
    powered = (b"X-Powered-By", profile.powered_by.encode())
    return [lambda response, _: response.with_fields(powered)]
