"""Faults of the gate: who is asked, what is asked, and what becomes of the answer."""

from proxy.faults.fault import add
from proxy.faults.haproxy.edits import IN_FRONTEND, fault

REFUSAL = (
    '    http-request return status 401 content-type text/plain string "not signed in\\n"'
    " if !outpost !admitted unknown stream_client\n"
)
LOGIN = (
    "    http-request redirect code 302"
    " location /outpost.goauthentik.io/start?rd=%[req.hdr(X-Original-URL),url_enc]"
    " if !outpost !admitted unknown\n"
)
QUESTION = " HEAD "
DENIAL = "    http-request deny deny_status 503 if !outpost !admitted\n"

GATE = (
    fault(
        "auth-not-applied",
        "the interface of the application is exempt: http-request allow ends all further rules",
        "HAProxy, http-request allow; catalogue AUT-10",
        add(IN_FRONTEND, "http-request allow if { path_beg /api/ }"),
    ),
    fault(
        "fails-open",
        "the action asks the outpost and no rule looks at the answer",
        "haproxy-auth-request, which only sets variables; catalogue AUT-10, AUT-11",
        (REFUSAL, ""),
        (LOGIN, ""),
        (DENIAL, ""),
    ),
    fault(
        "fallback-ungated",
        "the old event stream is exempt from the gate",
        "catalogue FLB-03, AUT-10",
        add(IN_FRONTEND, "http-request allow if { path /api/events }"),
    ),
    fault(
        "upgrade-bypasses-auth",
        "upgrades are exempt, because the gate could not answer them",
        "the documented warning about Upgrade; catalogue AUT-09",
        add(IN_FRONTEND, "http-request allow if websocket"),
    ),
    fault(
        "login-redirect-for-streams",
        "the documented answer: a stream is sent to the login page, where it cannot go",
        "the documented set-up; contract 6; catalogue AUT-04",
        (REFUSAL, ""),
    ),
    fault(
        "ignores-bearer",
        "Authorization is deleted before the outpost is asked, as documented",
        "the documented set-up; contract 5.2",
        add(IN_FRONTEND, "http-request del-header Authorization"),
    ),
    fault(
        "identity-not-cleared",
        "six identity fields of twelve are deleted, as documented: a client forges the others",
        "the documented set-up; contract 3.2; catalogue SEC-02",
        (
            "^x[-_.]authentik[-_.] -m reg",
            "^x[-_.]authentik[-_.](username|groups|entitlements|email|name|uid)$ -m reg",
        ),
    ),
    fault(
        "underscore-alias",
        "only one spelling is deleted: X_authentik_username is the same name to many applications",
        "contract 3.2; catalogue SEC-03",
        ("^x[-_.]authentik[-_.] -m reg", "x-authentik- -m beg"),
    ),
    fault(
        "failure-mode-allow",
        "the answers of a gate that is well are looked at, a failure is not: the request goes on",
        "haproxy-auth-request, which only sets variables; catalogue AUT-10, AUT-13",
        (DENIAL, ""),
    ),
    fault(
        "forward-auth-keeps-upgrade",
        "Upgrade and Connection are among the fields of the question",
        "the documented warning; contract 6; catalogue AUT-01",
        (QUESTION, f"{QUESTION}upgrade,connection,"),
    ),
    fault(
        "identity-missing-on-ws",
        "identity is deleted from handshakes behind the question, with what clients claim",
        "HAProxy, the order of http-request rules; catalogue HDR-08",
        (DENIAL, f"{DENIAL}    http-request del-header x-authentik- -m beg if websocket\n"),
    ),
    fault(
        "connections-exhausted",
        "a limit of connections by address: those that say nothing use up what a whole office has",
        "HAProxy, stick tables, conn_cur; catalogue SEC-10, CON-01",
        add(
            IN_FRONTEND,
            "stick-table type ip size 10k store conn_cur",
            "tcp-request connection track-sc0 src",
            "tcp-request connection reject if { sc_conn_cur(0) gt 200 }",
        ),
    ),
    fault(
        "logs-cookie",
        "capture request header Cookie, to find out why a user was logged out",
        "HAProxy, capture request header; catalogue SEC-11",
        add(IN_FRONTEND, "capture request header Cookie len 4096"),
    ),
)
