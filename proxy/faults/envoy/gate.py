"""Faults of the gate: who is asked, what is asked, and what becomes of the answer."""

from proxy.faults.envoy.edits import (
    IN_ROUTES,
    UNGATED,
    fault,
    on_route,
    switched_off,
)
from proxy.faults.fault import add

COOKIE_ALONE = "                        - {exact: cookie, ignore_case: true}\n"

GATE = (
    fault(
        "auth-not-applied",
        "ext_authz is disabled on the route of the application",
        "Envoy, ExtAuthzPerRoute; catalogue AUT-10",
        on_route(*(line.removeprefix("  ") for line in UNGATED[1:])),
    ),
    fault(
        "fails-open",
        "failure_mode_allow, and the name of the gate's cluster mistyped: whoever asks is let in",
        "Envoy, failure_mode_allow; catalogue AUT-10, AUT-11",
        ("failure_mode_allow: false", "failure_mode_allow: true"),
        (
            "                        cluster: outpost\n                        timeout: 5s",
            "                        cluster: authentik\n                        timeout: 5s",
        ),
    ),
    fault(
        "fallback-ungated",
        "the old event stream has a route of its own, without the gate",
        "catalogue FLB-03, AUT-10",
        add(IN_ROUTES, "- match: {prefix: /api/events}", *UNGATED),
    ),
    fault(
        "upgrade-bypasses-auth",
        "upgrades have a route of their own, without the gate, which could not answer them",
        "catalogue AUT-09",
        add(
            IN_ROUTES,
            "- match: {prefix: /, headers: [{name: upgrade, present_match: true}]}",
            *UNGATED,
        ),
    ),
    fault(
        "ignores-bearer",
        "the question to the outpost is asked without the Authorization field",
        "Envoy, ext_authz, disallowed_headers; contract 5.2",
        (
            COOKIE_ALONE,
            f"{COOKIE_ALONE}                    disallowed_headers:\n"
            "                      patterns:\n"
            "                        - {exact: authorization, ignore_case: true}\n",
        ),
    ),
    fault(
        "login-redirect-for-streams",
        "the outpost's redirect goes to streams as it is, as documented: they cannot follow it",
        "the documented set-up; contract 6; catalogue AUT-04",
        switched_off("refusals"),
    ),
    fault(
        "failure-mode-allow",
        "failure_mode_allow: while the gate is down whoever asks is let in",
        "Envoy, failure_mode_allow; catalogue AUT-10, AUT-13",
        ("failure_mode_allow: false", "failure_mode_allow: true"),
    ),
    fault(
        "forward-auth-keeps-upgrade",
        "allowed_headers names Upgrade and Connection as well",
        "Envoy, ext_authz, allowed_headers; catalogue AUT-01",
        (
            COOKIE_ALONE,
            f"{COOKIE_ALONE}                        - {{exact: upgrade, ignore_case: true}}\n"
            "                        - {exact: connection, ignore_case: true}\n",
        ),
    ),
    fault(
        "auth-subrequest-body",
        "with_request_body: the question waits for the body, which a handshake does not have",
        "Envoy, ext_authz, with_request_body; envoy#47048; catalogue AUT-02, AUT-03",
        (
            "failure_mode_allow: false\n",
            "failure_mode_allow: false\n"
            "                    with_request_body:\n"
            "                      {max_request_bytes: 8192, allow_partial_message: true}\n",
        ),
    ),
    fault(
        "forges-on-allowlist",
        "the outpost's fields are added, and nobody removes a client's own where it says nothing",
        "Envoy, ext_authz, allowed_upstream_headers; catalogue SEC-02",
        (
            "- remove_on_match: {key_matcher: {prefix: x-authentik-,",
            "- remove_on_match: {key_matcher: {prefix: x-no-such-,",
        ),
    ),
    fault(
        "underscore-alias",
        "headers_with_underscores_action as by default: X_authentik_username is let through",
        "Envoy, headers_with_underscores_action; catalogue SEC-03",
        ("headers_with_underscores_action: DROP_HEADER", "headers_with_underscores_action: ALLOW"),
    ),
)
