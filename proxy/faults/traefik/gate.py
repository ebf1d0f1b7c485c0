"""Faults of the gate: who is asked, what is asked, and what cookies become of it."""

from proxy.faults.traefik.edits import (
    ADDRESS,
    EVENTS,
    IN_QUESTION,
    SOCKETS,
    STREAMS,
    fault,
    with_middleware,
    with_request_field,
    without_gate,
)

UNLISTED = ("jwt", "meta-jwks", "meta-outpost", "meta-provider", "meta-app", "meta-version")

GATE = (
    fault(
        "auth-not-applied",
        "the routers of the streams are without the forwardAuth middleware",
        "catalogue AUT-10",
        *map(without_gate, STREAMS),
    ),
    fault(
        "fails-open",
        "forwardAuth.address is one that answers 2xx to everybody: whoever asks is let in",
        "catalogue AUT-10, AUT-11",
        (ADDRESS, "/outpost.goauthentik.io/ping"),
    ),
    fault(
        "fallback-ungated",
        "the router of the event streams is without the forwardAuth middleware",
        "catalogue FLB-03, AUT-10",
        without_gate(EVENTS),
    ),
    fault(
        "upgrade-bypasses-auth",
        "the router of the WebSockets is without the forwardAuth middleware",
        "catalogue AUT-09",
        without_gate(SOCKETS),
    ),
    fault(
        "ignores-bearer",
        "authRequestHeaders names the cookie only: the outpost sees no Authorization field",
        "Traefik, authRequestHeaders; contract 5.2",
        (IN_QUESTION, IN_QUESTION + "        authRequestHeaders: [Cookie]\n"),
    ),
    fault(
        "strips-cookie",
        "the Cookie field is removed behind the gate, to make answers cacheable",
        "Traefik, customRequestHeaders; RFC 6265 5.4",
        *with_request_field("Cookie"),
    ),
    fault(
        "cookie-not-forwarded",
        "the Cookie field is set behind the gate, which replaces all cookies of the application",
        "Traefik, customRequestHeaders; RFC 6265 5.4",
        *with_request_field("Cookie", "theme=dark"),
    ),
    fault(
        "small-header-buffers",
        "http.maxHeaderBytes is as small as other servers have it: 8k for all fields together",
        "Traefik, maxHeaderBytes; authentik#8758; catalogue COO-04",
        (
            "      sanitizePath: false",
            "      maxHeaderBytes: 8192\n      sanitizePath: false",
        ),
    ),
    fault(
        "login-redirect-for-streams",
        "forwardAuth as documented: its redirect goes to streams as well, which cannot follow it",
        "the documented set-up; contract 6; catalogue AUT-04",
        *((chain, chain.replace(" refuse-streams,", "")) for chain in STREAMS),
    ),
    fault(
        "auth-subrequest-body",
        "forwardBody: the body goes to the gate first, whole",
        "Traefik, forwardAuth, forwardBody; catalogue AUT-02",
        (IN_QUESTION, IN_QUESTION + "        forwardBody: true\n"),
    ),
    fault(
        "identity-missing-on-ws",
        "an Upgrade header middleware of the sockets also clears the identity, behind the gate",
        "Traefik, customRequestHeaders; catalogue HDR-08",
        *with_middleware(
            "headers",
            "customRequestHeaders:",
            '  X-authentik-username: ""',
            '  X-authentik-groups: ""',
            chains=(SOCKETS,),
        ),
    ),
    fault(
        "identity-not-cleared",
        "authResponseHeaders names six identity fields of twelve: a client forges the others",
        "the documented set-up; contract 3.2; catalogue SEC-02",
        *((f"          - X-authentik-{name}\n", "") for name in UNLISTED),
    ),
    fault(
        "underscore-alias",
        "aliasHeadersStrategy as by default: X_authentik_username reaches the application",
        "Traefik, aliasHeadersStrategy; catalogue SEC-03",
        ("      aliasHeadersStrategy: delete", "      aliasHeadersStrategy: keep"),
    ),
)
