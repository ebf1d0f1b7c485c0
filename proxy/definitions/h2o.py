"""h2o, as Debian has it: it relays streams, and has no gate that could name the user to them."""

import signal
from pathlib import Path

from proxy.model import OF_GATE, Deviation, Feature, ProxyDefinition
from proxy.program import Command, Executable, Image

NO_FIELD = (
    "a handler of h2o 2.2 can ask (http_request), but cannot give a request field to what passes: "
    "proxy.header.set knows fixed values only (h2o#1721, open; h2o, Proxy Directives)"
)

UNBOUNDED = (
    "h2o 2.2 reads an answer as fast as it comes, however slowly its client takes it, and keeps "
    "the rest in memory and on disk without a bound: the origin seldom learns of it"
)
MAX_BUFFER = (
    "https://github.com/h2o/h2o/issues/2355; proxy.max-buffer-size, which bounds it, came with "
    "2.3.0-beta1 (h2o#1358)"
)

DEFINITION = ProxyDefinition(
    name="h2o",
    summary="h2o 2.2 in front of the application, without a gate",
    command=Command(
        executable=Executable("h2o"),
        run=("-m", "master", "-c", "{config}"),  # a worker alone cannot hand on its listener
        version=("--version",),
        check=("-t", "-c", "{config}"),
        reload=signal.SIGHUP,
    ),
    config=Path(__file__).with_name("h2o.conf.in"),
    image=Image(name="h2o", packages=("h2o",)),
    schemes={"https": {"TLS": ""}, "http": {"TLS": "#"}},
    defaults={"IDLE_MS": "3600000"},
    lacks={
        **dict.fromkeys(OF_GATE, NO_FIELD),
        Feature.H2_WEBSOCKET: "h2o 2.2 offers no extended CONNECT: it relays WebSockets by the "
        "HTTP/1.1 upgrade alone (h2o, lib/http2/connection.c)",
    },
    aside="a worker of h2o 2.2.5 aborts now and then, with all its streams: --proxy h2o judges it",
    deviations=(
        Deviation(
            "slow_client_gets_all_or_is_told",
            UNBOUNDED + ", and so it never tells the client that it fell behind",
            MAX_BUFFER,
            only=frozenset({"sse"}),
        ),
        Deviation(
            "slow_client_gets_all_or_is_told",
            "a worker of h2o 2.2.5 may abort, with all its streams, where a resumed WebSocket gets "
            "much at once after its 101: it writes on while TLS has not taken what was written",
            "seen: Assertion `sock->ssl->output.bufs.size == 0' in h2o_socket_write; "
            "h2o_tunnel_establish in lib/tunnel.c reads on without waiting",
            only=frozenset({"websocket"}),
        ),
        Deviation(
            "response_head_arrives_before_the_first_event",
            "h2o 2.2 keeps the head of an answer until there is a byte of its body: a stream that "
            "opens in silence is not open for its client, unless the origin begins with a comment",
            "do_send in lib/core/proxy.c: nothing is sent while the body is empty",
        ),
        Deviation(
            "slow_client_delays_nobody",
            UNBOUNDED,
            MAX_BUFFER,
            only=frozenset({"sse"}),
        ),
        Deviation(
            "client_gone_is_told_to_the_origin",
            "h2o does not read from an HTTP/1.1 client while it answers, so it learns that one has "
            "gone by the next write that fails; over HTTP/2, and of a WebSocket, it learns at once",
            "https://github.com/h2o/h2o/issues/1525 (open)",
            only=frozenset({"sse"}),
        ),
        Deviation(
            "end_of_stream_is_not_an_error_and_an_abort_is_not_an_end",
            "h2o takes a chunked body that broke off between two chunks for a whole one, and ends "
            "it orderly. A client that knows the last id resumes either way",
            "by design, with a table: https://github.com/h2o/h2o/pull/1490; on_body_chunked in "
            "lib/common/http1client.c",
            only=frozenset({"sse"}),
        ),
        Deviation(
            "malformed_head_is_refused",
            "h2o fills a missing Host in with the name of its first host, and of two it believes "
            "the last",
            "https://github.com/h2o/h2o/issues/3554 (open); init_headers in lib/http1.c",
        ),
    ),
)
