"""`python -m proxyproof.relay --listen PORT --target HOST:PORT --fault NAME`: a bad hop by hand."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence

from proxyproof.relay.faults import FAULTS
from proxyproof.relay.server import FaultyRelay


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m proxyproof.relay",
        description="a hop before an origin that behaves as products of the field do",
    )
    parser.add_argument("--target", type=_address, metavar="HOST:PORT", help="the origin")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at")
    parser.add_argument("--port", type=int, default=0, help="port to listen at; 0: a free one")
    parser.add_argument(
        "--fault", action="append", default=[], choices=sorted(FAULTS), metavar="NAME"
    )
    parser.add_argument("--list-faults", action="store_true", help="the names and what they are")
    return parser


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise argparse.ArgumentTypeError(f"expected HOST:PORT, got {text!r}")
    return host, int(port)


async def serve(relay: FaultyRelay, host: str, port: int) -> None:
    """Relay until SIGINT or SIGTERM comes."""
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await relay.start(host, port)
    sys.stdout.write(f"relay: http://{host}:{relay.port}\n")
    sys.stdout.flush()
    await ended.wait()
    await relay.stop()


def main(arguments: Sequence[str]) -> int:
    """Run it; 2: the command line cannot be used."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.list_faults:
        told = [f"{name:24}{fault.summary}" for name, fault in FAULTS.items()]
        sys.stdout.write("\n".join(told) + "\n")
        return 0
    if asked.target is None:
        parser.error("no --target: give the address of the origin, HOST:PORT")
    try:
        relay = FaultyRelay(asked.target, asked.fault)
    except ValueError as error:
        parser.error(str(error))
    try:
        asyncio.run(serve(relay, asked.host, asked.port))
    except OSError as error:
        sys.stderr.write(f"relay: cannot listen on {asked.host}:{asked.port}: {error.strerror}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
