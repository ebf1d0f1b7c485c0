"""Without namespaces the tests of real rooms have no subject."""

from tests.proxy.namespaces.possible import ROOMS

collect_ignore = [] if ROOMS else ["test_real_room.py"]


def pytest_report_header() -> str:
    return f"namespaces: {'can be made' if ROOMS else 'none, test_real_room.py left out'}"
