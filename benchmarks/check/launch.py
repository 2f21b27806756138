"""Run one command and print its exit status, processor seconds and peak memory.

    python launch.py OUTPUT COMMAND...

A process of its own and as small as can be, because the peak memory that the system reports for a command is never
less than that of the process which started it.
"""

import os
import sys


def main() -> None:
    """Run the command with both outputs going to OUTPUT, and print three numbers."""
    output, command = sys.argv[1], sys.argv[2:]
    child = os.fork()
    if child == 0:
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)
        try:
            os.execvp(command[0], command)
        finally:
            os._exit(127)
    _, status, used = os.wait4(child, 0)
    scale = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in bytes there, in kibibytes here
    print(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss * scale)


main()
