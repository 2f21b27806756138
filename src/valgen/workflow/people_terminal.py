"""At which terminal an act happens: what a session belongs to, and what records say of it.

A terminal is a window in which somebody works: computer, boot and login session. Two windows are two
terminals; a command started by a script in a window belongs to that window. Where the system knows no such thing,
the process that started valgen stands for it.

Source: integrity.md S-10; docs/format-ledger.md (``source``, ``zone``).
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from datetime import datetime
from pathlib import Path

from valgen.recorder.clock import boot_name
from valgen.records.sessions import Terminal


def read_terminal() -> Terminal:
    """Return the terminal of this process."""
    device = _device()
    host = platform.node() or "unknown host"
    parts = (host, boot_name(), *_session())
    return Terminal(
        id=hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest(),
        source=f"{device or 'no terminal'} on {host}"[:400],
        zone=local_zone(),
    )


def local_zone() -> str:
    """Return the time zone of this process now, name and offset."""
    now = datetime.now().astimezone()
    offset = now.strftime("%z")
    return f"{now.tzname() or 'UTC'} {offset[:3]}:{offset[3:5]}"[:100]


def _device() -> str:
    if sys.platform == "win32":
        return ""
    for fd in (0, 1, 2):
        try:
            return os.ttyname(fd)
        except OSError:
            continue
    return ""


def _session() -> tuple[str, str]:
    """Return the login session and when its first process began, because numbers of processes are used again."""
    if sys.platform == "win32":
        return str(os.getppid()), ""
    number = os.getsid(0)
    try:
        fields = Path(f"/proc/{number}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        return str(number), fields[19]
    except (OSError, IndexError):
        return str(number), ""
