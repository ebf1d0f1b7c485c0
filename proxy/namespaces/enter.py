"""`python -m proxy.namespaces.enter PID ROOT COMMAND…`: becomes a program in a room.

In it the program is an ordinary account, as it would be here, and sees nothing of the environment.
"""

import os
import sys

from proxy.namespaces import kernel

ACCOUNT = 1000
KINDS = ("user", "net", "mnt")  # the user first: it has the right to enter the others
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def main(pid: str, root: str, *command: str) -> None:
    """Enter, and become the command; does not return."""
    for descriptor in [os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY) for kind in KINDS]:
        kernel.enter(descriptor)
        os.close(descriptor)
    kernel.be(ACCOUNT)
    os.chroot(root)
    os.chdir("/")
    os.execve(command[0], command, {"HOME": "/tmp", "PATH": PATH})


if __name__ == "__main__":
    main(*sys.argv[1:])
