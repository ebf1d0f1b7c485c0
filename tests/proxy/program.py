"""A program under the launcher that behaves as its configuration says; run as a script.

It imports little: it is started for almost every test.
"""

import os
import signal
import socket
import sys
import time
import tomllib
from typing import Any


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")


def serve(port: int, status: int) -> None:
    with socket.create_server(("127.0.0.1", port)) as server:
        while True:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())


def main(config: dict[str, Any]) -> None:
    for number in range(config.get("lines", 1)):
        say(config.get("says", "hello"), number)
    if config.get("child"):
        say("child", os.spawnlp(os.P_NOWAIT, "sleep", "sleep", "600"))
    if config.get("stubborn"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if config.get("dies"):
        sys.exit(config["dies"])
    signal.signal(signal.SIGHUP, lambda *_: say("reloaded", os.getpid()))
    if config.get("silent"):
        time.sleep(600)
    serve(config["port"], config.get("status", 200))


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:  # noqa: PTH123 (pathlib is not imported, to be quick)
        main(tomllib.load(file))
