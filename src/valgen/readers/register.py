"""``requirements/documents.yaml``: the register of documents and their histories.

Keys default to the type. Versions and dates are checked for form here; whether a history grows and fits the
content is left to ``trace``. A row of the history with a malformed version is kept as written, so that nothing
that was once said disappears.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from valgen.errors import Finding
from valgen.model.document_types import DOCUMENT_TYPES
from valgen.model.item import Link
from valgen.model.project import DocumentEntry, HistoryRow
from valgen.readers.rows import Column, RowReader
from valgen.readers.suggest import did_you_mean, one_of
from valgen.readers.text import shown
from valgen.readers.yaml_events import Block, Node, Text, read_yaml
from valgen.source import SourceLocation

PLANNED = ("yes", "combined", "no")
DOCUMENT_COLUMNS = (
    Column(name="key", doc="Name of its files; the type when absent."),
    Column(name="type", doc="Document type, such as URS.", required=True),
    Column(name="number", doc="Document number."),
    Column(name="title", doc="Title; the usual one when absent."),
    Column(name="environment", doc="For IQ, OQ and PQ of one environment."),
    Column(name="select", doc="Category or id pattern that narrows its content."),
    Column(name="planned", doc="yes, combined (with another document) or no.", choices=PLANNED),
    Column(name="rationale", doc="Why it is combined or not planned."),
    Column(name="owner", doc="Who answers for it."),
    Column(name="history", doc="Versions, oldest first.", format="list"),
    Column(name="references", doc="Keys of documents and ids of procedures that it refers to.", format="list"),
)
HISTORY_COLUMNS = (
    Column(name="version", doc="Numbers with dots.", required=True, format="version"),
    Column(name="date", doc="YYYY-MM-DD.", required=True, format="date"),
    Column(name="author", doc="Who wrote it.", required=True),
    Column(name="change_ref", doc="Change request or other reference."),
    Column(name="summary", doc="What changed and why.", required=True),
)
KEY_PATTERN = r"[A-Za-z][A-Za-z0-9-]{0,39}"

_KEY = re.compile(KEY_PATTERN)
_VERSION = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}){0,5}")
# Names that Windows keeps for itself, whatever the ending.
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)


def read_register(
    path: str, text: str, environments: Collection[str], own_types: Collection[str] = ()
) -> tuple[list[DocumentEntry], list[Finding]]:
    """Read the register.

    Args:
        path: relative to the project folder.
        text: decoded content.
        environments: names that ``environment`` may use.
        own_types: item types of the project, which may have a document of their own.
    """
    root, findings = read_yaml(path, text)
    rows = RowReader(path, findings)
    types = (*DOCUMENT_TYPES, *(key for key in own_types if key not in DOCUMENT_TYPES))
    entries: list[DocumentEntry] = []
    seen: dict[str, int] = {}
    for node in rows.listed(root, "documents"):
        entry = _entry(rows, node, environments, types)
        if entry is None:
            continue
        # Without regard to case, because two such files are one on Windows and macOS.
        first = seen.get(entry.key.lower())
        if first is not None:
            key = node.get("key", node.get("type"))[0] if isinstance(node, Block) else node  # type: ignore[index]
            rows.add("VG306", f"the document {entry.key} was registered in line {first} already", key, ids=(entry.key,))
            continue
        seen[entry.key.lower()] = entry.location.line if entry.location else 0
        entries.append(entry)
    return entries, findings


def _entry(rows: RowReader, node: Node, environments: Collection[str], types: Collection[str]) -> DocumentEntry | None:
    values = rows.row(node, DOCUMENT_COLUMNS, "the document")
    if values is None or not isinstance(node, Block):
        return None
    kind = values.get("type")
    if kind is None:
        return None
    if kind.value not in types:
        fix = did_you_mean(kind.value, types) or f"known types are {one_of(types)}"
        rows.add("VG305", f"{shown(kind.value)} is no document type", kind, fix=fix)
        return None
    key = values.get("key", kind)
    if not _KEY.fullmatch(key.value) or _RESERVED.fullmatch(key.value):
        rows.add("VG307", f"{shown(key.value)} cannot be a document key", key)
        return None
    environment = values.get("environment")
    if environment is not None and environment.value not in environments:
        fix = did_you_mean(environment.value, environments) or f"defined are {one_of(environments)}"
        rows.add(
            "VG313",
            f"{shown(environment.value)} is not defined in the settings",
            environment,
            fix=fix,
            ids=(key.value,),
        )
        environment = None
    planned = values["planned"].value if "planned" in values else "yes"
    if planned != "yes" and "rationale" not in values:
        said = "combined" if planned == "combined" else "not planned"
        rows.add("VG311", f"{key.value} is {said}, without a rationale", values["planned"], ids=(key.value,))
    texts = {name: values[name].value for name in ("number", "title", "select", "rationale", "owner") if name in values}
    return DocumentEntry(
        key=key.value,
        type=kind.value,
        environment=environment.value if environment else "",
        planned=planned,
        history=_history(rows, node, key.value),
        references=_references(rows, node),
        location=SourceLocation(rows.path, key.line, key.column, len(key.value)),
        **texts,
    )


def _references(rows: RowReader, node: Block) -> tuple[Link, ...]:
    if "references" not in node:
        return ()
    found = []
    for entry in rows.entries(node["references"][0], "references"):
        if isinstance(entry, Text) and entry.value.strip():
            found.append(Link(entry.value.strip(), entry.line, entry.column))
        else:
            rows.add("VG303", "a reference is the key of a document or the id of an item", entry)
    return tuple(found)


def _history(rows: RowReader, node: Block, key: str) -> tuple[HistoryRow, ...]:
    if "history" not in node:
        return ()
    history = []
    for entry in rows.entries(node["history"][0], "history"):
        values = rows.row(entry, HISTORY_COLUMNS, f"a version of {key}")
        if values is None or not isinstance(entry, Block):
            continue
        version = values.get("version")
        if version is not None and not _VERSION.fullmatch(version.value):
            rows.add("VG308", f"{shown(version.value)} is no version", version, ids=(key,))
        place = version or Text("", entry.line, entry.column, "")
        texts = {column.name: values[column.name].value if column.name in values else "" for column in HISTORY_COLUMNS}
        history.append(HistoryRow(**texts, line=place.line, column=place.column))
    return tuple(history)
