"""`python -m proxyproof.outpost --config FILE`: run an outpost until it is told to stop."""

import argparse
import asyncio
import gc
import signal
import sys
from pathlib import Path

from proxyproof.outpost.server import Outpost
from proxyproof.outpost.settings import SettingsError, load


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status: 0 after a signal, 2 if it could not begin."""
    parser = argparse.ArgumentParser(prog="python -m proxyproof.outpost", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="a TOML file")
    chosen = parser.parse_args(arguments)
    try:
        asyncio.run(_run(chosen.config))
    except (SettingsError, ValueError) as error:
        print(f"outpost: {error}", file=sys.stderr)
        return 2
    return 0


async def _run(config: Path) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with Outpost(load(config)) as outpost:
        # Nothing of what was loaded is ever garbage: no collection need walk it, nor the exit.
        gc.freeze()
        settings = outpost.settings
        scheme = "https" if settings.tls_cert else "http"
        ready = f"ready {scheme}://{settings.listen[0]}:{outpost.port}"
        if settings.control:
            ready += f" control http://{settings.control[0]}:{outpost.control_port}"
        print(ready, file=sys.stderr, flush=True)
        await stop.wait()


if __name__ == "__main__":
    sys.exit(main())
