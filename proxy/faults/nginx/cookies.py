"""Faults of cookies, and of the buffers that large cookies and identities need."""

from proxy.faults.fault import add
from proxy.faults.nginx.edits import COOKIE, IN_LOCATION, fault

COOKIES = (
    fault(
        "strips-cookie",
        "the Cookie field is cleared to make answers cacheable",
        "nginx, proxy_set_header; RFC 6265 5.4",
        (COOKIE, 'proxy_set_header Cookie "";'),
    ),
    fault(
        "cookie-not-forwarded",
        "an allow-list of cookies from the time when the application had one",
        "CloudFront, forwarded cookies; RFC 6265 5.4",
        (COOKIE, 'proxy_set_header Cookie "theme=$cookie_theme";'),
    ),
    fault(
        "session-cookie-kept",
        "the Cookie field goes on as it came, the session cookie of the outpost in it",
        "the documented set-up; contract 3.3",
        (COOKIE, "proxy_set_header Cookie $http_cookie;"),
    ),
    fault(
        "small-header-buffers",
        "large_client_header_buffers as by default: 8k for all cookies together",
        "authentik#8758; catalogue COO-04",
        ("large_client_header_buffers 4 32k;", "large_client_header_buffers 4 8k;"),
    ),
    fault(
        "small-proxy-buffers",
        "proxy_buffer_size as by default: the identity of a user with many groups does not fit",
        "the outpost's documentation, upstream sent too big header; catalogue COO-05",
        ("proxy_buffer_size 32k;", "proxy_buffer_size 4k;"),
        ("proxy_buffers 8 16k;", "proxy_buffers 8 4k;"),
    ),
    fault(
        "set-cookie-dropped",
        "proxy_hide_header Set-Cookie, made for a cache",
        "nginx, proxy_hide_header",
        add(IN_LOCATION, "proxy_hide_header Set-Cookie;"),
    ),
    fault(
        "merges-set-cookie",
        "Set-Cookie copied through a variable: several become one, joined by a comma",
        "RFC 6265 3; nginx 1.23.0, variables of repeated fields",
        add(
            IN_LOCATION,
            "proxy_hide_header Set-Cookie;",
            "add_header Set-Cookie $upstream_http_set_cookie always;",
        ),
    ),
    fault(
        "set-cookie-not-always",
        "add_header without always, as documented: nothing on a 101 or on an error",
        "the documented set-up; nginx, add_header; catalogue COO-02",
        ("add_header Set-Cookie $auth_cookie always;  #", "add_header Set-Cookie $auth_cookie;  #"),
    ),
    fault(
        "cookie-path-narrow",
        "proxy_cookie_path makes the session cookie fit one path only",
        "nginx, proxy_cookie_path; catalogue COO-07",
        (
            "location /outpost.goauthentik.io/ {",
            "location /outpost.goauthentik.io/ {\n            proxy_cookie_path / /api/loops/;",
        ),
    ),
)
