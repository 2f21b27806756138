"""What each kind of record says: its keys and their types, one table for writers and readers.

Unknown kinds, unknown keys and missing keys are refused on both sides, because a reader that passes over what it does
not know would call a record verified that it has not understood.

Long values move into blobs (``spill``) and come back (``expand``), so that a record keeps to its size and nothing is
lost.

No files here. Format: docs/format.md, "Record kinds"; a test compares that text with this table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from valgen.errors import VerificationError
from valgen.ledger.blobs import BlobRef
from valgen.ledger.canonical import MAX_LINE_BYTES, decode, encode
from valgen.model.outcome import Outcome, Stage, StepKind

FORMAT = 1
"""Version of the format that this code reads and writes."""

LONG_BYTES = 16 * 1024
"""A text or list whose canonical JSON is longer becomes a blob."""

HEAD_CHARS = 1000
"""Characters of a long value that stay in the record."""

Check = Callable[[Any], str]
"""Returns what is wrong with a value, or an empty text."""


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
    return _check_keys(body, {**_COMMON, **kind.required}, kind.optional)


def check_plan(plan: Any) -> list[str]:
    """Return everything that is wrong with the content of a plan blob."""
    return _listed(_list(_PLANNED_CASE)(plan))


def check_facts(facts: Any) -> list[str]:
    """Return everything that is wrong with the content of a facts blob."""
    return _listed(_FACTS(facts))


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


def _check_keys(value: Mapping[str, Any], required: Mapping[str, Check], optional: Mapping[str, Check]) -> list[str]:
    problems = [f"{key} is missing" for key in required if key not in value]
    for key, item in value.items():
        check = required.get(key) or optional.get(key)
        if check is None:
            problems.append(f"the key {key!r} is not known")
        elif problem := check(item):
            problems.append(f"{key} {problem}")
    return problems


def _listed(problem: str) -> list[str]:
    return [problem] if problem else []


def _str(longest: int = 4096, *, empty: bool = True) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str):
            return "is not text"
        if len(value) > longest:
            return f"is longer than {longest} characters"
        return "" if value or empty else "is empty"

    return check


def _int(low: int = 0) -> Check:
    def check(value: Any) -> str:
        if type(value) is not int:
            return "is not a whole number"
        return f"is below {low}" if value < low else ""

    return check


def _bool(value: Any) -> str:
    return "" if type(value) is bool else "is neither true nor false"


def _matches(pattern: str, name: str) -> Check:
    matcher = re.compile(pattern)

    def check(value: Any) -> str:
        return "" if isinstance(value, str) and matcher.fullmatch(value) else f"is not {name}"

    return check


def _one_of(*words: str) -> Check:
    known = frozenset(str(word) for word in words)

    def check(value: Any) -> str:
        return "" if isinstance(value, str) and value in known else f"is none of {', '.join(sorted(known))}"

    return check


def _list(item_check: Check) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, (list, tuple)):
            return "is not a list"
        for index, item in enumerate(value):
            if problem := item_check(item):
                return f"entry {index} {problem}"
        return ""

    return check


def _map(item_check: Check, key_check: Check | None = None) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, Mapping):
            return "is not an object"
        for key, item in value.items():
            if key_check is not None and (problem := key_check(key)):
                return f"key {key!r} {problem}"
            if problem := item_check(item):
                return f"value of {key!r} {problem}"
        return ""

    return check


def _object(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, Mapping):
            return "is not an object"
        return "; ".join(_check_keys(value, required, optional or {}))

    return check


def _or_null(item_check: Check) -> Check:
    return lambda value: "" if value is None else item_check(value)


def _or_long(item_check: Check) -> Check:
    return lambda value: _LONG(value) if _is_long(value) else item_check(value)


_ANY_TEXT = _str(MAX_LINE_BYTES)
_WORD = _str(400, empty=False)
_SHA256 = _matches(r"[0-9a-f]{64}", "a SHA-256 in lower-case hex")
_TIME = _matches(
    r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]{1,6})?Z",
    "a time such as 2026-03-02T09:30:00.000Z",
)
_TIME_OR_EMPTY: Check = lambda value: "" if value == "" else _TIME(value)  # noqa: E731
_RUN = _matches(r"(dry|run)-[0-9]{4,9}", "a run id such as dry-0001")
_OUTCOME = _one_of(*Outcome)
_LONG = _object({"head": _str(HEAD_CHARS), "media_type": _one_of(_PLAIN, _JSON), "sha256": _SHA256, "size": _int()})
_BLOB = _object({"sha256": _SHA256, "size": _int()})
_ROWS = _list(_list(_ANY_TEXT))
_KEYS = _list(_object({"role": _one_of("log", "recorder"), "key": _SHA256}))
_LINES = _list(_ANY_TEXT)
_ATTACHMENT = _object(
    {"id": _WORD, "name": _str(), "media_type": _str(200), "size": _int(), "sha256": _SHA256},
    {"captured_at": _TIME_OR_EMPTY},
)

_COMMON: dict[str, Check] = {
    "seq": _int(),
    "time": _TIME,
    "mono": _int(),
    "boot": _str(200),
    "actor": _str(400),
    "kind": _WORD,
    "origin": _WORD,
    "salt": _matches(r"[0-9a-f]{32}", "16 random bytes in lower-case hex"),
}

_PLANNED_STEP = _object(
    {"number": _int(), "kind": _one_of(*StepKind), "keyword": _str(), "text": _ANY_TEXT},
    {"table": _ROWS, "doc_string": _or_null(_ANY_TEXT), "background": _bool},
)
_PLANNED_CASE = _object(
    {
        "id": _WORD,
        "title": _ANY_TEXT,
        "mode": _one_of("Automated", "Manual", "Unscripted"),
        "path": _str(),
        "line": _int(),
        "selected": _bool,
        "fingerprint": _str(200),
        "items": _map(_str(200)),
        "steps": _list(_PLANNED_STEP),
    }
)
_FACTS = _object(
    {
        "host": _map(_ANY_TEXT),
        "packages": _map(_str()),
        "plugins": _list(_str()),
        "code": _list(_object({"path": _str(), "sha256": _SHA256})),
        "git": _or_null(_object({"commit": _str(200), "dirty": _bool, "branch": _str()})),
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


_ATTEMPT: dict[str, Check] = {"run": _RUN, "case": _WORD, "attempt": _int(1)}

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        _kind(
            "genesis",
            {
                "mode": _one_of("dry", "ledger"),
                "format": _int(1),
                "lines_per_file": _int(1),
                "keys": _KEYS,
                "tool": _str(200),
            },
        ),
        _kind("keys.declared", {"keys": _KEYS, "reason": _str(1000)}),
        _kind(
            "run.started",
            {
                "run": _RUN,
                "stage": _one_of(*Stage),
                "mode": _one_of("dry", "formal"),
                "environment": _str(400),
                "tool": _str(200),
                "pid": _int(),
                "argv": _or_long(_LINES),
                "settings": _str(64),
                "plan": _BLOB,
                "facts": _BLOB,
            },
            long="argv",
        ),
        _kind("case.started", {**_ATTEMPT, "worker": _str(200)}),
        _kind(
            "step.result",
            {
                **_ATTEMPT,
                "step": _int(),
                "kind_of_step": _one_of(*StepKind),
                "keyword": _str(),
                "text": _or_long(_ANY_TEXT),
                "outcome": _OUTCOME,
                "observed": _bool,
                "started": _TIME_OR_EMPTY,
                "duration_ms": _int(),
            },
            {
                "expected": _or_long(_LINES),
                "actual": _or_long(_LINES),
                "tables": _or_long(_list(_ROWS)),
                "data_table": _or_long(_ROWS),
                "doc_string": _or_null(_or_long(_ANY_TEXT)),
                "message": _or_long(_ANY_TEXT),
                "trace": _or_long(_ANY_TEXT),
                "attachments": _list(_ATTACHMENT),
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
                "executor": _str(400),
                "steps": _list(_SHA256),
            },
            long="message",
        ),
        _kind(
            "run.finished",
            {"run": _RUN, "summary": _map(_int(), _OUTCOME), "planned": _int(), "selected": _int(), "executed": _int()},
        ),
        _kind(
            "run.aborted",
            {"run": _RUN, "reason": _or_long(_ANY_TEXT), "detected_by": _one_of("recorder", "recovery")},
            long="reason",
        ),
        _kind(
            "recovery",
            {
                "adopted": _int(),
                "quarantined": _list(_object({"file": _str(), "size": _int(), "sha256": _SHA256})),
            },
        ),
        _kind(
            "clock.anomaly",
            {"previous_time": _TIME, "previous_mono": _int(), "jump_ms": _int(-(1 << 53))},
            {"run": _RUN},
        ),
    )
}
"""Every kind of record by name."""
