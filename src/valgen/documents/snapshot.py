"""The two files of a frozen version: what it rests on, and the blocks of the document.

``<version>.json`` is one line, ``{"sha256":"...","snapshot":{...}}``, in which the digest is that of the bytes of the
object that follows it; so a change is noticed before anything is understood. ``<version>.document.json`` is the
canonical JSON of the document and nothing else; its digest stands in the first file. Reading is strict: what this
release would not write is refused, never guessed.

Format 2 holds the content of a document, with places for what depends on signatures. Format 1 held the words of a
draft in their stead, in content and digest; such a version is read and shown as the draft that it was.

No files in this module; callers bring bytes.

Source: design.md §5 (content manifest), integrity.md I-11.
"""

from __future__ import annotations

import dataclasses
import enum
import hashlib
import json
import re
import types
import typing
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from valgen.documents import blocks
from valgen.documents.blocks import Document
from valgen.documents.canonical import canonical_json
from valgen.model.project import HistoryRow
from valgen.model.version import FrozenVersion, Part, PartKind, Pinned

FORMAT = 2
_FIRST = 1
_HEAD = re.compile(rb'\{"sha256":"([0-9a-f]{64})","snapshot":')
_TAIL = re.compile(rb"\}\r?\n?\Z")
_TEXTS = ("project", "key", "type", "number", "title", "version", "template", "template_sha256", "content_sha256",
          "document_sha256", "tool")  # fmt: skip
_LISTS = ("media", "evidence")
_ROW = ("version", "date", "author", "change_ref", "summary")
_KINDS = {kind.value: kind for kind in PartKind}
_PINNED = ("key", "number", "title", "version", "content_sha256")


class SnapshotError(ValueError):
    """The bytes are no frozen version; the message says why, in words for its reader."""


class Altered(SnapshotError):
    """The bytes are not those that were frozen."""


def version_bytes(frozen: FrozenVersion) -> bytes:
    """Return the bytes of ``<version>.json``."""
    value = {
        "format": FORMAT,
        **{name: getattr(frozen, name) for name in _TEXTS},
        **{name: list(getattr(frozen, name)) for name in _LISTS},
        "asks": [list(one) for one in frozen.asks],
        "history": [{name: getattr(row, name) for name in _ROW} for row in frozen.history],
        "references": [{name: getattr(one, name) for name in _PINNED} for one in frozen.references],
        "parts": [
            {
                "kind": part.kind.value,
                "id": part.id,
                "title": part.title,
                "retired": part.retired,
                "fingerprint": part.fingerprint,
                "values": dict(part.values),
            }
            for part in frozen.parts
        ],
    }
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # Half a surrogate pair has no UTF-8; its JSON escape is exactly what backslashreplace writes.
    body = text.encode("utf-8", "backslashreplace")
    digest = hashlib.sha256(body).hexdigest().encode()
    return b'{"sha256":"' + digest + b'","snapshot":' + body + b"}\n"


def read_version(data: bytes, path: str) -> FrozenVersion:
    """Read ``<version>.json``.

    Args:
        data: the file.
        path: of the file, relative to the project folder.

    Raises:
        Altered: the digest inside does not fit.
        SnapshotError: it is no file of this format.
    """
    head, tail = _HEAD.match(data), _TAIL.search(data)
    if head is None or tail is None:
        raise SnapshotError("it is no frozen version that valgen wrote")
    body = data[head.end() : tail.start()]
    if hashlib.sha256(body).hexdigest().encode() != head.group(1):
        raise Altered("the digest inside does not fit the content")
    try:
        return _frozen(_json(body), path)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, SnapshotError):
            raise
        raise SnapshotError(f"its form is not understood ({type(error).__name__}: {error})") from error


def document_bytes(document: Document) -> bytes:
    """Return the bytes of ``<version>.document.json``: the content, without where pictures lie."""
    return document.content_json.encode("utf-8", "backslashreplace") + b"\n"


def read_document(data: bytes, frozen: FrozenVersion) -> Document:
    """Read ``<version>.document.json`` back into blocks, as the draft that it is until signatures say otherwise.

    Raises:
        Altered: the bytes are not those that were frozen.
        SnapshotError: this release cannot make blocks of them.
    """
    if file_digest(data) != frozen.document_sha256:
        raise Altered("the digest of the file is not the one that was frozen")
    try:
        document: Document = _reader(Document)(_json(data))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise SnapshotError(f"its blocks are not understood ({error})") from error
    if frozen.content_sha256 not in (document.digest, _first_digest(document)):
        raise SnapshotError("its blocks have another content digest than the one that was frozen")
    from valgen.documents.issue import drafted_document  # it needs what makes documents, which a check does not

    return drafted_document(document)


def _first_digest(document: Document) -> str:
    """Return the content digest that a document of format 1 has; of a later one, no digest that it was frozen with."""
    if not document.status:
        return ""
    text = canonical_json(document, without="media")
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def file_digest(data: bytes) -> str:
    """Return the SHA-256 of a file of a frozen version, hex, whatever a system did to its last line end."""
    return hashlib.sha256(data.removesuffix(b"\n").removesuffix(b"\r")).hexdigest()


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SnapshotError(f"it is no JSON ({error})") from error


def _frozen(value: Mapping[str, Any], path: str) -> FrozenVersion:
    number = value["format"]
    if number not in (_FIRST, FORMAT):
        raise SnapshotError(f"it has format {number!r}; this release reads formats {_FIRST} and {FORMAT}")
    expected = {"format", "history", "references", "parts", *_TEXTS, *_LISTS, *(() if number == _FIRST else ("asks",))}
    if set(value) != expected:
        raise SnapshotError(f"its keys are not those of format {number}")
    history = tuple(_row(row) for row in value["history"])
    if not history or history[-1].version != value["version"]:
        raise SnapshotError("its history does not end with its version")
    texts = {name: _text(value[name]) for name in _TEXTS}
    lists = {name: tuple(_text(one) for one in value[name]) for name in _LISTS}
    return FrozenVersion(
        **texts,  # type: ignore[arg-type]
        **lists,  # type: ignore[arg-type]
        asks=tuple(_asked(one) for one in value.get("asks", ())),
        history=history,
        references=tuple(Pinned(**{name: _text(one[name]) for name in _PINNED}) for one in value["references"]),
        parts=tuple(
            Part(
                kind=_KINDS[one["kind"]],
                id=_text(one["id"]),
                title=_text(one["title"]),
                retired=one["retired"] is True,
                fingerprint=_text(one["fingerprint"]),
                values=_values(one["values"]),
            )
            for one in value["parts"]
        ),
        path=path,
    )


def _asked(value: Any) -> tuple[str, str]:
    role, meaning = value
    return _text(role), _text(meaning)


def _values(value: dict[str, Any]) -> dict[str, str]:
    for text in value.values():
        if type(text) is not str:
            raise SnapshotError(f"{text!r} stands where text is wanted")
    return value


def _row(value: Mapping[str, Any]) -> HistoryRow:
    version, date, author, change_ref, summary = (_text(value[name]) for name in _ROW)
    return HistoryRow(version=version, date=date, author=author, change_ref=change_ref, summary=summary)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise SnapshotError(f"{value!r} stands where text is wanted")
    return value


_Reader = Callable[[Any], Any]


@cache
def _reader(hint: Any) -> _Reader:
    """Return the function that reads values of one type from plain JSON, made once from its declaration."""
    if hint in (str, int, bool):
        return _plain(hint)
    if hint is type(None):
        return _nothing
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return hint
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _object_reader(hint)
    origin = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    if origin is tuple:
        return _tuple_reader(arguments)
    if origin in (typing.Union, types.UnionType):
        return _union_reader(arguments)
    raise TypeError(f"no reader for {hint}")


def _plain(hint: type) -> _Reader:
    def read(value: Any) -> Any:
        if type(value) is not hint:
            raise SnapshotError(f"{value!r} stands where {hint.__name__} is wanted")
        return value

    return read


def _nothing(value: Any) -> None:
    if value is not None:
        raise SnapshotError(f"{value!r} stands where nothing is wanted")


def _tuple_reader(arguments: tuple[Any, ...]) -> _Reader:
    many = len(arguments) == 2 and arguments[1] is Ellipsis

    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise SnapshotError("a list is wanted")
        if many:
            one = _reader(arguments[0])
            return tuple([one(part) for part in value])
        if len(value) != len(arguments):
            raise SnapshotError(f"a list of {len(arguments)} is wanted")
        return tuple(_reader(hint)(part) for hint, part in zip(arguments, value, strict=True))

    return read


def _union_reader(arguments: tuple[Any, ...]) -> _Reader:
    classes = {one.__name__: one for one in arguments if isinstance(one, type) and dataclasses.is_dataclass(one)}
    # An entry's own field is called kind, so the word there is the type of its item.
    named_otherwise = [one for one in classes.values() if "kind" in {field.name for field in dataclasses.fields(one)}]
    may_be_nothing = type(None) in arguments

    def read(value: Any) -> Any:
        if value is None and may_be_nothing:
            return None
        if not isinstance(value, dict):
            raise SnapshotError("an object is wanted")
        kind = classes.get(value.get("kind", ""))
        if kind is None or kind in named_otherwise:
            if not named_otherwise or not _required(named_otherwise[0]) <= value.keys():
                raise SnapshotError(f"the kind {value.get('kind')!r} is unknown")
            kind = named_otherwise[0]
        read_object: _Reader = _reader(kind)
        return read_object(value)

    return read


def _object_reader(kind: type[Any]) -> _Reader:
    hints = typing.get_type_hints(kind, vars(blocks))
    fields = {field.name: field for field in dataclasses.fields(kind)}
    own_kind = "kind" in fields
    required = _required(kind)

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise SnapshotError(f"{kind.__name__} is an object")
        given = dict(value)
        if not own_kind and given.pop("kind", None) != kind.__name__:
            raise SnapshotError(f"{kind.__name__} is wanted")
        if not required <= given.keys() <= fields.keys():
            raise SnapshotError(f"the fields of {kind.__name__} are not those of this release")
        return kind(**{name: _reader(hints[name])(part) for name, part in given.items()})

    return read


def _required(kind: type[Any]) -> set[str]:
    return {
        field.name
        for field in dataclasses.fields(kind)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
