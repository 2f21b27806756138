"""The rows of a team store: the very lines of the log, in PostgreSQL.

    ledger   one row for each ledger: root.json, the newest checkpoint, its size
    record   one row for each record: the bytes of its line
    kept     one row for each kept checkpoint: the bytes of its line
    blob     attachments, where no bucket takes them

One connection, one transaction at a time. ``lock`` takes the row of the ledger ``FOR UPDATE``, which is the lock
between computers: the server lets go of it when the connection dies. What this module returns is not believed;
``team_copy`` checks it against signed checkpoints.

The only home of pg8000. Source: integrity.md §3.4, I-18. Implements: DS-045.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from valgen.errors import ExecutionError, ValgenError, VerificationError
from valgen.ledger import team_sql
from valgen.ledger.team_address import DatabaseAddress

_BATCH = 500
_WAIT_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How far a ledger reaches in the database.

    Attributes:
        root: content of ``root.json``.
        size: number of records.
        kept: number of kept checkpoints.
        note: the newest checkpoint.
    """

    root: bytes
    size: int
    kept: int
    note: bytes


class Database:
    """One connection to the rows of a team store. Every method raises ``ExecutionError`` when the server does not."""

    def __init__(self, address: DatabaseAddress) -> None:
        self._address = address
        self._schema = address.schema
        self._connection: Any = None
        self.in_doubt = False
        """Whether a commit was sent and its answer never came."""

    # Connection and transaction

    def connect(self) -> None:
        """Connect and check tables, rights and settings.

        Raises:
            ExecutionError: it cannot be reached (VG641), lacks the library (VG640), or is not set up (VG642).
        """
        self._connect()
        wrong = team_sql.wrong_tables(self._run, self._schema) or team_sql.wrong_rights(self._run, self._schema)
        if wrong:
            self.close()
            raise ExecutionError(
                f"the database is not set up for records: {'; '.join(wrong)}",
                why="whoever may change or remove rows could take records away",
                fix="an administrator of the database runs what valgen records store --sql ROLE prints; ROLE is the "
                "role that valgen uses, and owns nothing there",
                code="VG642",
            )

    def look(self) -> list[str]:
        """Connect for verification; return what is not set up as it must be, instead of refusing it."""
        self._connect()
        return team_sql.wrong_tables(self._run, self._schema) or team_sql.wrong_rights(self._run, self._schema)

    def begin(self, *, snapshot: bool = False) -> None:
        """Begin a transaction.

        Args:
            snapshot: for reading only, and seeing one state throughout.
        """
        if self._connection is None:
            self.connect()
        self._run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if snapshot else "BEGIN")

    def commit(self) -> None:
        """Commit; return only when the server has everything on its medium."""
        self.in_doubt = True
        self._run("COMMIT")
        self.in_doubt = False

    def rollback(self) -> None:
        """Give up a transaction that was not committed; a connection that died takes it along."""
        if self._connection is not None:
            try:
                self._run("ROLLBACK")
            except ExecutionError:
                self.close()

    def close(self) -> None:
        """Let go of the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):  # whatever it says, nothing depends on it any more
                connection.close()

    # Reading

    def row(self, origin: str, *, lock: bool) -> Row | None:
        """Return how far a ledger reaches; None when the database does not hold it.

        Args:
            origin: whose ledger it is.
            lock: hold it until the transaction ends; others wait.
        """
        more = " FOR UPDATE" if lock else ""
        found = self._run(
            f"SELECT format, root, size, kept, checkpoint FROM {self._schema}.ledger WHERE origin = :origin{more}",
            origin=origin,
        )
        if not found:
            return None
        format_, root, size, kept, note = found[0]
        if format_ != team_sql.FORMAT:
            raise VerificationError(
                f"the database holds the ledger in format {format_}, which this version does not know",
                why="what is not understood is not continued",
                fix="install the version of valgen that the others use",
                code="VG642",
            )
        return Row(root=bytes(root), size=size, kept=kept, note=bytes(note))

    def ledgers(self, project: str) -> list[tuple[str, bytes]]:
        """Return origin and ``root.json`` of every ledger of a project."""
        found = self._run(f"SELECT origin, root FROM {self._schema}.ledger ORDER BY origin")
        return [(origin, bytes(root)) for origin, root in found if origin.rpartition("/")[2] == project]

    def lines(self, origin: str, first: int) -> Iterator[tuple[int, bytes]]:
        """Yield number and bytes of the records from ``first`` on, in order, in bounded memory."""
        yield from self._numbered("record", "seq", origin, first)

    def kept(self, origin: str, first: int) -> Iterator[tuple[int, bytes]]:
        """Yield number and bytes of the kept checkpoints from ``first`` on, in order."""
        yield from self._numbered("kept", "number", origin, first)

    def blob(self, origin: str, sha256: str) -> bytes | None:
        """Return the bytes of an attachment, not checked; None when it is not there."""
        found = self._run(
            f"SELECT content FROM {self._schema}.blob WHERE origin = :origin AND sha256 = :sha256",
            origin=origin,
            sha256=sha256,
        )
        return bytes(found[0][0]) if found else None

    def blobs(self, origin: str) -> set[str]:
        """Return the digests of all attachments."""
        found = self._run(f"SELECT sha256 FROM {self._schema}.blob WHERE origin = :origin", origin=origin)
        return {row[0] for row in found}

    # Writing

    def add_ledger(self, origin: str, row: Row) -> None:
        """Add the row of a new ledger."""
        self._run(
            f"INSERT INTO {self._schema}.ledger (origin, format, root, size, kept, checkpoint) "
            "VALUES (:origin, :format, :root, :size, :kept, :note)",
            origin=origin,
            format=team_sql.FORMAT,
            root=row.root,
            size=row.size,
            kept=row.kept,
            note=row.note,
        )

    def move(self, origin: str, row: Row) -> None:
        """Move the head of a ledger on."""
        self._run(
            f"UPDATE {self._schema}.ledger SET size = :size, kept = :kept, checkpoint = :note WHERE origin = :origin",
            origin=origin,
            size=row.size,
            kept=row.kept,
            note=row.note,
        )

    def add_lines(self, origin: str, first: int, lines: Sequence[bytes]) -> None:
        """Add records, the first of which has number ``first``."""
        self._add("record", "seq", origin, first, lines)

    def add_kept(self, origin: str, first: int, lines: Sequence[bytes]) -> None:
        """Add kept checkpoints, the first of which has number ``first``."""
        self._add("kept", "number", origin, first, lines)

    def add_blob(self, origin: str, sha256: str, content: bytes) -> None:
        """Add an attachment; nothing happens when one of this name is there."""
        self._run(
            f"INSERT INTO {self._schema}.blob (origin, sha256, content) VALUES (:origin, :sha256, :content) "
            "ON CONFLICT DO NOTHING",
            origin=origin,
            sha256=sha256,
            content=content,
        )

    # Helpers

    def _numbered(self, table: str, column: str, origin: str, first: int) -> Iterator[tuple[int, bytes]]:
        while True:
            found = self._run(
                f"SELECT {column}, line FROM {self._schema}.{table} WHERE origin = :origin AND {column} >= :first "
                f"ORDER BY {column} LIMIT {_BATCH}",
                origin=origin,
                first=first,
            )
            for number, line in found:
                yield number, bytes(line)
            if len(found) < _BATCH:
                return
            first = found[-1][0] + 1

    def _add(self, table: str, column: str, origin: str, first: int, lines: Sequence[bytes]) -> None:
        for start in range(0, len(lines), _BATCH):
            part = lines[start : start + _BATCH]
            values = ", ".join(f"(:origin, :n{place}, :l{place})" for place in range(len(part)))
            named: dict[str, Any] = {"origin": origin}
            for place, line in enumerate(part):
                named[f"n{place}"], named[f"l{place}"] = first + start + place, line
            self._run(f"INSERT INTO {self._schema}.{table} (origin, {column}, line) VALUES {values}", **named)

    def _run(self, sql: str, **named: Any) -> Sequence[Sequence[Any]]:
        from pg8000.native import DatabaseError, InterfaceError

        if self._connection is None:
            _unreachable(self._address, "the connection is closed")
        try:
            return self._connection.run(sql, **named) or ()
        except DatabaseError as error:
            _unreachable(self._address, _said(error), cause=error)
        except (InterfaceError, OSError) as error:
            self.close()
            _unreachable(self._address, _said(error), cause=error)

    def _connect(self) -> None:
        try:
            from pg8000.native import Connection
        except ImportError as error:
            raise ExecutionError(
                "the library that reaches PostgreSQL is not installed",
                why="the settings name a database as team store",
                fix='pip install "valgen[postgresql]"',
                code="VG640",
            ) from error
        address = self._address
        user = address.user or os.environ.get("PGUSER") or getpass.getuser()
        socket = address.host.startswith("/")
        try:
            self._connection = Connection(
                user,
                host=None if socket else address.host,
                unix_sock=str(Path(address.host) / f".s.PGSQL.{address.port}") if socket else None,
                port=address.port,
                database=address.name,
                password=_password(address, user) or "",  # the library fails on None where one is asked for
                ssl_context=_context(address) if address.encrypted else False,
                timeout=2 * _WAIT_S,  # an answer may take as long as another computer holds the row
                application_name="valgen",
            )
        except ValgenError:
            raise
        except Exception as error:  # what listens there may be no PostgreSQL and answer anything
            _unreachable(address, _said(error), cause=error)
        self._run(f"SET lock_timeout = '{_WAIT_S}s'")
        self._run("SET synchronous_commit = on")


def _context(address: DatabaseAddress) -> Any:
    import ssl

    context = ssl.create_default_context(cafile=address.authority or None)
    certificate, key = os.environ.get("PGSSLCERT"), os.environ.get("PGSSLKEY")
    if certificate:
        context.load_cert_chain(certificate, key or None)
    return context


def _password(address: DatabaseAddress, user: str) -> str | None:
    """Return the password from the password file of PostgreSQL; None where it names none for this database."""
    named = os.environ.get("PGPASSFILE")
    if named:
        path = Path(named)
    elif sys.platform == "win32":
        path = Path(os.environ.get("APPDATA", "")) / "postgresql" / "pgpass.conf"
    else:
        path = Path.home() / ".pgpass"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        open_to_others = sys.platform != "win32" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    except FileNotFoundError:
        return None
    if open_to_others:
        raise ExecutionError(
            f"the password file {path} can be read by others",
            why="whoever reads it can write to the team store",
            fix=f"chmod 600 {path}",
            code="VG641",
        )
    wanted = ("localhost" if address.host.startswith("/") else address.host, str(address.port), address.name, user)
    for line in lines:
        fields = _fields(line)
        if len(fields) == 5 and all(field in ("*", value) for field, value in zip(fields, wanted, strict=False)):
            return fields[4]
    return None


def _fields(line: str) -> list[str]:
    """Split a line of the password file; a backslash keeps the colon or backslash behind it."""
    if line.startswith("#"):
        return []
    fields, escaped = [""], False
    for sign in line:
        if escaped or sign not in "\\:":
            fields[-1] += sign
            escaped = False
        elif sign == "\\":
            escaped = True
        else:
            fields.append("")
    return fields


def _said(error: BaseException) -> str:
    """Return what the server or the system said, without what was sent to it."""
    told = error.args[0] if error.args else ""
    if isinstance(told, dict):
        return str(told.get("M", "an error without words"))
    return str(told) or type(error).__name__


def _unreachable(address: DatabaseAddress, reason: str, cause: BaseException | None = None) -> NoReturn:
    raise ExecutionError(
        f"the team store in the database {address.name} at {address.host} cannot be used: {reason}",
        why="an act counts only when the team store has it",
        fix="see that the server can be reached and that your role may use it, then type the command again; a password "
        "belongs into ~/.pgpass",
        code="VG641",
    ) from cause
