"""The `proxyproof` command: a thin door to the parts of the reference system."""

import argparse
import signal
import sys
from collections.abc import Callable, Mapping, Sequence

import proxyproof
from proxyproof.client.__main__ import main as client
from proxyproof.doctor.__main__ import main as doctor
from proxyproof.origin.__main__ import main as serve
from proxyproof.outpost.__main__ import main as outpost

Main = Callable[[list[str]], int]

COMMANDS: Mapping[str, tuple[Main, str]] = {
    "serve": (serve, "run the reference origin, behind a proxy of yours or alone"),
    "client": (client, "follow an event stream"),
    "doctor": (doctor, "look at the streams of one URL from outside, without any set-up"),
    "outpost": (outpost, "run the Authentik-style outpost"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one of the commands with the arguments after its name; returns its exit status."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    chosen = _parser().parse_args(words[:1])
    command, _ = COMMANDS[chosen.command]
    # A shell starts what it puts in the background with SIGINT ignored; whoever sends one means it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return command(words[1:])


def _parser() -> argparse.ArgumentParser:
    table = "\n".join(f"  {name:10}{says}" for name, (_, says) in COMMANDS.items())
    parser = argparse.ArgumentParser(
        "proxyproof",
        description="Does this event stream survive this authenticating proxy?",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"commands:\n{table}\n\n`proxyproof COMMAND --help` lists the options of one.",
    )
    parser.add_argument("--version", action="version", version=proxyproof.__version__)
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND")
    return parser
