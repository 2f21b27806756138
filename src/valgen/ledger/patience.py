"""Says that something is still waited for: a disk that hangs, or another writer that does not let go.

A process that waits for a disk cannot be asked and cannot give up: what it has written may be there or not. So it
waits, and a thread beside it tells whoever sits there. Nothing is told until a door says where to (``tell_with``), and
then once for each wait that takes long.

No clock: the thread sleeps twice and looks whether the same wait still goes on. Source: integrity.md C-7.
Implements: DS-044.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

PATIENCE_S = 10.0
"""A wait that is longer is told, at the latest after twice this time."""


class Patience:
    """Waits of one process, at most one at a time of each thread that matters.

    Args:
        seconds: see ``PATIENCE_S``.
    """

    def __init__(self, seconds: float = PATIENCE_S) -> None:
        self._seconds = seconds
        self._number = 0
        self._what = ""
        self._tell: Callable[[str], None] | None = None

    def tell_with(self, tell: Callable[[str], None]) -> None:
        """Tell of long waits from now on.

        Args:
            tell: gets one sentence; called by another thread.
        """
        started = self._tell is not None
        self._tell = tell
        if not started:
            threading.Thread(target=self._watch, name="valgen-patience", daemon=True).start()

    @contextlib.contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """Say what is waited for while the block runs.

        Args:
            what: completes "still waiting for ...".
        """
        before = self._what
        self._number += 1
        self._what = what
        try:
            yield
        finally:
            self._what = before

    def _watch(self) -> None:
        looked = told = 0
        while True:
            time.sleep(self._seconds)
            number, what, tell = self._number, self._what, self._tell
            if what and number == looked and number != told and tell is not None:
                told = number
                tell(f"valgen is still waiting for {what}. Nothing is lost by waiting; nothing is done before it ends.")
            looked = number if what else 0


PATIENCE = Patience()
"""Of this process."""
