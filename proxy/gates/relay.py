"""A relay: it has the name and port that a user's configuration expects of the origin or outpost.

A name of the run's network and not an entry in a hosts file, because nginx's `resolver` and its
like ask the network. One relay for each name: two names may have the same port.
"""

from pathlib import Path

from proxy.gates.outpost import IMAGE
from proxy.model import PYTHON, Command, Program

RELAY = Program(
    name="relay",
    summary="leads a name of the user's configuration to a part of the harness",
    command=Command(
        executable=PYTHON,
        run=("-m", "proxyproof.wire.relay", "{config}"),
        version=("-c", "import proxyproof; print(proxyproof.__version__)"),
    ),
    config=Path(__file__).with_name("relay.toml.in"),
    image=IMAGE,
)
