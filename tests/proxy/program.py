"""A program under the launcher that behaves as its configuration says; run as a script."""

import http.server
import os
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any


class Handler(http.server.BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")


def serve(port: int) -> None:
    http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


def main(config: dict[str, Any]) -> None:
    for number in range(config.get("lines", 1)):
        say(config.get("says", "hello"), number)
    if config.get("child"):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        say("child", child.pid)
    if config.get("stubborn"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if config.get("dies"):
        sys.exit(config["dies"])
    Handler.status = config.get("status", 200)
    signal.signal(signal.SIGHUP, lambda *_: say("reloaded", os.getpid()))
    if config.get("silent"):
        time.sleep(600)
    serve(config["port"])


if __name__ == "__main__":
    main(tomllib.loads(Path(sys.argv[1]).read_text()))
