"""What the tests of the guides share: what needs a runtime is left out where there is none."""

from proxy.engine import answers
from tests.proxy.namespaces.possible import ROOMS

RUNTIMES = [name for name, able in (("container", answers()), ("process", ROOMS)) if able]
collect_ignore = [] if RUNTIMES else ["test_your_configuration_runs.py"]
collect_ignore += [] if "container" in RUNTIMES else ["test_findings_runs.py"]
