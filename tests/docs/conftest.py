"""What the tests of the guides share: those that need containers are left out without an engine."""

from proxy.engine import answers

collect_ignore = [] if answers() else ["test_your_configuration_runs.py", "test_findings_runs.py"]
