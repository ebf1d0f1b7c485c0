"""The run folder of one program: rendered configuration, files, command line."""

import hashlib
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from proxy.errors import TemplateError
from proxy.faults import ConfigFault, apply
from proxy.program import Command, Program
from proxy.runtime import Place, Runtime, Stage
from proxy.template import render

COMMAND = "command.txt"
VERSION = "version.txt"
ADDRESS = re.compile(r"(?P<HOST>[\w.-]+):(?P<PORT>\d+)")


@dataclass(frozen=True)
class Order:
    """What the caller of the launcher asks for."""

    program: Program
    values: Mapping[str, str]
    files: Mapping[str, str]
    scheme: str
    faults: Sequence[ConfigFault]
    image: str | None
    place: Place = field(default_factory=Place)


@dataclass(frozen=True)
class Template:
    """The configuration after the faults and before the values: the same in every run."""

    name: str
    text: str

    @property
    def hash(self) -> str:
        """Return the first 12 hex digits of SHA-256."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]


def template_of(order: Order) -> Template:
    """Read the template of a program and put the faults in.

    Raises:
        TemplateError: a fault does not fit, or the program has no configuration or no such scheme.
    """
    program = order.program
    if order.place.folder:
        return Template(order.place.config, _as_one(order.place))
    if program.config is None:
        raise TemplateError(f"{program.name} has no configuration: there is nothing to run")
    if order.scheme not in program.schemes:
        offered = ", ".join(sorted(program.schemes))
        raise TemplateError(f"{program.name} does not offer {order.scheme!r}: it offers {offered}")
    text = program.config.read_text()
    for fault in order.faults:
        text = apply(fault, text, program.config.name)
    return Template(program.config.name, text)


def write_stage(
    order: Order, template: Template, folder: Path, ports: Mapping[str, int], runtime: Runtime
) -> Stage:
    """Write the run folder and return the stage.

    Raises:
        TemplateError: a placeholder has no value.
    """
    command = order.program.command
    assert command is not None
    folder.mkdir(parents=True, exist_ok=True)
    inside = order.place.folder or runtime.folder(folder)
    config = template.name.removesuffix(".in")
    if not order.place.folder:
        _render(order, template, folder, ports, runtime)
    _write_files(order.files, folder)
    image = runtime.image(order.program, order.image)
    stage = Stage(order.program.name, command, folder, config, ports, image, order.place)
    (folder / COMMAND).write_text(command_line(command, stage, inside) + "\n")
    return stage


def _render(
    order: Order, template: Template, folder: Path, ports: Mapping[str, int], runtime: Runtime
) -> None:
    values = {
        **_own_values(order, runtime.folder(folder), ports, runtime),
        **order.program.schemes[order.scheme],
        **order.program.defaults,
        **order.values,
        **_parts(order.values),
    }
    config = template.name.removesuffix(".in")
    (folder / config).write_text(render(template.text, values, template.name))
    for path in order.program.beside:
        text = render(path.read_text(), values, path.name)
        (folder / path.name.removesuffix(".in")).write_text(text)


def _as_one(place: Place) -> str:
    """All files of a user's configuration, the certificates that we lend to it left out."""
    own = sorted(path for path in place.files if path.startswith(f"{place.folder}/"))
    return "\n".join(place.files[path].decode(errors="replace") for path in own)


def command_line(command: Command, stage: Stage, folder: str) -> str:
    """Return the command as a person would type it."""
    return shlex.join([command.executable.name, *arguments(command.run, stage, folder)])


def arguments(pattern: Sequence[str], stage: Stage, folder: str) -> tuple[str, ...]:
    """Fill the argument list of a start; `folder` is as the program sees it."""
    return filled(pattern, folder, stage.config)


def filled(pattern: Sequence[str], folder: str, config: str) -> tuple[str, ...]:
    """Fill `{config}` and `{folder}` of an argument list."""
    path = f"{folder}/{config}"
    return tuple(part.replace("{config}", path).replace("{folder}", folder) for part in pattern)


def _own_values(
    order: Order, inside: str, ports: Mapping[str, int], runtime: Runtime
) -> dict[str, str]:
    values = {
        "FOLDER": inside,
        "IF_ROOT": "" if runtime.is_root else "#",
        "PORT": str(ports[order.program.ports[0]]),
        "SCHEME": order.scheme,
    }
    for name, port in {**ports, **order.place.ports}.items():
        values[name] = f"{runtime.listen}:{port}"
        values[f"{name}_HOST"] = runtime.listen
        values[f"{name}_PORT"] = str(port)
    return values | {name: f"{inside}/{_file_name(name)}" for name in order.files}


def _parts(values: Mapping[str, str]) -> dict[str, str]:
    """Return host and port of each address apart, for products that want them so."""
    addresses = ((name, ADDRESS.fullmatch(value)) for name, value in values.items())
    found = [(name, match) for name, match in addresses if match is not None]
    return {f"{name}_{part}": match[part] for name, match in found for part in ("HOST", "PORT")}


def _write_files(files: Mapping[str, str], folder: Path) -> None:
    for name, text in files.items():
        path = folder / _file_name(name)
        path.touch(mode=0o600)
        path.write_text(text)


def _file_name(placeholder: str) -> str:
    return f"{placeholder.lower()}.pem"
