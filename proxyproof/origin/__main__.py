"""Run the reference origin alone: ``python -m proxyproof.origin --port 8000``."""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import ssl
import sys
from collections.abc import Sequence

from proxyproof.origin import FAULTS, Fault, LeaseSettings, Origin, Settings
from proxyproof.origin.settings import SHORTEST_TOKEN
from proxyproof.origin.stream.registry import Streams

ENVIRONMENT = "env:"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until SIGINT or SIGTERM; 0 after a clean end, 2 for options that make no sense."""
    options = _parser().parse_args(arguments)
    if options.list_faults:
        for fault in FAULTS.values():
            print(f"{fault.name:24}{fault.summary}")
        return 0
    logging.getLogger("aiohttp").setLevel(logging.ERROR)
    try:
        origin = Origin(_settings(options), [_fault(name) for name in options.fault])
        asyncio.run(_serve(origin))
    except (OSError, ValueError) as error:
        print(f"proxyproof.origin: {_sentence(error)}", file=sys.stderr)
        return 2
    return 0


async def _serve(origin: Origin) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with origin:
        print(f"listening on http://{origin.settings.host}:{origin.port}", flush=True)
        if origin.tls_port:
            print(f"listening on https://{origin.settings.host}:{origin.tls_port}", flush=True)
        await stopped.wait()
        print(f"stopping: {_count(origin.streams)} told to go away", flush=True)


def _count(streams: Streams) -> str:
    return f"{len(streams)} open stream{'' if len(streams) == 1 else 's'}"


def _fault(name: str) -> Fault:
    fault = FAULTS.get(name)
    if fault is None:
        raise ValueError(f"no fault {name!r}: --list-faults prints them")
    return fault


def _settings(options: argparse.Namespace) -> Settings:
    lease = None
    if options.lease_url:
        lease = LeaseSettings(options.lease_url, options.lease_interval, options.lease_grace)
    return Settings(
        host=options.host,
        port=options.port,
        tls=_tls(options),
        tls_port=options.tls_port,
        heartbeat=options.heartbeat,
        retry=options.retry,
        queue_bytes=options.queue_bytes,
        max_clients=options.max_clients,
        log_capacity=options.log_capacity,
        trusted_peers=tuple(options.trusted_peer),
        allowed_origins=tuple(options.allowed_origin) or None,
        withdrawn=frozenset(options.withdraw),
        lease=lease,
        page_faults=options.page_faults,
        drills=not options.no_drills,
        control_token=_token(options.ledger_token),
    )


def _token(text: str | None) -> str | None:
    """The token itself, or what the environment has for it: a command line is seen by others."""
    if text is None or not text.startswith(ENVIRONMENT):
        return text
    name = text.removeprefix(ENVIRONMENT)
    if not os.environ.get(name):
        raise ValueError(f"--ledger-token {text}: the environment has no {name}: set it")
    return os.environ[name]


def _tls(options: argparse.Namespace) -> ssl.SSLContext | None:
    if bool(options.tls_cert) != bool(options.tls_key):
        raise ValueError("--tls-cert and --tls-key go together: give both or neither")
    if not options.tls_cert:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(options.tls_cert, options.tls_key)
    except OSError as error:
        files = f"{options.tls_cert} and {options.tls_key}"
        raise ValueError(f"no certificate and key in {files}: {error.strerror or error}") from None
    return context


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.strerror or error}: choose another --host or --port"
    return str(error)


def _parser() -> argparse.ArgumentParser:
    usual = Settings()
    parser = argparse.ArgumentParser("python -m proxyproof.origin", description=__doc__)
    add = parser.add_argument
    add("--host", default=usual.host, help="address to listen at (%(default)s)")
    add("--port", type=int, default=8000, help="port for plain HTTP, 0 takes a free one")
    add("--tls-cert", metavar="FILE", help="certificate chain; opens a second listener")
    add("--tls-key", metavar="FILE", help="its private key")
    add("--tls-port", type=int, default=8443, help="port for TLS (%(default)s)")
    add("--heartbeat", type=float, default=usual.heartbeat, help="seconds (%(default)s)")
    add("--retry", type=int, default=usual.retry, help="milliseconds for event streams")
    add("--queue-bytes", type=int, default=usual.queue_bytes, help="what may wait for one client")
    add("--max-clients", type=int, default=usual.max_clients, help="streams open at once")
    add("--log-capacity", type=int, default=usual.log_capacity, help="events kept for resuming")
    _add_gate(parser)
    add("--fault", action="append", default=[], metavar="NAME", help="build one component faulty")
    add("--page-faults", action="store_true", help="let pages choose client faults by ?fault=NAME")
    add("--no-drills", action="store_true", help="no cuts and no switching from the page at /")
    add("--list-faults", action="store_true", help="print the faults and end")
    return parser


def _add_gate(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--trusted-peer", action="append", default=[], metavar="NETWORK", help="believe its fields")
    add("--allowed-origin", action="append", default=[], metavar="URL", help="whose pages may")
    add("--withdraw", action="append", default=[], choices=("websocket", "sse"), help="from start")
    add("--lease-url", metavar="URL", help="ask it again whether the session of a stream stands")
    add("--lease-interval", type=float, default=30.0, help="seconds between two questions")
    add("--lease-grace", type=float, default=120.0, help="seconds to live without an answer")
    add(
        "--ledger-token",
        metavar="TOKEN",
        help="let a harness elsewhere that has it control this origin and read its ledger; "
        f"{SHORTEST_TOKEN} characters or more, or {ENVIRONMENT}NAME",
    )


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
