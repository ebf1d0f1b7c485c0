"""The configuration of a product in a run folder, and what the product itself says of it."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from proxy.executables import find
from proxy.faults import CATALOGUE, ConfigFault
from proxy.model import ProxyDefinition
from proxy.ports import free_port
from proxy.process import ProcessRuntime
from proxy.run import Run
from proxy.runtime import Stage
from proxy.staging import Order, Template, filled, template_of, write_stage
from tests.proxy.ground import values_for


def staged(
    definition: ProxyDefinition,
    folder: Path,
    files: Mapping[str, str],
    *faults: ConfigFault,
    scheme: str = "https",
    template: Template | None = None,
) -> Stage:
    """Write the run folder of a product; a `template` takes the place of the good one."""
    order = Order(definition, values_for(2, 3), files, scheme, faults, None)
    ports = {name: free_port() for name in definition.ports}
    with Run.begin(base=folder / "base") as run:
        runtime = ProcessRuntime(run)
        return write_stage(order, template or template_of(order), folder / "stage", ports, runtime)


def judged(stage: Stage, check: Sequence[str] = ()) -> tuple[int, str]:
    """The exit status of the product's own check of a configuration, and all that it says."""
    command = stage.command
    arguments = filled(check or command.check, str(stage.folder), stage.config)
    done = subprocess.run(
        [find(command.executable), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def faults_of(product: str) -> list[ConfigFault]:
    """The faults of one product."""
    return [fault for fault in CATALOGUE.values() if fault.product == product]
