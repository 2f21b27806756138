"""Starts the recorder as a process of its own and waits until it is ready.

The recorder gets what it needs through its standard input, so that no secret stands in a command line or a file. It
runs in a session of its own: a Ctrl-C in the terminal, or the end of the terminal, leaves it time to close the run.

Source: design.md §4; integrity.md decision 7, C-2.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import valgen
from valgen.errors import ExecutionError
from valgen.ledger.lock import Lock
from valgen.recorder.client import RecorderClient, RecorderLost
from valgen.records.liveness import session_lock_path

_END_SECONDS = 60


class RecorderProcess:
    """A started recorder and the connection of the process that started it.

    Attributes:
        folder: private folder with the address; given to worker processes.
        token: shown by every connection.
        client: connection of this process.
    """

    def __init__(
        self, folder: Path, token: str, process: subprocess.Popen[bytes], client: RecorderClient, session: Lock
    ) -> None:
        self._session = session  # held while this process lives, so that readers can tell its death from its work
        self.folder = folder
        self.token = token
        self.client = client
        self._process = process

    @property
    def pid(self) -> int:
        """Process id of the recorder."""
        return self._process.pid

    def wait(self) -> None:
        """Close the connection and wait for the recorder's end."""
        self.client.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_SECONDS)
        self._session.release()
        with contextlib.suppress(OSError):
            self._session.path.unlink()  # its recorder has ended: nobody asks for this lock any more
        shutil.rmtree(self.folder, ignore_errors=True)


def private_folder() -> Path:
    """Make a folder that only this user can enter, for the recorder's address."""
    return Path(tempfile.mkdtemp(prefix="valgen-"))


def new_token() -> str:
    """Return a fresh token for a session."""
    return secrets.token_hex(32)


def start_recorder(
    folder: Path,
    token: str,
    *,
    records: Path,
    origin: str,
    actor: str,
    hidden: Mapping[str, str],
    events: Path | None,
    formal: Mapping[str, str] | None = None,
) -> RecorderProcess:
    """Start the recorder of a session.

    Args:
        folder: from ``private_folder``.
        token: from ``new_token``.
        records: folder of the dry log, or of the ledger.
        origin: name of the project in the log; for the ledger the project id.
        actor: who runs the tests.
        hidden: secrets by name, for redaction.
        events: file to which the recorder adds a JSON line per run, case and end; None for none.
        formal: of formal runs ``execution``, ``session``, ``tester``, ``project`` and ``keystore``; None for dry runs.

    Raises:
        ExecutionError: it cannot start or cannot write records.
    """
    settings = {
        "folder": str(folder),
        "token": token,
        "records": str(records),
        "origin": origin,
        "actor": actor,
        "secrets": dict(hidden),
        "events": str(events) if events else "",
        "parent": os.getpid(),
        "tool": f"valgen {valgen.__version__}",
        "formal": dict(formal) if formal is not None else None,
    }
    # -P: a file of the project such as json.py must not take the place of Python's own.
    command = [sys.executable, "-P", "-m", "valgen.recorder"]
    paths = [str(Path(valgen.__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    with (folder / "recorder.err").open("wb") as errors:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment,
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        except OSError as error:
            raise _cannot_start(str(error)) from error
    answer = _hand_over(process, settings)
    if "error" in answer:
        process.wait(_END_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)
        raise ExecutionError(
            str(answer["error"]),
            why=str(answer.get("why") or "a run without a record would be no evidence, so it does not begin"),
            fix=str(answer.get("fix", "")),
            code=str(answer.get("code", "VG410")),
        )
    if not answer:
        process.kill()
        process.wait(_END_SECONDS)
        raise _cannot_start(_last_line(folder / "recorder.err"))
    try:
        client = RecorderClient(folder, token, "controller")
    except RecorderLost as error:
        process.kill()
        process.wait(_END_SECONDS)
        raise _cannot_start(str(error)) from error
    session = Lock(session_lock_path(records, process.pid))
    session.try_acquire()
    return RecorderProcess(folder, token, process, client, session)


def _hand_over(process: subprocess.Popen[bytes], settings: Mapping[str, object]) -> dict[str, object]:
    """Give the recorder its settings and return its first line; empty when it ended without one."""
    if process.stdin is None or process.stdout is None:
        return {}
    try:
        process.stdin.write(json.dumps(settings).encode("ascii") + b"\n")
        process.stdin.close()
        line = process.stdout.readline()
    except OSError:
        line = b""
    finally:
        process.stdout.close()
    try:
        answer = json.loads(line)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _last_line(path: Path) -> str:
    try:
        lines = path.read_text("utf-8", "replace").strip().splitlines()
    except OSError:
        lines = []
    return lines[-1] if lines else "it ended without a word"


def _cannot_start(why: str) -> ExecutionError:
    return ExecutionError(
        f"the recorder cannot start: {why}",
        why="a run without a record would be no evidence, so it does not begin",
        fix="run valgen doctor, and see that this computer lets Python start processes",
        code="VG410",
    )
