"""What a kind of record is, and the types of value that records hold.

Two tables use this: ``kinds`` (runs and what every log has) and ``people_kinds`` (what a ledger adds).

No files here. Format: docs/format.md, "Types in records".
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeGuard

from valgen.ledger import shapes
from valgen.ledger.canonical import MAX_LINE_BYTES
from valgen.ledger.shapes import Check
from valgen.model.outcome import Outcome

Signer = Literal["", "recorder", "person", "administrator", "administrator or root"]
"""Who must sign a record of some kind; empty when nobody does."""

HEAD_CHARS = 1000
"""Characters of a long value that stay in the record."""

PLAIN = "text/plain"
"""Media type of a long text."""

JSON = "application/json"
"""Media type of a long list."""

_LONG_KEYS = {"head", "media_type", "sha256", "size"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of record.

    Attributes:
        name: as in ``body.kind``.
        required: keys that are always there, beside the common ones.
        optional: keys that may be absent; absent means empty, or null for a text that may be null.
        signer: who must sign it; a genesis record of a ledger is signed by all keys that it declares.
        long: keys whose value may be a long value.
        blobs: keys whose value names a blob.
        dry: whether it may stand in a log of dry runs.
        further: keys that are required, or have another type, when ``body.mode`` has a certain value.
    """

    name: str
    required: Mapping[str, Check]
    optional: Mapping[str, Check]
    signer: Signer
    long: frozenset[str]
    blobs: tuple[str, ...] = ()
    dry: bool = True
    further: Mapping[str, Mapping[str, Check]] = field(default_factory=dict)

    @property
    def signed(self) -> bool:
        """Whether the recorder key must sign it."""
        return self.signer == "recorder"

    @property
    def personal(self) -> bool:
        """Whether a person or the root must sign it."""
        return self.signer not in ("", "recorder")

    @property
    def type(self) -> str:
        """Media type of the record line."""
        return f"application/vnd.valgen.{self.name}.v1+json"


def make_kind(
    name: str,
    required: Mapping[str, Check],
    optional: Mapping[str, Check] | None = None,
    *,
    signer: Signer = "recorder",
    long: str = "",
    blobs: str = "",
    dry: bool = True,
    further: Mapping[str, Mapping[str, Check]] | None = None,
) -> Kind:
    """Return a kind; ``long`` and ``blobs`` are keys separated by spaces."""
    return Kind(
        name=name,
        required=required,
        optional=optional or {},
        signer=signer,
        long=frozenset(long.split()),
        blobs=tuple(blobs.split()),
        dry=dry,
        further=further or {},
    )


def is_long(value: Any) -> TypeGuard[dict[str, Any]]:
    """Tell whether a value is one that lies in a blob."""
    return type(value) is dict and value.keys() == _LONG_KEYS


@dataclass(frozen=True, slots=True)
class OrLong:
    """A check for what passes a check, or a long value.

    Attributes:
        inner: check of the value, wherever it lies.
        text: whether it is text; otherwise it is a list.
    """

    inner: Check
    text: bool

    def __call__(self, value: Any) -> str:
        """Return what is wrong with a value as it stands in a record."""
        return _LONG(value) if is_long(value) else self.inner(value)


def or_long(item_check: Check) -> OrLong:
    """Return a check for what passes a check, or a long value."""
    return OrLong(item_check, text=not item_check(""))


ANY_TEXT = shapes.text(MAX_LINE_BYTES)
WORD = shapes.text(400, empty=False)
SHA256 = shapes.matches(r"[0-9a-f]{64}", "a SHA-256 in lower-case hex")
HEX16 = shapes.matches(r"[0-9a-f]{32}", "16 bytes in lower-case hex")
_TIME = shapes.matches(
    r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]{1,6})?Z",
    "a time such as 2026-03-02T09:30:00.000Z",
)
RUN = shapes.matches(r"(dry|run)-[0-9]{4,9}", "a run id such as dry-0001")
OUTCOME = shapes.one_of(*Outcome)
BLOB = shapes.fields({"sha256": SHA256, "size": shapes.number()})
ROWS = shapes.items(shapes.items(ANY_TEXT))
LINES = shapes.items(ANY_TEXT)
ACCOUNT = shapes.matches(r"u-[0-9]{4,9}", "an account id such as u-0001")
EXECUTION = shapes.matches(r"exec-[0-9]{4,9}", "an execution id such as exec-0001")
CODE = shapes.fields({"path": shapes.text(), "sha256": SHA256})
_LONG = shapes.fields(
    {
        "head": shapes.text(HEAD_CHARS),
        "media_type": shapes.one_of(PLAIN, JSON),
        "sha256": SHA256,
        "size": shapes.number(),
    }
)


def TIME(value: Any) -> str:  # a check like the others
    """Check for a time on a day that exists, in the years 1 to 9999."""
    return _TIME(value) or ("" if _is_day(value[:10]) else "is on a day that no calendar has")


@functools.lru_cache(maxsize=1000)
def _is_day(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def TIME_OR_EMPTY(value: Any) -> str:  # a check like the others
    """Check for a time or an empty text."""
    return "" if value == "" else TIME(value)


def or_empty(check: Check) -> Check:
    """Check for an empty text or what passes a check."""
    return lambda value: "" if value == "" else check(value)
