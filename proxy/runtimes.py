"""Choosing a runtime by its name on the command line."""

from proxy.errors import RuntimeUnavailable
from proxy.process import ProcessRuntime
from proxy.run import Run
from proxy.runtime import Runtime

NAMES = ("auto", "process", "container")


def choose(name: str, run: Run) -> Runtime:
    """Return the runtime of this name; `auto` is `container` when an engine answers.

    Raises:
        RuntimeUnavailable: the name is unknown, or `container` was asked for and no engine answers.
    """
    match name:
        case "process":
            return ProcessRuntime(run)
        case "container":
            return _containers(run)
        case "auto":
            return _container_or_process(run)
    raise RuntimeUnavailable(f"unknown runtime {name!r}: known are {', '.join(NAMES)}")


def _container_or_process(run: Run) -> Runtime:
    try:
        return _containers(run)
    except RuntimeUnavailable:
        return ProcessRuntime(run)


def _containers(run: Run) -> Runtime:
    # Imported here: who has processes only need not wait for the client of the engine.
    from proxy.container import ContainerRuntime  # noqa: PLC0415

    return ContainerRuntime.connect(run)
