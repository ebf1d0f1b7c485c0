"""Faults of cookies, and of the buffers that large cookies and identities need."""

from proxy.faults.fault import add
from proxy.faults.haproxy.edits import IN_ORIGIN, IN_OUTPOST, fault

COOKIES = (
    fault(
        "strips-cookie",
        "the Cookie field is deleted to make answers cacheable",
        "HAProxy, http-request del-header; RFC 6265 5.4",
        add(IN_ORIGIN, "http-request del-header Cookie"),
    ),
    fault(
        "cookie-not-forwarded",
        "an allow-list of cookies from the time when the application had one",
        "CloudFront, forwarded cookies; RFC 6265 5.4",
        add(IN_ORIGIN, "http-request set-header Cookie theme=%[req.cook(theme)]"),
    ),
    fault(
        "session-cookie-kept",
        "the Cookie field goes on as it came, the session cookie of the outpost in it",
        "the documented set-up; contract 3.3",
        add(IN_ORIGIN, "http-request allow"),
    ),
    fault(
        "small-header-buffers",
        "tune.bufsize is lowered, which saves memory on each connection",
        "HAProxy, tune.bufsize; catalogue COO-04",
        ("tune.bufsize 65536 ", "tune.bufsize 8192 "),
        ("tune.maxrewrite 16384 ", "tune.maxrewrite 1024 "),
    ),
    fault(
        "small-proxy-buffers",
        "tune.bufsize is lowered: the identity of a user with many groups does not fit",
        "HAProxy, tune.bufsize; catalogue COO-05",
        ("tune.bufsize 65536 ", "tune.bufsize 12288 "),
        ("tune.maxrewrite 16384 ", "tune.maxrewrite 1024 "),
    ),
    fault(
        "set-cookie-dropped",
        "http-response del-header Set-Cookie, made for a cache",
        "HAProxy, http-response del-header",
        add(IN_ORIGIN, "http-response del-header Set-Cookie"),
    ),
    fault(
        "merges-set-cookie",
        "an attribute is added to Set-Cookie by set-header: of several fields one is left",
        "HAProxy, set-header and res.fhdr; RFC 6265 3",
        add(
            IN_ORIGIN,
            "http-response set-header Set-Cookie '%[res.fhdr(Set-Cookie)]; Secure'"
            " if { res.fhdr(Set-Cookie) -m found }",
        ),
    ),
    fault(
        "set-cookie-not-always",
        "the cookie of the outpost goes on with pages only: nothing on a 101",
        "HAProxy, http-after-response; catalogue COO-02",
        (
            "Set-Cookie %[var(txn.auth_cookie_1)] if {",
            "Set-Cookie %[var(txn.auth_cookie_1)] if { status 200 } {",
        ),
        (
            "Set-Cookie %[var(txn.auth_cookie_2)] if {",
            "Set-Cookie %[var(txn.auth_cookie_2)] if { status 200 } {",
        ),
    ),
    fault(
        "cookie-path-narrow",
        "replace-header makes the session cookie fit one path only",
        "HAProxy, http-response replace-header; catalogue COO-07",
        add(
            IN_OUTPOST,
            "http-response replace-header Set-Cookie '(.*[Pp]ath=/)(.*)' '\\1api/loops/\\2'",
        ),
    ),
)
