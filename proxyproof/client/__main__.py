"""`python -m proxyproof.client URL`: print the changes of status and the events as they come."""

import argparse
import asyncio
import json
import os
import signal
import ssl
import sys
from collections.abc import Sequence
from datetime import datetime

from proxyproof.client import Cause, Change, EventStream, StreamEvent
from proxyproof.client.transport.target import named_by

ENDED, LOG_IN, NO_STREAM = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns:
        0 after Ctrl-C, 1 when a login is wanted, 2 when there is no such stream.
    """
    options = _parser().parse_args(arguments)
    try:
        return asyncio.run(_Follower(options).follow())
    except KeyboardInterrupt:
        return ENDED
    except BrokenPipeError:
        # The reader has gone (`| head`); the flush at exit must not find the same pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ENDED
    except (ValueError, OSError) as error:
        print(f"proxyproof.client: {error}", file=sys.stderr)
        return NO_STREAM


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m proxyproof.client", description="Follow an event stream."
    )
    add = parser.add_argument
    add("url", help="base URL of the application, or the URL of a stream")
    add(
        "--transport",
        choices=("auto", "websocket", "sse"),
        help="default: what the URL says (ws://, wss://, path of an event stream), else auto",
    )
    add("--http", choices=("1.1", "2"), default="1.1", help="version to offer by ALPN over TLS")
    add("--loop", metavar="ID", help="only the events of this loop")
    add("--resume-from", metavar="ID", help="start after the event with this id")
    add("--cookie", metavar="NAME=VALUE", action="append", default=[], help="may be repeated")
    add("--header", metavar="NAME:VALUE", action="append", default=[], help="may be repeated")
    trust = parser.add_mutually_exclusive_group()
    trust.add_argument("--insecure", action="store_true", help="accept any certificate")
    trust.add_argument("--ca", metavar="FILE", help="trust the authorities in this PEM file")
    add("--json", action="store_true", help="print one JSON object a line")
    return parser


class _Follower:
    """Prints one stream until it ends."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._json: bool = options.json
        self._closing: asyncio.Task[None] | None = None
        self._stream = EventStream(
            options.url,
            transport=options.transport or named_by(options.url),
            loop_id=options.loop,
            resume_from=options.resume_from,
            cookies=dict(_pair(cookie, "=", "--cookie") for cookie in options.cookie),
            headers=[_pair(header, ":", "--header") for header in options.header],
            ssl=_trust(options),
            http=options.http,
        )
        self._stream.on_status(self._show_change)

    async def follow(self) -> int:
        """Print what comes; return the exit code."""
        async with self._stream:
            async for event in self._stream:
                self._show_event(event)
        if self._closing is not None:
            await self._closing
        return self._exit_code()

    def _exit_code(self) -> int:
        if self._stream.status == "unauthorized":
            print("proxyproof.client: log in, then start again (--cookie)", file=sys.stderr)
            return LOG_IN
        print(f"proxyproof.client: {self._stream.endings[-1].detail}", file=sys.stderr)
        return NO_STREAM

    def _show_change(self, change: Change) -> None:
        if self._json:
            status = {"status": change.status, "transport": change.transport}
            print(json.dumps(status | {"reason": change.reason}), flush=True)
        else:
            print(f"{_now()} {change.status} ({change.transport}): {change.reason}", flush=True)
        if change.status == "waiting" and self._is_nobody_there():
            self._closing = asyncio.get_running_loop().create_task(self._stream.close())

    def _is_nobody_there(self) -> bool:
        """Whether the first attempt found nothing: more likely a wrong URL than an outage."""
        endings = self._stream.endings
        return len(endings) == 1 and endings[0].cause is Cause.UNREACHABLE

    def _show_event(self, event: StreamEvent) -> None:
        if self._json:
            shown = {"event": event.type, "id": event.id, "data": event.data or event.raw}
            print(json.dumps(shown), flush=True)
        else:
            print(f"{_now()} {event.id or '-'} {event.type} {event.raw}", flush=True)


def _pair(text: str, separator: str, option: str) -> tuple[str, str]:
    name, found, value = text.partition(separator)
    if not found or not name.strip():
        raise ValueError(f"{option} expects NAME{separator}VALUE, not {text!r}")
    return name.strip(), value if separator == "=" else value.strip()


def _trust(options: argparse.Namespace) -> ssl.SSLContext | None:
    if options.ca:
        try:
            return ssl.create_default_context(cafile=options.ca)
        except (OSError, ssl.SSLError) as error:
            raise ValueError(f"--ca {options.ca}: no certificates there: {error}") from None
    if not options.insecure:
        return None
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _now() -> str:
    return datetime.now().strftime("%H:%M:%S.%f")[:-3]


if __name__ == "__main__":
    # A shell starts what it puts in the background with SIGINT ignored; whoever sends one means it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main())
