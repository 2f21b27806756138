"""What each kind of record says: its keys and their types, one table for writers and readers.

Unknown kinds, unknown keys and missing keys are refused on both sides, because a reader that passes over what it does
not know would call a record verified that it has not understood.

Long values move into blobs (``spill``) and come back (``expand``), so that a record keeps to its size and nothing is
lost.

Kinds that only a ledger has come from ``people_kinds``.

No files here. Format: docs/format.md, "Record kinds"; a test compares that text with this table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from valgen.errors import VerificationError
from valgen.ledger import people_kinds, shapes
from valgen.ledger.blobs import BlobRef
from valgen.ledger.canonical import decode, encode
from valgen.ledger.kind import (
    ACCOUNT,
    ANY_TEXT,
    BLOB,
    CODE,
    EXECUTION,
    HEAD_CHARS,
    HEX16,
    JSON,
    LINES,
    OUTCOME,
    PLAIN,
    ROWS,
    RUN,
    SHA256,
    TIME,
    TIME_OR_EMPTY,
    WORD,
    Kind,
    OrLong,
    is_long,
    make_kind,
    or_empty,
    or_long,
)
from valgen.ledger.shapes import Check
from valgen.model.outcome import Stage, StepKind

FORMAT = 1
"""Version of the format that this code reads and writes."""

LONG_BYTES = 16 * 1024
"""A text or list whose canonical JSON is longer becomes a blob."""


def check_body(body: Mapping[str, Any]) -> list[str]:
    """Return everything that is wrong with the body of a record, common keys included; empty when nothing is."""
    kind = KINDS.get(body.get("kind", "")) if isinstance(body.get("kind"), str) else None
    if kind is None:
        return [f"the kind {body.get('kind')!r} is not known"]
    required = {**_COMMON, **kind.required}
    if kind.further:
        required |= kind.further.get(str(body.get("mode")), {})
    return shapes.check_keys(body, required, kind.optional)


def check_plan(plan: Any) -> list[str]:
    """Return everything that is wrong with the content of a plan blob."""
    problem = shapes.items(_PLANNED_CASE)(plan)
    return [problem] if problem else []


def check_facts(facts: Any) -> list[str]:
    """Return everything that is wrong with the content of a facts blob."""
    problem = _FACTS(facts)
    return [problem] if problem else []


@dataclass(frozen=True, slots=True)
class LongValue:
    """What a record says of a value that lies in a blob.

    Attributes:
        kind: of the record.
        key: under which it stands there.
        head: its beginning.
        media_type: of the blob.
    """

    kind: str
    key: str
    head: str
    media_type: str

    def check(self, data: bytes) -> list[str]:
        """Return everything that is wrong with the content of the blob."""
        kind = KINDS[self.kind]
        expected = kind.required.get(self.key) or kind.optional[self.key]
        if not isinstance(expected, OrLong) or expected.text != (self.media_type == PLAIN):
            return [f"the long value {self.key} cannot be of media type {self.media_type}"]
        try:
            text = data.decode("utf-8")
            value = text if expected.text else decode(data)
        except UnicodeDecodeError:
            return [f"the long value {self.key} is not text"]
        except VerificationError as error:
            return [f"the long value {self.key}: {error.what}"]
        if text[:HEAD_CHARS] != self.head:
            return [f"the long value {self.key} does not begin as the record says"]
        problem = expected.inner(value)
        return [f"the long value {self.key} {problem}"] if problem else []


def long_values(body: Mapping[str, Any]) -> list[tuple[str, LongValue]]:
    """Return SHA-256 and description of every value of a well-formed body that lies in a blob."""
    kind = body["kind"]
    return [
        (value["sha256"], LongValue(kind, key, value["head"], value["media_type"]))
        for key in sorted(KINDS[kind].long)
        if is_long(value := body.get(key))
    ]


def spill(body: Mapping[str, Any], put: Callable[[bytes], BlobRef]) -> dict[str, Any]:
    """Return the body with long values moved into blobs.

    Values of at most ``LONG_BYTES`` stay where they are.

    Args:
        body: of any kind; returned as a copy.
        put: keeps bytes and returns their name.
    """
    kind = KINDS.get(body.get("kind", ""))
    result = dict(body)
    if kind is None or not kind.long:
        return result
    for key in kind.long & result.keys():
        value = result[key]
        if not value or is_long(value) or (isinstance(value, str) and len(value) * 6 < LONG_BYTES):
            continue  # a character takes at most six bytes
        if len(encode(value, limit=None)) > LONG_BYTES:
            result[key] = _long(value, put)
    return result


def expand(body: Mapping[str, Any], read: Callable[[str], bytes]) -> dict[str, Any]:
    """Return the body with long values read back from their blobs.

    Args:
        body: as stored.
        read: returns the checked bytes of a blob by its SHA-256.

    Raises:
        VerificationError: a blob is missing or altered, or does not hold what the record says.
    """
    kind = KINDS.get(body.get("kind", ""))
    result = dict(body)
    for key in kind.long if kind else ():
        value = result.get(key)
        if is_long(value):
            data = read(value["sha256"])
            try:
                result[key] = data.decode("utf-8") if value["media_type"] == PLAIN else decode(data)
            except UnicodeDecodeError as error:
                raise VerificationError(f"the long value {key} is not text", code="VG508") from error
    return result


def blob_refs(body: Mapping[str, Any]) -> list[BlobRef]:
    """Return every blob that a well-formed body names, in the order of docs/format.md."""
    kind = body["kind"]
    found = [
        BlobRef(value["sha256"], value["size"]) for key in sorted(KINDS[kind].long) if is_long(value := body.get(key))
    ]
    found += [BlobRef(body[key]["sha256"], body[key]["size"]) for key in KINDS[kind].blobs]
    if kind == "step.result":
        found += [BlobRef(item["sha256"], item["size"]) for item in body.get("attachments", ())]
    return found


def _long(value: Any, put: Callable[[bytes], BlobRef]) -> dict[str, Any]:
    if isinstance(value, str):
        data, media_type, head = value.encode("utf-8"), PLAIN, value
    else:
        data, media_type = encode(value, limit=None), JSON
        head = data.decode("utf-8")
    ref = put(data)
    return {"head": head[:HEAD_CHARS], "media_type": media_type, "sha256": ref.sha256, "size": ref.size}


def _keys(*roles: str) -> Check:
    return shapes.items(shapes.fields({"role": shapes.one_of(*roles), "key": SHA256}))


_ATTACHMENT = shapes.fields(
    {"id": WORD, "name": shapes.text(), "media_type": shapes.text(200), "size": shapes.number(), "sha256": SHA256},
    {"captured_at": TIME_OR_EMPTY},
)

_COMMON: dict[str, Check] = {
    "seq": shapes.number(),
    "time": TIME,
    "mono": shapes.number(),
    "boot": shapes.text(200),
    "actor": shapes.text(400),
    "kind": WORD,
    "origin": WORD,
    "salt": HEX16,
}

_PLANNED_STEP = shapes.fields(
    {"number": shapes.number(), "kind": shapes.one_of(*StepKind), "keyword": shapes.text(), "text": ANY_TEXT},
    {"table": ROWS, "doc_string": shapes.or_null(ANY_TEXT), "background": shapes.flag},
)
_PLANNED_CASE = shapes.fields(
    {
        "id": WORD,
        "title": ANY_TEXT,
        "mode": shapes.one_of("Automated", "Manual", "Unscripted"),
        "path": shapes.text(),
        "line": shapes.number(),
        "selected": shapes.flag,
        "fingerprint": shapes.text(200),
        "items": shapes.mapping(shapes.text(200)),
        "steps": shapes.items(_PLANNED_STEP),
    }
)
_FACTS = shapes.fields(
    {
        "host": shapes.mapping(ANY_TEXT),
        "packages": shapes.mapping(shapes.text()),
        "plugins": shapes.items(shapes.text()),
        "code": shapes.items(CODE),
        "git": shapes.or_null(
            shapes.fields({"commit": shapes.text(200), "dirty": shapes.flag, "branch": shapes.text()})
        ),
    }
)


_ATTEMPT: dict[str, Check] = {"run": RUN, "case": WORD, "attempt": shapes.number(1)}

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        make_kind(
            "genesis",
            {
                "mode": shapes.one_of("dry", "ledger"),
                "format": shapes.number(1),
                "lines_per_file": shapes.number(1),
                "keys": _keys("log", "recorder"),
                "tool": shapes.text(200),
            },
            further={
                "ledger": {
                    "keys": _keys("root", "log", "recorder"),
                    "threshold": shapes.number(1),
                    "single_administrator": shapes.flag,
                }
            },
        ),
        make_kind("keys.declared", {"keys": _keys("log", "recorder"), "reason": shapes.text(1000)}),
        make_kind(
            "run.started",
            {
                "run": RUN,
                "stage": shapes.one_of(*Stage),
                "mode": shapes.one_of("dry", "formal"),
                "environment": shapes.text(400),
                "tool": shapes.text(200),
                "pid": shapes.number(),
                "argv": or_long(LINES),
                "settings": shapes.text(64),
                "plan": BLOB,
                "facts": BLOB,
            },
            long="argv",
            blobs="plan facts",
            further={"formal": {"execution": EXECUTION, "session": or_empty(HEX16), "tester": ACCOUNT}},
        ),
        make_kind("case.started", {**_ATTEMPT, "worker": shapes.text(200)}),
        make_kind(
            "step.result",
            {
                **_ATTEMPT,
                "step": shapes.number(),
                "kind_of_step": shapes.one_of(*StepKind),
                "keyword": shapes.text(),
                "text": or_long(ANY_TEXT),
                "outcome": OUTCOME,
                "observed": shapes.flag,
                "started": TIME_OR_EMPTY,
                "duration_ms": shapes.number(),
            },
            {
                "expected": or_long(LINES),
                "actual": or_long(LINES),
                "tables": or_long(shapes.items(ROWS)),
                "data_table": or_long(ROWS),
                "doc_string": or_long(shapes.or_null(ANY_TEXT)),
                "message": or_long(ANY_TEXT),
                "trace": or_long(ANY_TEXT),
                "attachments": shapes.items(_ATTACHMENT),
            },
            signer="",
            long="text expected actual tables data_table doc_string message trace",
        ),
        make_kind(
            "case.result",
            {
                **_ATTEMPT,
                "outcome": OUTCOME,
                "message": or_long(ANY_TEXT),
                "started": TIME_OR_EMPTY,
                "finished": TIME,
                "executor": shapes.text(400),
                "steps": shapes.items(SHA256),
            },
            long="message",
        ),
        make_kind(
            "run.finished",
            {
                "run": RUN,
                "summary": shapes.mapping(shapes.number(), OUTCOME),
                "planned": shapes.number(),
                "selected": shapes.number(),
                "executed": shapes.number(),
            },
        ),
        make_kind(
            "run.aborted",
            {"run": RUN, "reason": or_long(ANY_TEXT), "detected_by": shapes.one_of("recorder", "recovery")},
            long="reason",
        ),
        make_kind(
            "recovery",
            {
                "adopted": shapes.number(),
                "quarantined": shapes.items(
                    shapes.fields({"file": shapes.text(), "size": shapes.number(), "sha256": SHA256})
                ),
            },
        ),
        make_kind(
            "clock.anomaly",
            {"previous_time": TIME, "previous_mono": shapes.number(), "jump_ms": shapes.number(-(1 << 53))},
            {"run": RUN},
        ),
        *people_kinds.KINDS,
    )
}
"""Every kind of record by name."""

__all__ = ["FORMAT", "HEAD_CHARS", "KINDS", "LONG_BYTES", "Kind", "LongValue"]
__all__ += ["blob_refs", "check_body", "check_facts", "check_plan", "expand", "long_values", "spill"]
