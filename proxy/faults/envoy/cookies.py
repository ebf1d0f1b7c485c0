"""Faults of cookies, and of the limits that large cookies and identities meet."""

from proxy.faults.envoy.edits import IN_ANSWERS, fault, on_route, switched_off
from proxy.faults.fault import add

OUTPOST = "    - name: outpost\n      type: STRICT_DNS\n"
SMALL_ANSWERS = """\
      typed_extension_protocol_options:
        envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
          "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
          explicit_http_config: {http_protocol_options: {}}
          common_http_protocol_options: {max_response_headers_kb: 8}
"""

COOKIES = (
    fault(
        "strips-cookie",
        "request_headers_to_remove Cookie, made for a cache",
        "Envoy, request_headers_to_remove; RFC 6265 5.4",
        on_route("request_headers_to_remove: [cookie]"),
    ),
    fault(
        "session-cookie-kept",
        "the Cookie field goes on as it came, as documented: the session cookie in it",
        "the documented set-up; contract 3.3",
        switched_off("session_cookie"),
    ),
    fault(
        "small-header-buffers",
        "max_request_headers_kb 8: a browser with many cookies gets 431",
        "authentik#8758; Envoy, max_request_headers_kb; catalogue COO-04",
        ("max_request_headers_kb: 96", "max_request_headers_kb: 8"),
    ),
    fault(
        "small-proxy-buffers",
        "max_response_headers_kb 8: the identity of a user with many groups does not fit",
        "Envoy, HttpProtocolOptions; catalogue COO-05",
        (OUTPOST, OUTPOST + SMALL_ANSWERS),
    ),
    fault(
        "set-cookie-dropped",
        "response_headers_to_remove Set-Cookie, made for a cache",
        "Envoy, response_headers_to_remove",
        on_route("response_headers_to_remove: [set-cookie]"),
    ),
    fault(
        "set-cookie-not-always",
        "Set-Cookie of the outpost goes to the application, as documented, and not to the browser",
        "the documented set-up, allowed_client_headers_on_success; catalogue COO-02",
        ("{exact: set-cookie, ignore_case: true}", "{exact: cookie, ignore_case: true}"),
    ),
    fault(
        "merges-set-cookie",
        "a Lua filter reads and writes Set-Cookie: several become one, joined by a comma",
        "Envoy, Lua filter, headers():get(); RFC 6265 3",
        add(
            IN_ANSWERS,
            'local cookies = response:headers():get("set-cookie")',
            'if cookies then response:headers():replace("set-cookie", cookies) end',
        ),
    ),
)
