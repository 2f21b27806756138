"""What each kind of record says: its keys and their types, one table for writers and readers.

Unknown kinds, unknown keys and missing keys are refused on both sides, because a reader that passes over what it does
not know would call a record verified that it has not understood.

Long values move into blobs (``spill``) and come back (``expand``), so that a record keeps to its size and nothing is
lost.

No files here. Format: docs/format.md, "Record kinds"; a test compares that text with this table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from valgen.errors import VerificationError
from valgen.ledger import shapes
from valgen.ledger.blobs import BlobRef
from valgen.ledger.canonical import MAX_LINE_BYTES, decode, encode
from valgen.ledger.shapes import Check
from valgen.model.outcome import Outcome, Stage, StepKind

FORMAT = 1
"""Version of the format that this code reads and writes."""

LONG_BYTES = 16 * 1024
"""A text or list whose canonical JSON is longer becomes a blob."""

HEAD_CHARS = 1000
"""Characters of a long value that stay in the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of record.

    Attributes:
        name: as in ``body.kind``.
        required: keys that are always there, beside the common ones.
        optional: keys that may be absent; absent means empty, or null for a text that may be null.
        signed: whether a signature by the recorder key is required.
        long: keys whose value may be a long value.
    """

    name: str
    required: Mapping[str, Check]
    optional: Mapping[str, Check]
    signed: bool
    long: frozenset[str]

    @property
    def type(self) -> str:
        """Media type of the record line."""
        return f"application/vnd.valgen.{self.name}.v1+json"


def check_body(body: Mapping[str, Any]) -> list[str]:
    """Return everything that is wrong with the body of a record, common keys included; empty when nothing is."""
    kind = KINDS.get(body.get("kind", "")) if isinstance(body.get("kind"), str) else None
    if kind is None:
        return [f"the kind {body.get('kind')!r} is not known"]
    return shapes.check_keys(body, {**_COMMON, **kind.required}, kind.optional)


def check_plan(plan: Any) -> list[str]:
    """Return everything that is wrong with the content of a plan blob."""
    problem = shapes.items(_PLANNED_CASE)(plan)
    return [problem] if problem else []


def check_facts(facts: Any) -> list[str]:
    """Return everything that is wrong with the content of a facts blob."""
    problem = _FACTS(facts)
    return [problem] if problem else []


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
        if not value or _is_long(value) or (isinstance(value, str) and len(value) * 6 < LONG_BYTES):
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
        if _is_long(value):
            data = read(value["sha256"])
            try:
                result[key] = data.decode("utf-8") if value["media_type"] == _PLAIN else decode(data)
            except UnicodeDecodeError as error:
                raise VerificationError(f"the long value {key} is not text", code="VG508") from error
    return result


def blob_refs(body: Mapping[str, Any]) -> list[BlobRef]:
    """Return every blob that a well-formed body names, in the order of docs/format.md."""
    kind = body["kind"]
    found = [
        BlobRef(value["sha256"], value["size"]) for key in sorted(KINDS[kind].long) if _is_long(value := body.get(key))
    ]
    if kind == "run.started":
        found += [BlobRef(body[key]["sha256"], body[key]["size"]) for key in ("plan", "facts")]
    elif kind == "step.result":
        found += [BlobRef(item["sha256"], item["size"]) for item in body.get("attachments", ())]
    return found


_PLAIN = "text/plain"
_JSON = "application/json"
_LONG_KEYS = {"head", "media_type", "sha256", "size"}


def _is_long(value: Any) -> TypeGuard[dict[str, Any]]:
    return type(value) is dict and value.keys() == _LONG_KEYS


def _long(value: Any, put: Callable[[bytes], BlobRef]) -> dict[str, Any]:
    if isinstance(value, str):
        data, media_type, head = value.encode("utf-8"), _PLAIN, value
    else:
        data, media_type = encode(value, limit=None), _JSON
        head = data.decode("utf-8")
    ref = put(data)
    return {"head": head[:HEAD_CHARS], "media_type": media_type, "sha256": ref.sha256, "size": ref.size}


def _or_long(item_check: Check) -> Check:
    return lambda value: _LONG(value) if _is_long(value) else item_check(value)


_ANY_TEXT = shapes.text(MAX_LINE_BYTES)
_WORD = shapes.text(400, empty=False)
_SHA256 = shapes.matches(r"[0-9a-f]{64}", "a SHA-256 in lower-case hex")
_TIME = shapes.matches(
    r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]{1,6})?Z",
    "a time such as 2026-03-02T09:30:00.000Z",
)
_TIME_OR_EMPTY: Check = lambda value: "" if value == "" else _TIME(value)  # noqa: E731
_RUN = shapes.matches(r"(dry|run)-[0-9]{4,9}", "a run id such as dry-0001")
_OUTCOME = shapes.one_of(*Outcome)
_LONG = shapes.fields(
    {
        "head": shapes.text(HEAD_CHARS),
        "media_type": shapes.one_of(_PLAIN, _JSON),
        "sha256": _SHA256,
        "size": shapes.number(),
    }
)
_BLOB = shapes.fields({"sha256": _SHA256, "size": shapes.number()})
_ROWS = shapes.items(shapes.items(_ANY_TEXT))
_KEYS = shapes.items(shapes.fields({"role": shapes.one_of("log", "recorder"), "key": _SHA256}))
_LINES = shapes.items(_ANY_TEXT)
_ATTACHMENT = shapes.fields(
    {"id": _WORD, "name": shapes.text(), "media_type": shapes.text(200), "size": shapes.number(), "sha256": _SHA256},
    {"captured_at": _TIME_OR_EMPTY},
)

_COMMON: dict[str, Check] = {
    "seq": shapes.number(),
    "time": _TIME,
    "mono": shapes.number(),
    "boot": shapes.text(200),
    "actor": shapes.text(400),
    "kind": _WORD,
    "origin": _WORD,
    "salt": shapes.matches(r"[0-9a-f]{32}", "16 random bytes in lower-case hex"),
}

_PLANNED_STEP = shapes.fields(
    {"number": shapes.number(), "kind": shapes.one_of(*StepKind), "keyword": shapes.text(), "text": _ANY_TEXT},
    {"table": _ROWS, "doc_string": shapes.or_null(_ANY_TEXT), "background": shapes.flag},
)
_PLANNED_CASE = shapes.fields(
    {
        "id": _WORD,
        "title": _ANY_TEXT,
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
        "host": shapes.mapping(_ANY_TEXT),
        "packages": shapes.mapping(shapes.text()),
        "plugins": shapes.items(shapes.text()),
        "code": shapes.items(shapes.fields({"path": shapes.text(), "sha256": _SHA256})),
        "git": shapes.or_null(
            shapes.fields({"commit": shapes.text(200), "dirty": shapes.flag, "branch": shapes.text()})
        ),
    }
)


def _kind(
    name: str,
    required: Mapping[str, Check],
    optional: Mapping[str, Check] | None = None,
    *,
    signed: bool = True,
    long: str = "",
) -> Kind:
    return Kind(name=name, required=required, optional=optional or {}, signed=signed, long=frozenset(long.split()))


_ATTEMPT: dict[str, Check] = {"run": _RUN, "case": _WORD, "attempt": shapes.number(1)}

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        _kind(
            "genesis",
            {
                "mode": shapes.one_of("dry", "ledger"),
                "format": shapes.number(1),
                "lines_per_file": shapes.number(1),
                "keys": _KEYS,
                "tool": shapes.text(200),
            },
        ),
        _kind("keys.declared", {"keys": _KEYS, "reason": shapes.text(1000)}),
        _kind(
            "run.started",
            {
                "run": _RUN,
                "stage": shapes.one_of(*Stage),
                "mode": shapes.one_of("dry", "formal"),
                "environment": shapes.text(400),
                "tool": shapes.text(200),
                "pid": shapes.number(),
                "argv": _or_long(_LINES),
                "settings": shapes.text(64),
                "plan": _BLOB,
                "facts": _BLOB,
            },
            long="argv",
        ),
        _kind("case.started", {**_ATTEMPT, "worker": shapes.text(200)}),
        _kind(
            "step.result",
            {
                **_ATTEMPT,
                "step": shapes.number(),
                "kind_of_step": shapes.one_of(*StepKind),
                "keyword": shapes.text(),
                "text": _or_long(_ANY_TEXT),
                "outcome": _OUTCOME,
                "observed": shapes.flag,
                "started": _TIME_OR_EMPTY,
                "duration_ms": shapes.number(),
            },
            {
                "expected": _or_long(_LINES),
                "actual": _or_long(_LINES),
                "tables": _or_long(shapes.items(_ROWS)),
                "data_table": _or_long(_ROWS),
                "doc_string": shapes.or_null(_or_long(_ANY_TEXT)),
                "message": _or_long(_ANY_TEXT),
                "trace": _or_long(_ANY_TEXT),
                "attachments": shapes.items(_ATTACHMENT),
            },
            signed=False,
            long="text expected actual tables data_table doc_string message trace",
        ),
        _kind(
            "case.result",
            {
                **_ATTEMPT,
                "outcome": _OUTCOME,
                "message": _or_long(_ANY_TEXT),
                "started": _TIME_OR_EMPTY,
                "finished": _TIME,
                "executor": shapes.text(400),
                "steps": shapes.items(_SHA256),
            },
            long="message",
        ),
        _kind(
            "run.finished",
            {
                "run": _RUN,
                "summary": shapes.mapping(shapes.number(), _OUTCOME),
                "planned": shapes.number(),
                "selected": shapes.number(),
                "executed": shapes.number(),
            },
        ),
        _kind(
            "run.aborted",
            {"run": _RUN, "reason": _or_long(_ANY_TEXT), "detected_by": shapes.one_of("recorder", "recovery")},
            long="reason",
        ),
        _kind(
            "recovery",
            {
                "adopted": shapes.number(),
                "quarantined": shapes.items(
                    shapes.fields({"file": shapes.text(), "size": shapes.number(), "sha256": _SHA256})
                ),
            },
        ),
        _kind(
            "clock.anomaly",
            {"previous_time": _TIME, "previous_mono": shapes.number(), "jump_ms": shapes.number(-(1 << 53))},
            {"run": _RUN},
        ),
    )
}
"""Every kind of record by name."""
