"""The Authentik-style outpost as the gate of another proxy: it answers one question per request."""

from pathlib import Path

from proxy.program import PYTHON, Command, Image, Program, Ready

ROOT = Path(__file__).parents[2]

COMMAND = Command(
    executable=PYTHON,
    run=("-m", "proxyproof.outpost", "--config", "{config}"),
    version=("-c", "import proxyproof; print(proxyproof.__version__)"),
)
IMAGE = Image(
    name="outpost",
    packages=("python3",),
    requirements=Path(__file__).with_name("outpost.lock"),
    project=ROOT,
)
READY = Ready("/outpost.goauthentik.io/ping", frozenset({204}))
SCHEMES = {
    "https": {"TLS": 'tls_cert = "cert.pem"\ntls_key = "key.pem"'},
    "http": {"TLS": ""},
}
DEFAULTS = {
    "FAULTS": "",
    "PROFILE": "rust-2026.8",
    "QUIRKS": "",
    "SESSION_SECONDS": "86400",
    "SKIP_PATHS": "",
}

OUTPOST = Program(
    name="outpost",
    summary="the Authentik-style outpost, asked once per request (mode forward_single)",
    command=COMMAND,
    config=Path(__file__).with_name("outpost.toml.in"),
    image=IMAGE,
    ready=READY,
    ports=("LISTEN", "CONTROL"),
    schemes=SCHEMES,
    defaults=DEFAULTS,
)
