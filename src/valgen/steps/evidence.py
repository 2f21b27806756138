"""What step code says it expected and observed, and the files it attaches.

One ``Evidence`` serves one test case; it is bound to the step that runs at the moment. Names of attachments are
data: nothing is ever stored under them. A file is read once, without following a link, and only when it is an
ordinary file. Limits are refused with a clear message instead of being cut silently. Secrets are redacted by the
recorder, which sees everything that is kept.

Source: design.md §3.5; integrity.md H-10, H-11, H-12, X-16.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class EvidenceError(Exception):
    """Evidence that cannot be kept; the step that gave it ends as Error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that one step may give.

    Attributes:
        text: characters of one expected or observed value.
        texts: expected and observed values, each.
        step_text: characters of all values and table cells of a step together.
        table_rows: rows of one table.
        table_columns: columns of one table.
        attachments: files of one step.
        attachment_bytes: bytes of one file.
        name: characters of a file's name.
    """

    text: int = 32_000
    texts: int = 500
    step_text: int = 150_000
    table_rows: int = 2_000
    table_columns: int = 100
    attachments: int = 100
    attachment_bytes: int = 64 * 1024 * 1024
    name: int = 255


LIMITS = Limits()


class Sink(Protocol):
    """Where attachments go at once; the recorder's connection in a run."""

    def attach(self, name: str, media_type: str, data: bytes) -> None:
        """Hand the bytes of one attachment to the recorder."""


class Evidence:
    """What the running step expected and observed.

    Args:
        sink: receives attachments as they are given.

    Attributes:
        attached: number of attachments of all steps so far.
    """

    __slots__ = (
        "_attachments",
        "_budget",
        "_open",
        "_sink",
        "actual_values",
        "attached",
        "expected_values",
        "observed",
        "tables",
    )

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._open = True
        self.attached = 0
        self.begin()

    def begin(self) -> None:
        """Forget the values of the step before; called by valgen before each step."""
        self.expected_values: list[str] = []
        self.actual_values: list[str] = []
        self.tables: list[list[list[str]]] = []
        self.observed = False
        self._attachments = 0
        self._budget = LIMITS.step_text

    def close(self) -> None:
        """Refuse anything further; called by valgen after the last step."""
        self._open = False

    def expected(self, text: object) -> None:
        """Say what the step expects to see.

        Raises:
            EvidenceError: too long, or no step runs any more.
        """
        self.expected_values.append(self._text(text, len(self.expected_values)))

    def actual(self, text: object) -> None:
        """Say what the step observed: a value, never "as expected".

        Raises:
            EvidenceError: too long, or no step runs any more.
        """
        self.actual_values.append(self._text(text, len(self.actual_values)))
        self.observed = True

    def table(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Keep an observed table, one mapping of column to value per row.

        Columns stand in the order in which they first appear; a row without a column has an empty cell.

        Raises:
            EvidenceError: no mapping, too many rows or columns, too long, or no step runs any more.
        """
        self._check_open()
        kept: list[Mapping[str, object]] = []
        columns: dict[str, None] = {}
        for row in rows:
            if not isinstance(row, Mapping):
                raise EvidenceError(
                    f"evidence.table() takes a list of mappings, column to value, but a row is a {type(row).__name__}"
                )
            if len(kept) == LIMITS.table_rows:
                raise EvidenceError(f"the table has more than {LIMITS.table_rows} rows; attach it as a file instead")
            kept.append(row)
            columns.update((str(name), None) for name in row)
        if len(columns) > LIMITS.table_columns:
            raise EvidenceError(
                f"the table has {len(columns)} columns, more than the {LIMITS.table_columns} that are kept"
            )
        table = [list(columns)]
        for row in kept:
            cells = {str(name): value for name, value in row.items()}
            table.append(["" if cells.get(name) is None else str(cells[name]) for name in columns])
        for line in table:
            for cell in line:
                self._spend(cell)
        self.tables.append(table)
        self.observed = True

    def attach(self, path_or_bytes: str | os.PathLike[str] | bytes, name: str = "", media_type: str = "") -> None:
        """Attach a file or bytes to the step.

        Args:
            path_or_bytes: an ordinary file, read now and once, or the bytes themselves.
            name: shown beside the evidence; the file's name where left out.
            media_type: such as ``image/png``; guessed from the name where left out.

        Raises:
            EvidenceError: not an ordinary file, too large, too many, without a name, or no step runs any more.
        """
        self._check_open()
        if self._attachments >= LIMITS.attachments:
            raise EvidenceError(f"a step keeps at most {LIMITS.attachments} attachments")
        if isinstance(path_or_bytes, (bytes, bytearray, memoryview)):
            data = bytes(path_or_bytes)
            if not name:
                raise EvidenceError(
                    "evidence.attach() of bytes needs a name, such as evidence.attach(data, 'answer.json')"
                )
        else:
            path = Path(path_or_bytes)
            data = _read_once(path)
            name = name or path.name
        if len(data) > LIMITS.attachment_bytes:
            raise EvidenceError(_too_large(name, len(data)))
        name = str(name)
        if len(name) > LIMITS.name:
            raise EvidenceError(
                f"the attachment's name has {len(name)} characters, more than the {LIMITS.name} that are kept"
            )
        self._sink.attach(name, str(media_type) or _guess_type(name), data)
        self._attachments += 1
        self.attached += 1
        self.observed = True

    def screenshot(self, page: object, name: str = "screenshot.png") -> None:
        """Attach a picture of a browser page: of Playwright, or anything whose ``screenshot()`` returns PNG bytes.

        Raises:
            EvidenceError: the page gives no picture.
        """
        take = getattr(page, "screenshot", None)
        if not callable(take):
            raise EvidenceError(f"evidence.screenshot() takes a browser page, but got a {type(page).__name__}")
        data = take()
        if not isinstance(data, bytes):
            raise EvidenceError("the page's screenshot() returned no bytes")
        self.attach(data, name, "image/png")

    def _text(self, text: object, before: int) -> str:
        self._check_open()
        if before >= LIMITS.texts:
            raise EvidenceError(f"a step keeps at most {LIMITS.texts} values of a kind; attach the rest as a file")
        value = text if type(text) is str else str(text)
        if len(value) > LIMITS.text:
            raise EvidenceError(
                f"the value has {len(value)} characters, more than the {LIMITS.text} that are kept; attach it as a file"
            )
        self._spend(value)
        return value

    def _spend(self, value: str) -> None:
        self._budget -= len(value)
        if self._budget < 0:
            raise EvidenceError(
                f"the values and tables of a step have at most {LIMITS.step_text} characters; attach them as a file"
            )

    def _check_open(self) -> None:
        if not self._open:
            raise EvidenceError("evidence can be given only while a step runs, not after the last one")


def _read_once(path: Path) -> bytes:
    # A link, pipe or device could hang the run or show another file than the one the reviewer thinks of.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        if path.is_symlink():
            raise EvidenceError(f"{path.name} is a link; attach the file itself")
        descriptor = os.open(path, flags)
    except OSError as error:
        raise EvidenceError(f"the attachment {path.name} cannot be read: {error.strerror or error}") from error
    with os.fdopen(descriptor, "rb") as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise EvidenceError(f"{path.name} is no ordinary file")
        if status.st_size > LIMITS.attachment_bytes:
            raise EvidenceError(_too_large(path.name, status.st_size))
        return stream.read(LIMITS.attachment_bytes + 1)


def _too_large(name: str, size: int) -> str:
    return f"the attachment {name} has {size} bytes, more than the {LIMITS.attachment_bytes} that are kept"


def _guess_type(name: str) -> str:
    import mimetypes

    return mimetypes.guess_type(name, strict=False)[0] or "application/octet-stream"
