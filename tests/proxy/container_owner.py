"""A harness with one container that waits to be killed; run as a script: base."""

import sys
import time
from dataclasses import replace
from pathlib import Path

from proxy.container import ContainerRuntime
from proxy.definitions import definition
from proxy.launch import Launcher
from proxy.program import Ready
from proxy.run import Run

TEMPLATE = """
pid nginx.pid;
events {}
http {
    access_log off;
    client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp;
    uwsgi_temp_path tmp; scgi_temp_path tmp;
    server { listen @LISTEN@; return 204; }
}
"""


def main(base: Path) -> None:
    run = Run.begin(base=base)
    template = run.folder / "least.conf.in"
    template.write_text(TEMPLATE)
    least = replace(definition("nginx"), config=template, ready=Ready())
    Launcher(run, ContainerRuntime.connect(run)).start(least, scheme="http")
    sys.stdout.write(f"{run.id}\n")
    sys.stdout.flush()
    time.sleep(600)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
