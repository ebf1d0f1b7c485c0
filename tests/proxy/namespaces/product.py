"""A product in a room: it answers each connection with what it sees of its machine."""

import json
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path


def heard(host: str, port: int) -> str:
    with suppress(OSError), socket.create_connection((host, port), 5.0) as connection:
        return connection.recv(100).decode()
    return "nothing"


def seen(peer: str) -> dict[str, object]:
    return {
        "account": os.getuid(),
        "app": heard("app", 8080),
        "localhost": heard("localhost", 3000),
        "unknown": heard("unknown", 8080),
        "given": Path("/srv/given/file").read_text(),
        "log": str(Path("/var/log/product.log").readlink()),
        "cache": os.access("/var/cache/product", os.W_OK),
        "alone": sorted(each.name for each in Path("/srv/given").iterdir()),
        "environment": sorted(os.environ.keys() - {"LC_CTYPE"}),
        "peer": peer,
    }


# At all addresses, and at the port of a name: that must not be in its way.
with socket.create_server(("", 8080)) as server:
    sys.stdout.write("listening\n")
    sys.stdout.flush()
    Path("/run/product.pid").write_text(str(os.getpid()))
    while True:
        connection, (peer, _) = server.accept()
        with connection:
            connection.sendall(json.dumps(seen(peer)).encode())
