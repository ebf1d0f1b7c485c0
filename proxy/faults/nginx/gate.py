"""Faults of the gate: who is asked, what is asked, and what becomes of the answer."""

from proxy.faults.fault import add
from proxy.faults.nginx.edits import (
    AUTH_REQUEST,
    IN_HTTP,
    IN_LOCATION,
    IN_QUESTION,
    IN_SERVER,
    SIGNIN,
    fault,
    gated,
    ungated,
)

IDENTITY = ("jwt", "meta-jwks", "meta-outpost", "meta-provider", "meta-app", "meta-version")
QUESTION_UPGRADE = """\
            proxy_set_header Content-Length "";
            proxy_set_header Upgrade "";
            proxy_set_header Connection "";
"""


def _set_field(name: str) -> str:
    variable = name.replace("-", "_")
    return f"            proxy_set_header X-authentik-{name} $authentik_{variable};\n"


GATE = (
    fault(
        "auth-not-applied",
        "the location of the streams is without auth_request",
        "catalogue AUT-10",
        (AUTH_REQUEST, "auth_request off;"),
    ),
    fault(
        "fails-open",
        "whatever the gate says, the request goes on: an error page that leads to the origin",
        "catalogue AUT-10, AUT-11",
        (SIGNIN, "error_page 401 403 500 = @open;"),
        add(IN_SERVER, *ungated("@open")),
    ),
    fault(
        "fallback-ungated",
        "the old event stream has a location of its own, without the gate",
        "catalogue FLB-03, AUT-10",
        add(IN_SERVER, *ungated("/api/events")),
    ),
    fault(
        "upgrade-bypasses-auth",
        "upgrades are sent another way, because the gate could not answer them",
        "catalogue AUT-09",
        add(IN_LOCATION, "error_page 418 = @socket;", "if ($http_upgrade) { return 418; }"),
        add(IN_SERVER, *ungated("@socket")),
    ),
    fault(
        "login-redirect-for-streams",
        "the documented answer: a stream is sent to the login page, where it cannot go",
        "the documented set-up; contract 6; catalogue AUT-04",
        ("if ($stream_client) {", "if ($stream_client = never) {"),
    ),
    fault(
        "ignores-bearer",
        "the question to the outpost is asked without the Authorization field",
        "Authentik's Envoy set-up (cookie only); contract 5.2",
        add(IN_QUESTION, 'proxy_set_header Authorization "";'),
    ),
    fault(
        "forward-auth-keeps-upgrade",
        "the question inherits Upgrade and Connection: the outpost cannot answer it",
        "catalogue AUT-01; contract 6, HAProxy",
        (
            QUESTION_UPGRADE,
            QUESTION_UPGRADE.replace('Upgrade ""', "Upgrade $http_upgrade").replace(
                'Connection ""', "Connection $connection_upgrade"
            ),
        ),
    ),
    fault(
        "auth-subrequest-body",
        "the length of the body is named in a question that has none: the outpost waits for it",
        "bitly/oauth2_proxy#442; catalogue AUT-02",
        (
            QUESTION_UPGRADE,
            QUESTION_UPGRADE.replace('Content-Length ""', "Content-Length $http_content_length"),
        ),
    ),
    fault(
        "trusts-forwarded-uri",
        "X-Original-URL of an edge before it is preferred, and there is none: clients name paths",
        "contract 1.2; catalogue SEC-05",
        add(
            IN_HTTP,
            "map $http_x_original_url $original_url {",
            "    default $http_x_original_url;",
            '    "" $public_scheme://$http_host$request_uri;',
            "}",
        ),
        (
            "            proxy_set_header X-Original-URL $public_scheme://$http_host$request_uri;\n"
            '            proxy_set_header X-Original-URI "";     # older',
            "            proxy_set_header X-Original-URL $original_url;\n"
            '            proxy_set_header X-Original-URI "";     # older',
        ),
    ),
    fault(
        "identity-not-cleared",
        "six identity fields of twelve are set, as documented: a client forges the others",
        "the documented set-up; contract 3.2; catalogue SEC-02",
        *((_set_field(name), "") for name in IDENTITY),
    ),
    fault(
        "underscore-alias",
        "underscores_in_headers on: X_authentik_username is the same name to many applications",
        "nginx, underscores_in_headers; catalogue SEC-03",
        add(IN_SERVER, "underscores_in_headers on;"),
    ),
    fault(
        "failure-mode-allow",
        "while the gate is down the errors of the question lead to the origin",
        "nginx, error_page; catalogue AUT-10, AUT-13",
        add(IN_LOCATION, "error_page 500 502 503 504 = @open;"),
        add(IN_SERVER, *ungated("@open")),
    ),
    fault(
        "identity-missing-on-ws",
        "the WebSocket has a location of its own: auth_request is there, the identity is not",
        "nginx, proxy_set_header is per location; catalogue HDR-08",
        add(IN_SERVER, *gated("= /api/ws")),
    ),
    fault(
        "reflects-origin",
        "CORS for everybody: whatever page asks is named as allowed, with its cookies",
        "advice against CORS errors in consoles; catalogue SEC-01",
        add(
            IN_LOCATION,
            "add_header Access-Control-Allow-Origin $http_origin always;",
            "add_header Access-Control-Allow-Credentials true always;",
        ),
    ),
    fault(
        "logs-cookie",
        "a log format with $http_cookie, to find out why a user was logged out",
        "nginx, log_format; catalogue SEC-11",
        (
            "    access_log /dev/stdout;\n",
            "    log_format found '$request $status $http_cookie';\n"
            "    access_log /dev/stdout found;\n",
        ),
    ),
    fault(
        "cookie-samesite-none",
        "proxy_cookie_flags samesite=none, so that the application can be framed",
        "nginx, proxy_cookie_flags; catalogue SEC-01, COO-06",
        add(IN_SERVER, "proxy_cookie_flags ~^authentik_proxy_ samesite=none;"),
    ),
)
