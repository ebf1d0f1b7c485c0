"""Whether this machine has what a room is made of: where not, real ones are not tested."""

import subprocess
import sys

from proxy.namespaces.network import tool

TRIAL = (
    "from proxy.namespaces import kernel\n"
    "kernel.be(0)\n"
    "kernel.unshare(kernel.NEWNS | kernel.NEWNET)\n"
)


def _are_possible() -> bool:
    if not sys.platform.startswith("linux"):
        return False
    tried = subprocess.run([sys.executable, "-c", TRIAL], capture_output=True, check=False)
    return tool() is not None and tried.returncode == 0


ROOMS = _are_possible()
