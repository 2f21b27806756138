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


def session_lock_path(folder: Path, pid: int) -> Path:
    """Return the lock file that the process which executes the tests holds while it lives.

    Args:
        folder: of the log.
        pid: process id of the recorder that records it.
    """
    return Layout(folder).lock / f"session-{pid}"


def recorder_closing(folder: Path, pid: int) -> bool:
    """Tell whether a recorder outlives the process it recorded, so that its closing record is on its way."""
    session = session_lock_path(folder, pid)
    return session.is_file() and not is_held(session) and recorder_alive(folder, pid)
