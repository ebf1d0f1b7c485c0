"""Faults of the gate: who is asked, what is asked, and what becomes of the answer."""

from proxy.faults.caddy.edits import BEFORE_GATE, BEFORE_ROUTE, IN_ROUTE, fault
from proxy.faults.fault import add

GATE = (
    fault(
        "auth-not-applied",
        "the matcher of forward_auth is for the pages: the streams lie elsewhere",
        "Caddy, request matchers; catalogue AUT-10",
        (BEFORE_GATE, "\t\tforward_auth /app/* @OUTPOST@ {"),
    ),
    fault(
        "fails-open",
        "a redirect to the login counts as consent: the request goes on",
        "Caddy, forward_auth, expanded form; catalogue AUT-10, AUT-11",
        ("\t\t\t\troute {\n\t\t\t\t\tcopy_response @page\n", "\t\t\t\troute {\n"),
        ('respond "not signed in" 401', "# the redirect makes little sense for streams"),
    ),
    fault(
        "fallback-ungated",
        "the old event stream has a line of its own, before the gate",
        "catalogue FLB-03, AUT-10",
        add(BEFORE_GATE, "reverse_proxy /api/events @ORIGIN@"),
    ),
    fault(
        "upgrade-bypasses-auth",
        "the gate is asked about everything but upgrades, which it cannot answer",
        "caddy#5430 and its workarounds; catalogue AUT-09",
        (
            BEFORE_GATE,
            "\t\t@not_websocket not header Connection *Upgrade*\n"
            "\t\tforward_auth @not_websocket @OUTPOST@ {",
        ),
    ),
    fault(
        "login-redirect-for-streams",
        "forward_auth as documented: its redirect goes to streams as well, which cannot follow it",
        "the documented set-up; contract 6; catalogue AUT-04",
        ("\t\t\t\t\tcopy_response @page\n", "\t\t\t\t\tcopy_response\n"),
    ),
    fault(
        "failure-mode-allow",
        "handle_errors leads to the application what the gate could not be asked about",
        "Caddy, handle_errors; catalogue AUT-10, AUT-13",
        add(BEFORE_ROUTE, "handle_errors {", "\treverse_proxy @ORIGIN@", "}"),
    ),
    fault(
        "forward-auth-keeps-upgrade",
        "the question to the gate is a handshake too, as forward_auth asks it by itself",
        "caddy#5430; catalogue AUT-01",
        ("\t\t\theader_up -Connection\n\t\t\theader_up -Upgrade\n", ""),
    ),
    fault(
        "identity-missing-on-ws",
        "the identity is removed from handshakes behind the gate, with what clients claim",
        "Caddy, the order of request_header within a route; catalogue HDR-08",
        add(IN_ROUTE, "request_header @websocket -X-Authentik*"),
    ),
    fault(
        "identity-not-cleared",
        "six identity fields of twelve are copied: a client forges the others",
        "the older documented set-up; contract 3.2; catalogue SEC-02",
        ("\t\trequest_header -X-Authentik*\n", ""),
        (
            " X-Authentik-Jwt X-Authentik-Meta-Jwks X-Authentik-Meta-Outpost"
            " X-Authentik-Meta-Provider X-Authentik-Meta-App X-Authentik-Meta-Version",
            "",
        ),
    ),
    fault(
        "nominated-away",
        "Connection goes on as it came: reverse_proxy removes what the client names in it",
        "Caddy 2.11, reverse_proxy after forward_auth; catalogue SEC-04",
        ("\t\trequest_header @no_websocket -Connection\n", ""),
        ("\t\trequest_header @websocket Connection Upgrade\n", ""),
    ),
)
