"""Whether a run's recorder is still alive: a lock that the operating system releases when its holder dies.

Source: design.md §11 (a killed run is shown as aborted from the next command on).
"""

from __future__ import annotations

from pathlib import Path

from valgen.ledger.files import Layout
from valgen.ledger.lock import is_held


def lock_path(folder: Path, pid: int) -> Path:
    """Return the lock file that a recorder holds while it lives.

    Args:
        folder: of the log.
        pid: process id of the recorder, as ``run.started`` names it.
    """
    return Layout(folder).lock / f"recorder-{pid}"


def recorder_alive(folder: Path, pid: int) -> bool:
    """Tell whether the recorder that started a run still lives on this computer."""
    return is_held(lock_path(folder, pid))
