"""Ends the tests when ``valgen run`` is killed, so that nothing goes on unwatched against the system under test.

``valgen run`` holds one end of a pipe, the test process the other. When the command dies, however it dies, the
operating system closes its end; the test process then ends at once and its recorder closes the run as aborted.

POSIX only: elsewhere tests whose command was killed run to their end. Source: design.md §4, integrity.md X-2.
"""

from __future__ import annotations

import os
import signal
import threading


def hold(descriptor: int) -> None:
    """Watch the pipe in a thread of its own.

    Args:
        descriptor: the reading end, inherited from ``valgen run``.
    """
    os.set_inheritable(descriptor, False)
    threading.Thread(target=_watch, args=(descriptor,), name="valgen-lifeline", daemon=True).start()


def _watch(descriptor: int) -> None:
    try:
        while os.read(descriptor, 1):
            pass
    except OSError:
        return  # the descriptor is no pipe of ours: better no lifeline than a wrong end
    os.kill(os.getpid(), signal.SIGKILL)
