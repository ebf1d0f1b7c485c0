"""A unit whose program is in a room; as a script: a harness that starts one and waits."""

import sys
import time
from pathlib import Path

from proxy.namespaces.unit import RoomUnit
from proxy.ports import free_port
from proxy.process import ProcessRuntime
from proxy.program import PYTHON, Command
from proxy.ready import Patience
from proxy.run import Run
from proxy.runtime import Lead, Place, Stage

PRODUCT = Path(__file__).with_name("product.py")


def placed(run: Run, *leads: Lead, port: int | None = None) -> RoomUnit:
    place = Place(
        ports={"LISTEN": 8080},
        leads=leads,
        folder="/srv/given",
        files={"/srv/given/file": b"as given", "/var/run/elsewhere": b""},
        links={"/var/log/product.log": "/dev/stdout"},
        folders=("/var/cache/product",),
    )
    folder = run.folder / "product"
    folder.mkdir()
    command = Command(PYTHON, (str(PRODUCT),), ("-V",))
    stage = Stage("product", command, folder, "", {"LISTEN": port or free_port()}, "", place)
    unit = ProcessRuntime(run, Patience(start=10.0)).unit(stage)
    assert isinstance(unit, RoomUnit)
    return unit


def main(base: Path) -> None:
    run = Run.begin(base=base)
    unit = placed(run)
    unit.start()
    while "listening" not in unit.output() and unit.exit_status() is None:
        time.sleep(0.01)
    sys.stdout.write(f"{' '.join(map(str, run.groups))}\n")
    sys.stdout.flush()
    time.sleep(600)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
