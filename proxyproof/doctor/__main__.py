"""`python -m proxyproof.doctor URL`: look at the streams of one URL, from outside."""

import argparse
import asyncio
import math
import os
import signal
import sys
from collections.abc import Sequence

from proxyproof.doctor import Application, Wishes, examined
from proxyproof.doctor.examination import TIMEOUT
from proxyproof.doctor.showing import as_json, as_text
from proxyproof.wire.head import Field

NOT_JUDGED = 2
EXITS = "exit status: 0 nothing wrong was seen; 1 something is wrong; 2 nothing could be judged"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0, 1 or 2, see `EXITS`."""
    options = _parser().parse_args(arguments)
    try:
        app = Application.of(options.url, _wishes(options))
        diagnosis = asyncio.run(examined(app, options.url, options.timeout))
    except ValueError as error:
        print(f"proxyproof.doctor: {error}", file=sys.stderr)
        return NOT_JUDGED
    except KeyboardInterrupt:
        return NOT_JUDGED
    shown = as_json(diagnosis) + "\n" if options.json else as_text(diagnosis, colour=_colour())
    try:
        print(shown, end="", flush=True)
    except BrokenPipeError:
        # The reader has gone (`| head`); the flush at exit must not find the same pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return diagnosis.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="proxyproof doctor",
        description="Look at the event stream and the WebSocket of one URL, from outside.",
        epilog=EXITS,
    )
    add = parser.add_argument
    add("url", help="base URL of the application, or the URL of a stream")
    add("--cookie", metavar="NAME=VALUE", action="append", default=[], help="may be repeated")
    add("--header", metavar="NAME:VALUE", action="append", default=[], help="may be repeated")
    add("--path-sse", metavar="PATH", help="where the event stream is; default: /api/events")
    add("--path-ws", metavar="PATH", help="where the WebSocket is; default: /api/ws")
    add("--timeout", type=_seconds, default=TIMEOUT, help="seconds for everything (default: 20)")
    trust = parser.add_mutually_exclusive_group()
    trust.add_argument("--ca", metavar="FILE", help="trust the authorities in this PEM file too")
    trust.add_argument("--insecure", action="store_true", help="accept any certificate")
    add("--json", action="store_true", help="print one JSON document")
    return parser


def _wishes(options: argparse.Namespace) -> Wishes:
    return Wishes(
        cookies=tuple(options.cookie),
        headers=tuple(_header(text) for text in options.header),
        path_sse=options.path_sse,
        path_websocket=options.path_ws,
        ca=options.ca,
        insecure=options.insecure,
    )


def _header(text: str) -> Field:
    name, colon, value = text.partition(":")
    if not colon:
        raise ValueError("--header expects NAME:VALUE")
    return name.strip(), value.strip()


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 1 <= seconds <= 600:
        raise argparse.ArgumentTypeError(f"expected 1 to 600 seconds, not {text!r}")
    return seconds


def _colour() -> bool:
    """Colour only for a terminal, and for nobody who wants none (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


if __name__ == "__main__":
    # A shell starts what it puts in the background with SIGINT ignored; whoever sends one means it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main())
