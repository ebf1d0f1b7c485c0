"""How a proxy is described: frozen data that the launcher, the cases and the reports read."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from urllib.parse import quote

from proxy.program import Program

BEHIND = "behind"
"""The scheme of a proxy behind an edge: plain HTTP, and the edge's word on clients is believed."""


class Feature(Enum):
    """What a deployment can do; a case that needs more is reported as unsupported."""

    WEBSOCKET = "relays the WebSocket opening handshake and the tunnel after it"
    SSE = "relays a response that does not end"
    GATEWAY = "a hop stands between client and origin, and has a life of its own"
    GATE = "somebody decides who may pass, and tells the origin who it is"
    SEPARATE_GATE = "the gate is a program of its own, which can be down while the proxy is up"
    OUTPOST = "the gate is an Authentik outpost: it tells what it decided, ends sessions on demand"
    RELOAD = "takes a new configuration without closing its listener"
    IDLE_TIMEOUT = "ends a connection that has been silent for as long as it is told"
    H2_DOWNSTREAM = "HTTP/2 towards the client, over TLS (RFC 9113)"
    H2_WEBSOCKET = "WebSocket over HTTP/2 (RFC 8441)"


BY_ALPN = frozenset({Feature.H2_DOWNSTREAM, Feature.H2_WEBSOCKET})
"""What client and proxy agree on in the TLS handshake (RFC 9113 section 3.2): not without TLS."""

OF_GATE = (Feature.GATE, Feature.SEPARATE_GATE, Feature.OUTPOST)
"""What nobody has who asks no gate."""


@dataclass(frozen=True)
class Deviation:
    """A known difference of a product: it explains a verdict and never changes it.

    Attributes:
        case: whose failure it explains; its name without `test_`.
        why: what the product does instead, and that no setting changes it.
        reference: where the product says so.
        scheme: `https` or `http` if clients must come that way to see it; empty: by either.
        only: the flavours of the case in which it is seen, such as `sse` or `http2`, all together;
            none: in each.
        intermittent: it comes and goes, so that a pass does not show that it is over.
    """

    case: str
    why: str
    reference: str
    scheme: str = ""
    only: frozenset[str] = frozenset()
    intermittent: bool = False


@dataclass(frozen=True)
class Hint:
    """What to do when a product says something: `{0}` and so on are the groups of the pattern."""

    says: str
    advice: str


UNKNOWN_NAME = Hint(
    r"lookup ([\w.-]+)(?: on \S+)?: no such host",
    "say where {0!r} leads: --alias {0}:PORT=origin, or =outpost",
)
NO_SUCH_FILE = Hint(
    r"open (/[^\s:]+): no such file",
    "let it have our certificate or key there, with --certificate {0} or --certificate-key {0}, "
    "or a file of yours with --mount FILE={0}",
)
OF_GO = (UNKNOWN_NAME, NO_SUCH_FILE)
"""What Go, of which some products are made, says of names and files."""


@dataclass(frozen=True)
class Own:
    """How a product takes the configuration that a user wrote for it.

    Attributes:
        folder: where its official image has its configuration; `{folder}` of the command.
        main: the file in it that the product is started with; `{config}` of the command.
        part: where a file lies that is only a part, such as one server of nginx.
        whole: a pattern that every whole configuration shows; empty: there are no parts.
        supplied: what the official image has in the folder, for when ours is used: paths here by
            names in the folder. What the user gives takes its place.
        links: what it has elsewhere, for when ours is used: links by their whole path.
        folders: what it has elsewhere to write to, for when ours is used, by the whole path.
        run: arguments, where `Command.run` would not do.
        shows: a pattern by which a configuration shows that it has a feature of the product.
        early: a status that it answers everything with until it has read its configuration.
        hints: what to do about words of the product.
    """

    folder: str
    main: str
    part: str = ""
    whole: str = ""
    supplied: Mapping[str, Path] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    run: tuple[str, ...] = ()
    shows: Mapping[Feature, str] = field(default_factory=dict)
    early: int | None = None
    hints: tuple[Hint, ...] = ()


@dataclass(frozen=True)
class Login:
    """Where a browser logs in, at the proxy's own address.

    Attributes:
        start: leads to the provider; `{issuer}` and `{back}`, where to go on afterwards, are filled
            in as values of a query.
        home: a page for everybody.
        cookie: how the names of the session's cookies begin.
        early: whether that cookie is there when the login begins; else it is when it ends.
        leads_streams: whether a stream client is led there as well, as documented, though it cannot
            go there; else it is told 401.
        page: a page of the application that leads to the provider by itself; empty: a login
            begins at `start`.
    """

    start: str
    home: str
    cookie: str
    early: bool = True
    leads_streams: bool = False
    page: str = ""

    def path(self, issuer: str, back: str) -> str:
        """Return the path that leads to the provider, and to `back` after that."""
        return self.start.format(issuer=quote(issuer, safe=""), back=quote(back, safe=""))


AT_OUTPOST = Login(
    start="/outpost.goauthentik.io/start?rd={back}",
    home="/outpost.goauthentik.io/ping",
    cookie="authentik_proxy_",
)


@dataclass(frozen=True)
class ProxyDefinition(Program):
    """A proxy under test: a program, what it cannot do, and the gate that it asks.

    Attributes:
        lacks: what it cannot do, and why: the product's reason, never ours.
        gate: the program that must run beside it and decides who may pass (`@OUTPOST@`).
        aside: why it is judged only when it is named; empty: with all others.
        deviations: known differences, with reason and reference.
        login: where a browser logs in.
        own: how it takes a user's own configuration; None: it takes none.
        tiers: the two proxies, if it is a chain of them; its command and template are the edge's.
    """

    lacks: Mapping[Feature, str] = field(default_factory=dict)
    gate: Program | None = None
    aside: str = ""
    deviations: tuple[Deviation, ...] = ()
    login: Login = AT_OUTPOST
    own: Own | None = None
    tiers: "Tiers | None" = None

    @property
    def features(self) -> frozenset[Feature]:
        """What it can do: all that it does not lack."""
        return frozenset(Feature) - self.lacks.keys()

    def features_over(self, scheme: str) -> frozenset[Feature]:
        """Return what it can do towards a client that comes by `https` or by `http`."""
        return self.features if scheme == "https" else self.features - BY_ALPN

    def why_not(self, feature: Feature, scheme: str) -> str:
        """Return the product's reason for not having a feature towards such a client."""
        by_scheme = f"agreed on in the TLS handshake, and this is {scheme}: {feature.value}"
        return self.lacks.get(feature, by_scheme)

    def deviation_of(
        self, case: str, scheme: str = "https", flavours: Collection[str] = ()
    ) -> Deviation | None:
        """Return the known difference that explains a failure of this case, if there is one.

        Args:
            case: its name, without `test_`.
            scheme: how clients come.
            flavours: its transport, `http2` if clients speak that, and its other parameters.
        """
        of_case = (known for known in self.deviations if known.case == case)
        seen = (known for known in of_case if known.scheme in ("", scheme))
        return next((known for known in seen if known.only <= {*flavours}), None)


@dataclass(frozen=True)
class Tiers:
    """The two proxies of a chain: clients come to the edge, and the edge to the inner one."""

    edge: ProxyDefinition
    inner: ProxyDefinition
