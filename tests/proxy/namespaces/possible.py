"""Whether this machine has what a room is made of: where not, real ones are not tested."""

import shutil
import subprocess
import sys

from proxy.executables import SBIN

TRIAL = (
    "from proxy.namespaces import kernel\n"
    "kernel.be(0)\n"
    "kernel.unshare(kernel.NEWNS | kernel.NEWNET)\n"
)


def _are_possible() -> bool:
    if not sys.platform.startswith("linux"):
        return False
    has_ip = shutil.which("ip") or shutil.which("ip", path=SBIN)
    tried = subprocess.run([sys.executable, "-c", TRIAL], capture_output=True, check=False)
    return has_ip is not None and tried.returncode == 0


ROOMS = _are_possible()
