"""Apache httpd: no request asks an outpost, so it is a client of the provider itself."""

import signal
from pathlib import Path

from proxy.model import Deviation, Feature, Hint, Login, Own, ProxyDefinition
from proxy.program import Command, Executable, Image, Ready

SUPPLIED = Path(__file__).parents[1] / "supplied" / "httpd"

# What Debian's apache2ctl sets for its files; logs lie where every account may write.
VARIABLES = {
    "APACHE_RUN_USER": "www-data",
    "APACHE_RUN_GROUP": "www-data",
    "APACHE_PID_FILE": "/tmp/apache2.pid",
    "APACHE_RUN_DIR": "/tmp",
    "APACHE_LOCK_DIR": "/tmp",
    "APACHE_LOG_DIR": "/tmp",
}
DEFINED = tuple(
    word for name, value in VARIABLES.items() for word in ("-C", f"Define {name} {value}")
)

HINTS = (
    Hint(
        r"DNS lookup failure for: ([\w.-]+)",
        "say where {0!r} leads: --alias {0}:PORT=origin, or =provider",
    ),
    Hint(
        r"SSLCertificate(?:Key)?File: file '([^']+)' does not exist",
        "let it have ours: --certificate {0}, or --certificate-key {0}",
    ),
    Hint(
        r"Invalid command '(\w+)'",
        "{0!r} needs a module that is not loaded, or is misspelt: "
        "give the whole folder, or an image that has it with --image httpd=REF",
    ),
)

DEFINITION = ProxyDefinition(
    name="httpd",
    summary="mod_auth_openidc against the provider: Apache cannot ask an outpost",
    command=Command(
        executable=Executable("apache2"),
        run=("-f", "{config}", "-DFOREGROUND"),
        version=("-v",),
        check=("-f", "{config}", "-t"),
        reload=signal.SIGUSR1,  # `graceful`; SIGHUP ends every stream
    ),
    config=Path(__file__).with_name("httpd.conf.in"),
    image=Image(name="httpd", packages=("apache2-bin", "libapache2-mod-auth-openidc")),
    ready=Ready("/oidc/signed-in", frozenset({204})),
    schemes={"https": {"TLS": "on"}, "http": {"TLS": "off"}},
    defaults={"IDLE_S": "3600"},
    lacks={
        Feature.SEPARATE_GATE: "mod_auth_openidc decides inside the server",
        Feature.OUTPOST: "Apache has no request that asks another server who may pass: "
        "mod_auth_openidc asks the provider once, at the login, and keeps the session itself",
        Feature.H2_WEBSOCKET: "H2WebSockets is off by default: mod_proxy of 2.4 cannot wait for "
        "both ends of such a stream (icing/mod_h2#265): an echo comes back, an event does not come",
    },
    deviations=(
        Deviation(
            "client_gone_is_told_to_the_origin",
            "mod_proxy_http reads from the origin alone until it has an answer to write: that the "
            "reader of a silent event stream has gone shows with the next event, over HTTP/2 too",
            "Apache 2.4, modules/proxy/mod_proxy_http.c, ap_proxy_http_process_response; "
            "icing/mod_h2#232 (open)",
            only=frozenset({"sse"}),
        ),
        Deviation(
            "seven_tabs_stream_at_once",
            "an HTTP/2 connection begins with six requests at a time, as many as a browser had "
            "connections before; more come with requests that end, so that the seventh event "
            "stream of a connection may wait for ever",
            "Apache 2.4, modules/http2/h2_mplx.c, processing_limit; icing/mod_h2#232, #259",
            intermittent=True,
        ),
    ),
    login=Login(
        # what the provider itself would send a browser to (OpenID Connect Core 1.0 section 4)
        start="/oidc/callback?iss={issuer}&target_link_uri={back}",
        home="/oidc/signed-in",
        cookie="mod_auth_openidc_session",
        early=False,
    ),
    own=Own(
        folder="/etc/apache2",  # Debian's layout; the official image has another
        main="apache2.conf",
        part="sites-enabled/000-default.conf",
        whole=r"^\s*(LoadModule|ServerRoot|IncludeOptional\s+mods-enabled)\b",
        supplied={"apache2.conf": SUPPLIED / "apache2.conf"},
        run=(*DEFINED, "-f", "{config}", "-DFOREGROUND"),
        shows={Feature.H2_DOWNSTREAM: r"^\s*Protocols\b.*\bh2\b"},
        hints=HINTS,
    ),
)
