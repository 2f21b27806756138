"""Whether a folder is fit to hold the ledger, and whether keys lie outside the project.

Three questions, each with a plain answer:

- Do renaming, flushing and locking work there? ``probe`` tries them, and leaves nothing behind.
- Is it on a drive that other computers write to as well? Such a folder is refused: a lock there holds on one
  computer only, or not at all.
- Does a program synchronise it? Such a folder gives a warning: the program may put an older copy in place. What it
  then left beside the records is a matter of verification.

Whether a drive is remote is known on Linux and Windows; elsewhere only the trial tells.

Source: integrity.md C-6; design.md §5 (keys never lie in the project).
"""

from __future__ import annotations

import re
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

from valgen.errors import AuthorityError, ExecutionError
from valgen.ledger.durable import DISK, Disk
from valgen.ledger.lock import Lock

_REMOTE = """
9p afs ceph cifs coda davfs fuse.cephfs fuse.davfs fuse.davfs2 fuse.gcsfuse fuse.glusterfs fuse.goofys
fuse.google-drive-ocamlfuse fuse.onedriver fuse.rclone fuse.s3fs fuse.sshfs gfs2 glusterfs lustre ncpfs nfs nfs4 ocfs2
orangefs pvfs2 smb2 smb3 smbfs
"""
# A folder of one of these names is made by a program that synchronises; a name goes on with a space, a dash or ends.
_SYNCHRONISED = re.compile(
    r"(box sync|box|com~apple~clouddocs|creative cloud files|dropbox|google ?drive|icloud ?drive|mega|megasync|"
    r"mobile documents|my drive|nextcloud|onedrive|owncloud|pcloud ?drive|seafile|sharepoint|sync\.com|synologydrive|"
    r"tresorit|yandex\.disk)(?=$| [-(]| - |-)"
)
_MARKERS = (".stfolder", ".dropbox", ".dropbox.cache", ".nextcloudsync.log", ".owncloudsync.log", ".seafile-data")


def check_outside(project: Path, path: Path, what: str) -> None:
    """Refuse a place for keys that lies inside a project.

    Args:
        project: its folder.
        path: where the keys would lie; need not exist.
        what: names it in the message, such as ``the key store``.

    Raises:
        AuthorityError: it lies inside.
    """
    inside, outer = path.resolve(), project.resolve()
    if inside == outer or outer in inside.parents:
        raise AuthorityError(
            f"{what} {path} lies inside the project",
            why="whoever gets a copy of the project would get the keys with it",
            fix="name a place outside the project that only you can read; for the key store, VALGEN_KEYSTORE names it",
            code="VG573",
        )


def check_drive(folder: Path, *, mounts: str | None = None) -> None:
    """Refuse a folder on a drive that other computers write to as well.

    Args:
        folder: of the ledger; need not exist.
        mounts: text of ``/proc/self/mountinfo``; read from the system unless given.

    Raises:
        ExecutionError: it is on such a drive.
    """
    kind = _drive(folder, mounts)
    if kind:
        raise ExecutionError(
            f"records cannot be kept in {folder}: it is on a network drive ({kind})",
            why="locks do not hold between the computers that share it, so two people could write at once",
            fix="keep the project on a disk of this computer and share it through git or a backup",
            code="VG574",
        )


def synchronised_by(folder: Path) -> str:
    """Return the name of a program that seems to synchronise the folder, or an empty text."""
    real = folder.resolve()
    for part in real.parts:
        match = _SYNCHRONISED.match(part.casefold())
        if match:
            return part
    for parent in (real, *real.parents):
        for name in _MARKERS:
            if (parent / name).exists() and parent != Path.home():
                return name
    return ""


def probe(folder: Path, *, disk: Disk = DISK) -> None:
    """Try in a folder whether renaming, flushing and locking work; what was tried with is removed.

    Args:
        folder: where it is tried; created when missing, and removed again in that case.
        disk: durable operations.

    Raises:
        ExecutionError: one of them does not work, with what the system said.
    """
    made = not folder.exists()
    name = f"probe-{secrets.token_hex(8)}"
    first, second = folder / name, folder / f"{name}.renamed"
    step = "make a file"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        disk.write_file(first, second, b"valgen\n")
        step = "replace a file"
        disk.write_file(first, second, b"valgen again\n")
        if second.read_bytes() != b"valgen again\n" or first.exists():
            raise OSError(0, "another content came back than was written")
        step = "lock a file"
        _try_lock(second)
    except OSError as error:
        raise ExecutionError(
            f"records cannot be kept in {folder}: to {step} does not work there ({error.strerror or error})",
            why="without it a written record could be lost, or two people could write at once",
            fix="move the project to a disk of this computer where you may write",
            code="VG574",
        ) from error
    finally:
        for path in (first, second):
            _remove(path)
        if made:
            _remove_folder(folder)


def _try_lock(path: Path) -> None:
    """Take a lock twice: the second one must not be given."""
    lock, other = Lock(path), Lock(path)
    if not lock.try_acquire():
        raise OSError(0, "a lock on a new file is not given")
    try:
        if other.try_acquire():
            other.release()
            raise OSError(0, "a lock is given to two holders at once")
    finally:
        lock.release()


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:  # the folder cannot be written, which the answer of the probe says already
        return


def _remove_folder(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:  # somebody put something there in the meantime
        return


def _drive(folder: Path, mounts: str | None) -> str:
    real = folder.resolve()
    if sys.platform == "win32":
        return _windows_drive(real)
    if mounts is None:
        try:
            mounts = Path("/proc/self/mountinfo").read_text("utf-8", "replace")
        except OSError:
            return ""
    best, kind = -1, ""
    for point, one in _mounts(mounts):
        if (real == point or point in real.parents) and len(point.parts) >= best:
            best, kind = len(point.parts), one
    return kind if kind in _REMOTE.split() else ""


def _mounts(text: str) -> Iterator[tuple[Path, str]]:
    """Yield mount point and type of each line of mountinfo; later lines lie over earlier ones."""
    for line in text.splitlines():
        left, dash, right = line.partition(" - ")
        fields = left.split(" ")
        if dash and len(fields) > 4:
            point = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), fields[4])
            yield Path(point), right.split(" ")[0]


def _windows_drive(path: Path) -> str:
    if path.drive.startswith("\\\\"):
        return "shared folder"
    if sys.platform == "win32":
        import ctypes

        remote = 4  # DRIVE_REMOTE
        if ctypes.windll.kernel32.GetDriveTypeW(path.anchor) == remote:
            return "shared drive"
    return ""
