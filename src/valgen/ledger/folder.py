"""Making the folder of a log, and saying in plain words when it cannot be written.

Format: docs/format.md, "Files".
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator

from valgen.errors import ExecutionError, ValgenError
from valgen.ledger.durable import Disk
from valgen.ledger.files import FIXED, FIXED_LEDGER, Layout
from valgen.ledger.patience import PATIENCE


def make_folders(layout: Layout, disk: Disk, mode: str = "dry") -> None:
    """Create what is missing of the folders and fixed files of a log of this mode."""
    missing = [folder for folder in (layout.root, *layout.root.parents) if not folder.exists()]
    for folder in [*reversed(missing), layout.log, layout.blobs, layout.torn, layout.tmp, layout.lock]:
        if not folder.is_dir():
            disk.make_folder(folder)
            disk.sync_folder(folder.parent)
    for name, content in (FIXED if mode == "dry" else FIXED_LEDGER).items():
        path = layout.root / name
        for again in (True, True, True, False):
            if path.exists():
                break
            try:
                disk.write_file(layout.tmp / secrets.token_hex(16), path, content)
            except FileNotFoundError:  # a writer that believed to be alone tidied up; it does so once
                if not again:
                    raise
            except FileExistsError:
                break


@contextlib.contextmanager
def writing(layout: Layout) -> Iterator[None]:
    """Turn what the system reports while a log is written into an error with a way out, and a long wait into words."""
    try:
        with PATIENCE.waiting(f"{layout.root}: its disk does not answer, or somebody writes there"):
            yield
    except ValgenError:
        raise
    except OSError as error:
        raise cannot_write(layout, error) from error


def cannot_write(layout: Layout, error: OSError) -> ExecutionError:
    """Return the error for a log that cannot be written."""
    return ExecutionError(
        f"records cannot be written to {layout.root}: {error.strerror or error}",
        why="a run whose evidence cannot be kept must not go on",
        fix="see that the disk has room and that you may write there, then start again",
        code="VG521",
    )
