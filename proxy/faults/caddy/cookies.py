"""Faults of cookies, and of the limits that large cookies and identities meet."""

from proxy.faults.caddy.edits import IN_QUESTION, IN_ROUTE, fault
from proxy.faults.fault import add

COOKIES = (
    fault(
        "session-cookie-kept",
        "the Cookie field goes on as it came, the session cookie of the outpost in it",
        "the documented set-up; contract 3.3",
        ('\t\trequest_header Cookie "^(?:authentik', '\t\t# request_header Cookie "^(?:authentik'),
        ('\t\trequest_header Cookie "; ?authentik', '\t\t# request_header Cookie "; ?authentik'),
    ),
    fault(
        "small-header-buffers",
        "max_header_size, set against abuse, is below what some browsers send (default 16KiB)",
        "Caddy, global option max_header_size; catalogue COO-04",
        ("max_header_size 32KB", "max_header_size 4KB"),
    ),
    fault(
        "small-proxy-buffers",
        "max_response_header of the gate: the identity of a user with many groups does not fit",
        "Caddy, reverse_proxy, transport http; catalogue COO-05",
        add(IN_QUESTION, "transport http {", "\tmax_response_header 4KB", "}"),
    ),
    fault(
        "merges-set-cookie",
        "Set-Cookie set again from its placeholder: several become one, joined by a comma",
        "RFC 6265 3; Caddy, {rp.header.*}",
        add(IN_ROUTE, "header >Set-Cookie {rp.header.Set-Cookie}"),
    ),
    fault(
        "set-cookie-not-always",
        "only pages get the cookie that the outpost renews: nothing on a 101",
        "Caddy, forward_auth copies no field to the client; catalogue COO-02",
        (
            'not vars {rp.header.Set-Cookie} ""',
            '{\n\t\t\tnot vars {rp.header.Set-Cookie} ""\n\t\t\theader Accept *text/html*\n\t\t}',
        ),
    ),
    fault(
        "cookie-path-narrow",
        "a rule makes the session cookie fit one path only",
        "Caddy, reverse_proxy header_down; catalogue COO-07",
        (
            "reverse_proxy /outpost.goauthentik.io/* @OUTPOST@",
            "reverse_proxy /outpost.goauthentik.io/* @OUTPOST@ {\n"
            "\t\t\theader_down Set-Cookie Path=/ Path=/api/loops/\n\t\t}",
        ),
        add(IN_QUESTION, "header_down Set-Cookie Path=/ Path=/api/loops/"),
    ),
)
