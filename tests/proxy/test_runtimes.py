import docker
import pytest
from docker.errors import DockerException

from proxy.errors import RuntimeUnavailable
from proxy.run import Run
from proxy.runtimes import choose
from tests.proxy.fake_engine import FakeEngine


@pytest.fixture
def with_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeEngine()
    monkeypatch.setattr(docker, "from_env", lambda timeout: fake)


@pytest.fixture
def without_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(timeout: int) -> None:
        raise DockerException("refused")

    monkeypatch.setattr(docker, "from_env", refused)


@pytest.mark.usefixtures("with_engine")
@pytest.mark.parametrize(
    ("name", "chosen"), [("auto", "container"), ("container", "container"), ("process", "process")]
)
def test_runtime_with_an_engine(run: Run, name: str, chosen: str) -> None:
    assert choose(name, run).name == chosen


@pytest.mark.usefixtures("without_engine")
@pytest.mark.parametrize(("name", "chosen"), [("auto", "process"), ("process", "process")])
def test_runtime_without_an_engine(run: Run, name: str, chosen: str) -> None:
    assert choose(name, run).name == chosen


@pytest.mark.usefixtures("without_engine")
def test_containers_without_an_engine_are_an_error(run: Run) -> None:
    with pytest.raises(RuntimeUnavailable, match="no container engine answers"):
        choose("container", run)


def test_unknown_runtime_is_told_what_there_is(run: Run) -> None:
    with pytest.raises(RuntimeUnavailable) as failure:
        choose("podman", run)

    assert str(failure.value) == "unknown runtime 'podman': known are auto, process, container"
