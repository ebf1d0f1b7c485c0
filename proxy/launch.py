"""The one launcher: a definition, values and files in; a program that answers requests out."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from proxy.errors import PortTaken, ProxyError, TemplateError
from proxy.faults import ConfigFault
from proxy.model import BEHIND
from proxy.ports import free_port, is_free
from proxy.program import NOTHING, Program
from proxy.ready import Patience, Probe
from proxy.run import Run
from proxy.running import Running
from proxy.runtime import Place, Runtime, Stage, Unit
from proxy.staging import VERSION, Order, Template, template_of, write_stage

PORT_ATTEMPTS = 3
NUMBER = re.compile(r"\d+(?:\.\d+)+[\w.+-]*")


@dataclass
class Launcher:
    """Starts programs for one run in one runtime, and ends them all when it is closed."""

    run: Run
    runtime: Runtime
    patience: Patience = field(default_factory=Patience)
    _units: list[Unit] = field(default_factory=list, init=False)

    def start(
        self,
        program: Program,
        values: Mapping[str, str] = NOTHING,
        files: Mapping[str, str] = NOTHING,
        *,
        port: int | None = None,
        scheme: str = "https",
        faults: Iterable[ConfigFault] = (),
        image: str | None = None,
        place: Place | None = None,
    ) -> Running:
        """Start a program and return it when it answers a request.

        Args:
            program: what to run; it must have a command.
            values: what fills the placeholders of its template.
            files: PEM texts by placeholder: each is laid into the run folder, the template gets
                its path. With `https`, `CERT` tells our server from a stranger at the same port.
            port: the public port; None: the launcher finds one, and another if that is taken.
            scheme: `https` or `http`, towards the client, or `behind` an edge.
            faults: edits of the template.
            image: another container image than the definition's own.
            place: what it expects of its machine; the runtime must be one of containers.

        Raises:
            ProxyError: it cannot be started; the message says all that is known.
        """
        order = Order(program, values, files, scheme, tuple(faults), image, place or Place())
        for _ in range(PORT_ATTEMPTS - 1 if port is None else 0):
            try:
                return self._start(order, port)
            except PortTaken:
                continue  # somebody was faster: the next attempt has another port
        return self._start(order, port)

    def close(self) -> None:
        """End everything that was started and give back what the runtime holds."""
        for unit in reversed(self._units):
            unit.remove()
        self._units.clear()
        self.runtime.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self, order: Order, port: int | None) -> Running:
        if order.program.command is None:
            raise TemplateError(f"{order.program.name} has no process: {order.program.summary}")
        template = template_of(order)
        ports = {name: free_port() for name in order.program.ports}
        if port is not None:
            ports[order.program.ports[0]] = _must_be_free(port, order.program)
        stage = write_stage(order, template, self._new_folder(order.program), ports, self.runtime)
        unit = self.runtime.unit(stage)
        self._units.append(unit)
        running = self._running(order, template, stage, unit)
        try:
            unit.start()
            running.wait()
        except ProxyError:
            unit.remove()
            raise
        self._note_version(running)
        return running

    def _running(self, order: Order, template: Template, stage: Stage, unit: Unit) -> Running:
        ready = order.program.ready
        certificate = order.files.get("CERT") if order.scheme == "https" else None
        probe = Probe(
            ready,
            stage.ports[ready.port],
            certificate,
            order.scheme == "https",
            self.patience.answer,
            order.place.authority,
        )
        return Running(
            name=order.program.name,
            version="",
            image=stage.image,
            scheme="http" if order.scheme == BEHIND else order.scheme,
            ports=stage.ports,
            folder=stage.folder,
            inside=stage.place.folder or self.runtime.folder(stage.folder),
            config=stage.config,
            config_hash=template.hash,
            dial=f"{self.runtime.reach.dial}:{stage.ports[order.program.ports[0]]}",
            command=stage.command,
            unit=unit,
            probe=probe,
            patience=self.patience,
        )

    def _note_version(self, running: Running) -> None:
        said = self.runtime.version(running.command, running.unit)
        number = NUMBER.search(said)
        running.version = number[0] if number else said.strip()
        (running.folder / VERSION).write_text(said)

    def _new_folder(self, program: Program) -> Path:
        base = self.run.folder / program.name
        taken = sum(1 for _ in self.run.folder.glob(f"{program.name}*"))
        folder = base if not taken else base.with_name(f"{program.name}-{taken + 1}")
        folder.mkdir(parents=True)
        return folder


def _must_be_free(port: int, program: Program) -> int:
    # Asked before the start: a server that was left on this port would answer in place of ours.
    if not is_free(port):
        raise PortTaken(
            f"port {port} for {program.name} is in use on 127.0.0.1: "
            "end the program that listens there, or choose another port"
        )
    return port
