"""HAProxy: forward auth by a Lua action, as Authentik documents it, completed for streams."""

import signal
from pathlib import Path

from proxy.gates.outpost import OUTPOST
from proxy.model import Deviation, Feature, Hint, Own, ProxyDefinition
from proxy.program import Command, Executable, Image, Ready

DEFINITION = ProxyDefinition(
    name="haproxy",
    summary="forward auth to an Authentik outpost by a Lua action",
    command=Command(
        executable=Executable("haproxy"),
        run=("-W", "-db", "-f", "{config}"),  # a master in the foreground: it hands on the listener
        version=("-v",),
        check=("-c", "-f", "{config}"),
        reload=signal.SIGUSR2,
    ),
    config=Path(__file__).with_name("haproxy.cfg.in"),
    # HAProxy loads Lua from files only: its configuration cannot hold a script.
    beside=(Path(__file__).with_name("haproxy_auth.lua.in"),),
    image=Image(name="haproxy", packages=("haproxy",)),
    ready=Ready("/outpost.goauthentik.io/ping", frozenset({204})),
    schemes={"https": {"TLS": "ssl"}, "http": {"TLS": ""}},
    defaults={"IDLE_MS": "3600000"},
    gate=OUTPOST,
    own=Own(
        folder="/usr/local/etc/haproxy",
        main="haproxy.cfg",
        shows={
            Feature.H2_DOWNSTREAM: r"\balpn\s+\S*h2",
            Feature.H2_WEBSOCKET: r"\balpn\s+\S*h2",
        },
        hints=(
            Hint(
                r"could not resolve address '([\w.-]+)'",
                "say where {0!r} leads: --alias {0}:PORT=origin, or =outpost",
            ),
            Hint(r"Cannot chroot", "only root may, and no process of ours: --runtime container"),
            Hint(
                r"unable to stat SSL certificate from file '([^']+)'",
                "let it have ours, certificate and key in one: "
                "--certificate {0} --certificate-key {0}",
            ),
        ),
    ),
    deviations=(
        Deviation(
            "end_of_stream_is_not_an_error_and_an_abort_is_not_an_end",
            "towards HTTP/2 HAProxy 2.6 ends a stream orderly (END_STREAM) where the origin broke "
            "its chunked body off; over HTTP/1.1 it breaks off too. A client that knows the last "
            "id resumes either way",
            "mended in HAProxy 2.7: https://github.com/haproxy/haproxy/commit/473e0e5 (mux-h2: "
            "send a CANCEL instead of ES on truncated writes)",
            only=frozenset({"sse", "http2"}),
        ),
        Deviation(
            "post_is_not_repeated",
            "where the origin is lost before it has answered, HAProxy tells an HTTP/2 client that "
            "nothing was done (REFUSED_STREAM), although the origin has had the whole request: "
            "clients such as curl then send a POST again by themselves. Over HTTP/1.1 it says 502",
            "RFC 9113 section 8.7; said to be intended in https://github.com/haproxy/haproxy/"
            "issues/3414 and https://github.com/curl/curl/issues/5794; h2_do_shutr in src/mux_h2.c",
            only=frozenset({"http2"}),
        ),
    ),
)
