"""``python -m valgen.recorder``: one session's recorder, started by the pytest plugin.

Reads its settings as one line of JSON from standard input and answers with one line on standard output: that it is
ready, or what is wrong. Ctrl-C and the end of the terminal are ignored, so that the run is closed in order when
pytest stops.

Source: design.md §4.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from valgen.errors import ValgenError
from valgen.ledger.lock import Lock
from valgen.ledger.record import Draft
from valgen.ledger.store import Log
from valgen.ledger.team_address import TeamAddress
from valgen.recorder.client import ADDRESS_FILE
from valgen.recorder.clock import Moment, boot_name, read_clock
from valgen.recorder.journal import Journal
from valgen.recorder.redact import Redactor
from valgen.recorder.reserve import Reserve
from valgen.recorder.server import Server
from valgen.records.ledger import Now, Place, open_ledger
from valgen.records.liveness import lock_path
from valgen.records.run_reader import unfinished_runs

_BACKLOG = 64


def main() -> int:
    """Serve one session; return 0, or 2 when records could not be written."""
    for name in ("SIGINT", "SIGHUP", "SIGQUIT", "SIGTSTP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    settings = json.loads(sys.stdin.readline())
    try:
        return _run(settings)
    except ValgenError as error:
        _say({"error": error.what, "why": error.why, "fix": error.fix, "code": error.code})
    except OSError as error:
        _say({"error": f"records cannot be written: {error.strerror or error}", "code": "VG411"})
    return 2


def _run(settings: dict[str, Any]) -> int:
    """Serve the session; when its records cannot be written, say so in the record with the room that was kept back."""
    kept: list[Reserve] = []
    begun: list[Journal] = []
    try:
        return _serve(settings, kept, begun)
    except (ValgenError, OSError) as error:
        for reserve in kept:
            reserve.release()
        for journal in begun:
            _close_cut_off(settings, journal.run_ids, error)
        raise
    finally:
        for reserve in kept:
            reserve.release()


def _close_cut_off(settings: dict[str, Any], run_ids: tuple[str, ...], error: Exception) -> None:
    """Write that runs were aborted because nothing could be written; where even that fails, readers show it so."""
    now, boot = read_clock(), boot_name()
    reason = f"records could not be written: {error.what if isinstance(error, ValgenError) else error}"
    drafts = [
        Draft("run.aborted", {"run": run_id, "reason": reason[:1000], "detected_by": "recorder"}) for run_id in run_ids
    ]
    if not drafts:
        return
    with contextlib.suppress(ValgenError, OSError), _open_log(settings, now, boot) as log:
        actor = "valgen" if settings.get("formal") else settings["actor"]
        log.append(drafts, time=now.text, mono=now.mono_ms, boot=boot, actor=actor)
        log.commit(keep=True)


def _serve(settings: dict[str, Any], kept: list[Reserve], begun: list[Journal]) -> int:
    records = Path(settings["records"])
    now = read_clock()
    boot = boot_name()
    formal = settings.get("formal")
    with _open_log(settings, now, boot) as log:
        alive = Lock(lock_path(records, os.getpid()))
        alive.acquire()
        try:
            kept.append(Reserve(records))
            journal = Journal(
                log,
                Redactor(settings["secrets"]),
                boot=boot,
                actor=settings["actor"],
                tool=settings["tool"],
                listener=_listener(settings["events"]),
                formal={key: formal[key] for key in ("execution", "session", "tester")} if formal else None,
            )
            begun.append(journal)
            journal.recover(unfinished_runs(records), now)
            folder = Path(settings["folder"])
            listener = _listen(folder)
            server = Server(listener, settings["token"], journal, parent=settings["parent"])
            _say({"ready": True})
            server.serve()
        finally:
            shutil.rmtree(settings["folder"], ignore_errors=True)
            alive.path.unlink(missing_ok=True)
            alive.release()
    return 0


def _open_log(settings: dict[str, Any], now: Moment, boot: str) -> Log:
    """Open the log of dry runs, or for formal runs the ledger, which is never made here."""
    formal = settings.get("formal")
    if not formal:
        return Log.open_or_create(
            Path(settings["records"]),
            origin=settings["origin"],
            now=now.text,
            tool=settings["tool"],
            mono=now.mono_ms,
            boot=boot,
            actor=settings["actor"],
        )
    place = Place(
        project=Path(formal["project"]),
        project_id=settings["origin"],
        folder=Path(settings["records"]),
        keystore=Path(formal["keystore"]),
        team=TeamAddress(**formal["team"]) if formal["team"] else None,
    )
    at = Now(time=now.text, wall_ms=now.wall_ms, mono_ms=now.mono_ms, boot=boot)
    return open_ledger(place, now=at).log


def _listen(folder: Path) -> socket.socket:
    """Listen on a socket that only this user can reach, and leave its address in the private folder."""
    path = folder / "socket"
    # A socket's path has about 100 bytes; a deep temporary folder falls back to the loopback address and the token.
    if hasattr(socket, "AF_UNIX") and sys.platform != "win32" and len(os.fsencode(path)) < 100:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(path))
        address: dict[str, Any] = {"unix": str(path)}
    else:
        listener = socket.create_server(("127.0.0.1", 0))
        address = {"host": "127.0.0.1", "port": listener.getsockname()[1]}
    listener.listen(_BACKLOG)
    temporary = folder / "address.tmp"
    temporary.write_text(json.dumps(address), "utf-8")
    temporary.replace(folder / ADDRESS_FILE)
    return listener


def _listener(path: str) -> Callable[[dict[str, Any]], None]:
    if not path:
        return lambda event: None

    def tell(event: dict[str, Any]) -> None:
        # What is told is no record: whoever showed the progress may be gone, and the run is recorded all the same.
        with contextlib.suppress(OSError), Path(path).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(event) + "\n")

    return tell


def _say(answer: dict[str, Any]) -> None:
    try:
        print(json.dumps(answer), flush=True)
    except OSError:
        return  # who started this process is gone; its absence is noticed by the server


if __name__ == "__main__":
    sys.exit(main())
