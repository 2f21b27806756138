"""Where a team store lies: the addresses in the settings, and nothing secret.

    postgresql://[USER@]HOST[:PORT]/DATABASE[?schema=valgen&sslmode=verify-full&sslrootcert=FILE]
    s3://BUCKET[/PREFIX][?region=REGION&endpoint=URL&profile=NAME]

A password in an address is refused. Passwords of the database come from the password file of PostgreSQL
(``~/.pgpass``, or the file that ``PGPASSFILE`` names) or are not needed, with a client certificate (``PGSSLCERT``,
``PGSSLKEY``) or a socket. Credentials for S3 come from where its own programs find them.

No network here. Source: design.md §5; docs/decisions/0031-team-stores.md. Implements: DS-045.
"""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NoReturn

from valgen.errors import SourceError

MOST_DAYS = 36_500
"""Longest retention that can be asked for: Object Lock takes 100 years."""

_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[A-Za-z0-9!_.*'()/-]{0,200}")
_LOCAL = ("localhost", "127.0.0.1", "::1")
_DATABASE_KEYS = ("host", "schema", "sslmode", "sslrootcert")
_OBJECT_KEYS = ("endpoint", "profile", "region")


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamAddress:
    """The team store as the settings name it.

    Attributes:
        database: address of the PostgreSQL database.
        objects: address of the S3 bucket; empty where attachments go into the database as well.
        retention_days: for how long objects are locked; 0 without a bucket.
    """

    database: str
    objects: str = ""
    retention_days: int = 0

    def keys(self) -> dict[str, Any]:
        """Return what another process needs to reach the same store; nothing of it is secret."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseAddress:
    """A PostgreSQL database.

    Attributes:
        host: name or address; or the folder of its socket, which begins with a slash.
        port: of the server.
        name: of the database.
        user: role; empty for that of the environment or the operating system.
        schema: of the tables.
        encrypted: whether the connection is encrypted and the name of the server checked.
        authority: file with the certificate that the server's must lead to; empty for those of the system.
    """

    host: str
    port: int
    name: str
    user: str
    schema: str
    encrypted: bool
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectsAddress:
    """A place in an S3 bucket.

    Attributes:
        bucket: its name.
        prefix: of every key; empty or ending with a slash.
        region: empty for that of the environment.
        endpoint: of a service that is not Amazon's; empty for Amazon's.
        profile: of the credentials; empty for the usual one.
    """

    bucket: str
    prefix: str
    region: str
    endpoint: str
    profile: str


def read_database(text: str) -> DatabaseAddress:
    """Read the address of a database.

    Raises:
        SourceError: it is none, or holds a password.
    """
    parts = _split(text, "postgresql", _DATABASE_KEYS)
    given = parts.query
    host = given.get("host", "") or parts.host
    name = parts.path
    if not host or not name or "/" in name:
        _refuse(text, "it does not name a server and a database", "postgresql://db.example.org/records")
    schema = given.get("schema", "valgen")
    if not _SCHEMA.fullmatch(schema):
        _refuse(text, "its schema is not a plain name of small letters", "postgresql://db.example.org/records")
    local = host.startswith("/") or host in _LOCAL
    mode = given.get("sslmode", "disable" if local else "verify-full")
    if mode not in ("verify-full", "disable"):
        _refuse(text, f"sslmode is {mode}; it can be verify-full or disable", "leave sslmode out for verify-full")
    return DatabaseAddress(
        host=host,
        port=parts.port or 5432,
        name=name,
        user=parts.user,
        schema=schema,
        encrypted=mode == "verify-full",
        authority=given.get("sslrootcert", ""),
    )


def read_objects(text: str) -> ObjectsAddress:
    """Read the address of a bucket.

    Raises:
        SourceError: it is none, or holds credentials.
    """
    parts = _split(text, "s3", _OBJECT_KEYS)
    if parts.user or parts.port or not _BUCKET.fullmatch(parts.host):
        _refuse(text, "it does not name a bucket alone", "s3://company-records/S3V")
    prefix = parts.path.strip("/")
    if not _PREFIX.fullmatch(prefix):
        _refuse(text, "its prefix holds characters that keys should not hold", "s3://company-records/S3V")
    endpoint = parts.query.get("endpoint", "")
    if endpoint and not re.match(r"https?://[^@]+$", endpoint):
        _refuse(text, "its endpoint is no address that begins with https://", "endpoint=https://s3.example.org")
    return ObjectsAddress(
        bucket=parts.host,
        prefix=f"{prefix}/" if prefix else "",
        region=parts.query.get("region", ""),
        endpoint=endpoint,
        profile=parts.query.get("profile", ""),
    )


def read_days(text: str) -> int:
    """Read for how long objects are locked, and return days; a year has 365.

    Raises:
        SourceError: it does not say from 1 day to 100 years.
    """
    match = re.fullmatch(r"([1-9][0-9]{0,4}) (days?|years?)", text)
    days = int(match[1]) * (365 if match[2].startswith("year") else 1) if match else 0
    if not 0 < days <= MOST_DAYS:
        raise SourceError(
            f"{text!r} does not say for how long objects are locked",
            why="the bucket keeps everybody from removing them for that time",
            fix='write a number of days or years, such as "10 years"; at most 100 years',
            code="VG007",
        )
    return days


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    host: str
    port: int
    user: str
    path: str
    query: Mapping[str, str]


def _split(text: str, scheme: str, known: tuple[str, ...]) -> _Parts:
    example = "postgresql://db.example.org/records" if scheme == "postgresql" else "s3://company-records/S3V"
    try:
        url = urllib.parse.urlsplit(text)
        port = url.port or 0
        query = urllib.parse.parse_qsl(url.query, keep_blank_values=True, strict_parsing=bool(url.query))
    except ValueError:
        _refuse("", "it cannot be read as an address", example)
    if url.password is not None:
        # The text itself is not shown, because it holds the password.
        _refuse("", "it holds a password, and whoever reads the settings would have it", "write it without; the "
                "password belongs into the password file of PostgreSQL, ~/.pgpass")  # fmt: skip
    if url.scheme != scheme or url.fragment:
        _refuse(text, f"it does not begin with {scheme}://", example)
    names = [key for key, _ in query]
    for key in names:
        if key not in known or names.count(key) > 1:
            _refuse("", f"{key} cannot stand in it, or stands twice", f"it can hold {', '.join(known)}")
    return _Parts(
        host=urllib.parse.unquote(url.hostname or ""),
        port=port,
        user=urllib.parse.unquote(url.username or ""),
        path=urllib.parse.unquote(url.path.removeprefix("/")),
        query=dict(query),
    )


def _refuse(text: str, reason: str, fix: str) -> NoReturn:
    raise SourceError(
        f"the address {text} cannot be used: {reason}" if text else f"the address cannot be used: {reason}",
        why="it says where the records of the team are kept",
        fix=fix,
        code="VG007",
    )
