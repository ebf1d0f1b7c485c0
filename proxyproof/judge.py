"""`python -m proxyproof.judge RUN`: judge a stored run again.

What judges is `reports`, which stands beside this library and is not in its wheel: nothing of ours
may reach into the reports, and they need nothing of ours. So it is run, and not imported.
"""

import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec

MISSING = "the reports are not here: run it in a checkout of proxyproof, where `reports/` is\n"


def main(arguments: Sequence[str]) -> int:
    """Hand over to the reports; 2 where they are not installed."""
    if find_spec("reports") is None:
        sys.stderr.write(MISSING)
        return 2
    return subprocess.run(
        [sys.executable, "-m", "reports.judge", *arguments], check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
