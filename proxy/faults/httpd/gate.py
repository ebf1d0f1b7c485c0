"""Faults of the gate, of its session and of the identity that it tells."""

from proxy.faults.fault import add
from proxy.faults.httpd.edits import (
    IN_LOCATION,
    IN_SERVER,
    SESSION_TYPE,
    UNAUTHENTICATED,
    fault,
)

OPEN = ("    AuthType None", "    Require all granted")

GATE = (
    fault(
        "auth-not-applied",
        "the streams have a section of their own, without the gate",
        "catalogue AUT-10",
        add(IN_SERVER, '<LocationMatch "^/api/(ws|events|loops)">', *OPEN, "</LocationMatch>"),
    ),
    fault(
        "fails-open",
        "OIDCUnAuthAction pass: who has no session, or a wrong one, goes on as nobody",
        "mod_auth_openidc, OIDCUnAuthAction; catalogue AUT-10, AUT-11",
        (UNAUTHENTICATED, "OIDCUnAuthAction pass"),
    ),
    fault(
        "fallback-ungated",
        "the old event stream has a section of its own, without the gate",
        "catalogue FLB-03, AUT-10",
        add(IN_SERVER, '<Location "/api/events">', *OPEN, "</Location>"),
    ),
    fault(
        "upgrade-bypasses-auth",
        "upgrades go past the gate, because they cannot follow its redirect",
        "catalogue AUT-09",
        add(IN_SERVER, '<If "%{HTTP:Upgrade} =~ /websocket/i">', *OPEN, "</If>"),
    ),
    fault(
        "grows-jar",
        "OIDCUnAuthAction as by default: each refused stream leaves a state cookie, then 503",
        "mod_auth_openidc#108, #331, #399; catalogue AUT-08",
        (UNAUTHENTICATED, "OIDCUnAuthAction auth"),
        ("OIDCStateMaxNumberOfCookies 1 true", "OIDCStateMaxNumberOfCookies 7 false"),
    ),
    fault(
        "ignores-bearer",
        "AuthType openid-connect, as in most examples: a token is no session",
        "mod_auth_openidc, AuthType; contract 5.2",
        ("AuthType auth-openidc", "AuthType openid-connect"),
    ),
    fault(
        "cookie-path-narrow",
        "OIDCCookiePath of one part of the application: the session is not sent with the others",
        "mod_auth_openidc, OIDCCookiePath; catalogue COO-07",
        ("OIDCCookiePath /", "OIDCCookiePath /api/loops"),
    ),
    fault(
        "session-cookie-kept",
        "no OIDCStripCookies, as by default: the session goes on to the application",
        "mod_auth_openidc, OIDCStripCookies",
        ("OIDCStripCookies mod_auth_openidc_session mod", "OIDCStripCookies no_such_cookie mod"),
    ),
    fault(
        "sessions-in-memory",
        "OIDCSessionType as by default: a restart ends every session",
        "mod_auth_openidc, OIDCSessionType, OIDCCacheType shm; catalogue AUT-12",
        (SESSION_TYPE, "OIDCSessionType server-cache"),
    ),
    fault(
        "small-header-buffers",
        "LimitRequestFieldSize as by default: 8190 bytes for all cookies together",
        "Apache, LimitRequestFieldSize; mod_auth_openidc#245; catalogue COO-04",
        ("LimitRequestFieldSize 32768", "LimitRequestFieldSize 8190"),
    ),
    fault(
        "strips-cookie",
        "RequestHeader unset Cookie, to make answers cacheable",
        "Apache, RequestHeader; RFC 6265 5.4",
        add(IN_LOCATION, "RequestHeader unset Cookie"),
    ),
    fault(
        "login-redirect-for-streams",
        "OIDCUnAuthAction auth for whoever asks: a stream is sent to the login page",
        "mod_auth_openidc, OIDCUnAuthAction with an expression; #220; catalogue AUT-04",
        (UNAUTHENTICATED, 'OIDCUnAuthAction auth "true"'),
    ),
    fault(
        "identity-missing-on-ws",
        "the streams have a section of their own: the gate is in force there, the identity is not",
        "Apache, RequestHeader is per section; catalogue HDR-08",
        add(
            IN_SERVER,
            '<Location "/api/ws">',
            "    RequestHeader unset X-authentik-username",
            "    RequestHeader unset X-authentik-groups",
            "</Location>",
        ),
    ),
    fault(
        "underscore-alias",
        "only one spelling is removed: X_authentik_username is the same name to many applications",
        "contract 3.2; catalogue SEC-03",
        ("    RequestHeader unset X_authentik_$underscores early\n", ""),
    ),
    fault(
        "nominated-away",
        "the Connection field goes on as it came: mod_proxy removes what the client names in it",
        "Apache 2.4, ap_proxy_clear_connection; CVE-2022-31813; catalogue SEC-04",
        ("    RequestHeader unset Connection\n", ""),
    ),
    fault(
        "cookie-samesite-none",
        "OIDCCookieSameSite as by default: other sites open streams in the user's name",
        "mod_auth_openidc, OIDCCookieSameSite; catalogue SEC-01",
        ("OIDCCookieSameSite On", "OIDCCookieSameSite Off"),
    ),
    fault(
        "open-redirect",
        "OIDCRedirectURLsAllowed .*, because a second host was to be allowed",
        "mod_auth_openidc, OIDCRedirectURLsAllowed; contract 5.4",
        add(IN_SERVER, 'OIDCRedirectURLsAllowed ".*"'),
    ),
    fault(
        "lenient-parser",
        "HttpProtocolOptions Unsafe, for clients that were never mended",
        "Apache, HttpProtocolOptions; RFC 9112 5.1",
        add(IN_SERVER, "HttpProtocolOptions Unsafe LenientMethods Allow0.9"),
    ),
)
