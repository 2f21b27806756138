"""Whether a pack says of its documents and attachments what the ledger in it says.

The manifest of a pack is not signed, the records are. So whatever the manifest claims is compared with them:

- a document that is said to be approved bears that content in a signature that approves it and was not rejected later;
- a file with the name of an issued one is the one that was issued in the version that the manifest states;
- what lies under ``evidence/`` of a formal run is what the steps of that run attached, under their labels.

What nobody issues, such as drafts and the views in HTML, Excel and data, stands on the manifest alone. That is told.

Reads a ledger that was verified before. Source: integrity.md D-2, D-3, D-4, I-8; docs/format-ledger.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from valgen.ledger.files import Layout, read_lines
from valgen.ledger.record import read_line
from valgen.ledger.report import Problem
from valgen.model.run import EvidenceRef
from valgen.model.signature import DocumentStatus
from valgen.workflow.pack import evidence_name

_WANTED = re.compile(rb'"kind":"(?:document\.issued|signature|rejection)"|"attachments":\[\{')
_RUNS = re.compile(r"evidence/run-[0-9]+/")
_UNPROVEN = (DocumentStatus.DRAFT, DocumentStatus.IN_REVIEW, DocumentStatus.REJECTED)
_PRINTED = ("pdf/", "word/")
_NAMED = 6
"""Up to so many files are named; of more their number is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Issue:
    """Version of a document that was issued: number of the record, and digest by file name."""

    record: int
    files: Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class _Recorded:
    """What the records say of documents and attachments."""

    issued: dict[tuple[str, str], _Issue] = field(default_factory=dict)
    approved: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    attached: dict[str, str] = field(default_factory=dict)

    def take(self, body: Mapping[str, Any]) -> None:
        """Follow one record."""
        if body["kind"] == "step.result":
            for one in body.get("attachments", ()):
                ref = EvidenceRef(
                    id=one["id"],
                    name=one["name"],
                    media_type=one["media_type"],
                    size_bytes=one["size"],
                    sha256=one["sha256"],
                )
                self.attached[evidence_name(body["run"], body["attempt"], ref)] = one["sha256"]
            return
        version = body["document"], body["version"]
        if body["kind"] == "document.issued":
            files = {PurePosixPath(one["name"]).name: one["sha256"] for one in body["files"]}
            self.issued.setdefault(version, _Issue(record=body["seq"], files=files))
        elif body["kind"] == "rejection":
            self.approved.pop(version, None)
        elif body["meaning"] == "approved":
            self.approved.setdefault(version, set()).add(body["content"])


def compare_issued(
    ledger: Path, size: int, content: Mapping[str, Any], expected: Mapping[str, tuple[str, int]]
) -> tuple[list[Problem], list[str]]:
    """Compare what a pack says of its documents and attachments with the ledger in it.

    Args:
        ledger: folder of the ledger in the pack.
        size: number of its records.
        content: manifest of the pack.
        expected: SHA-256 and size of the files of the pack that were found to have them.

    Returns:
        What is wrong, and what is to be told.
    """
    records = _Recorded()
    for body in _bodies(ledger, size):
        records.take(body)
    documents = {str(one.get("key")): one for one in _documents(content)}
    problems = [one for entry in documents.values() if (one := _unproven(entry, records)) is not None]
    known: list[str] = []
    unissued: list[str] = []
    for path, (sha256, _) in sorted(expected.items()):
        if _RUNS.match(path):
            if records.attached.get(path) != sha256:
                text = "no step of that run attached it under this label"
                problems.append(Problem(code="VG626", where=path, message=text))
        elif not path.startswith("evidence/"):
            due = _due(PurePosixPath(path).name, documents, records)
            if isinstance(due, str):
                problems.append(Problem(code="VG626", where=path, message=due))
            elif due is None:
                unissued += [path] if path.startswith(_PRINTED) else []
            elif sha256 != due[2]:
                text = f"it is not the file that was issued as {due[0]} in record {due[1]}"
                problems.append(Problem(code="VG626", where=path, message=text))
            else:
                known.append(path)
    return problems, list(_notes(known, unissued, documents, records))


def claims_approval(content: Mapping[str, Any]) -> list[str]:
    """Return the documents that a manifest calls approved, with their versions; only a ledger can show that."""
    return [_named(one) for one in _documents(content) if one.get("status") not in _UNPROVEN]


def _unproven(entry: Mapping[str, Any], records: _Recorded) -> Problem | None:
    """Return the problem of a document that is said to be approved, and that nobody approved with this content."""
    version = str(entry.get("key")), str(entry.get("version"))
    if entry.get("status") in _UNPROVEN or entry.get("content_sha256") in records.approved.get(version, ()):
        return None
    text = f"it calls {_named(entry)} {entry.get('status')}, and no signature in the ledger approves that content"
    return Problem(code="VG626", where="manifest.json", message=text)


def _due(
    name: str, documents: Mapping[str, Mapping[str, Any]], records: _Recorded
) -> tuple[str, int, str] | str | None:
    """Return document, record and digest of the issued file of this name that the pack must show.

    A text says why no file of this name may be in the pack; None means that none was issued in the version shown.
    """
    keys = {key: issue for (key, _), issue in records.issued.items() if name in issue.files}
    for key, issue in keys.items():
        if key not in documents:
            return f"{key} was issued, as in record {issue.record}, and the manifest says nothing of this document"
        version = str(documents[key].get("version"))
        shown = records.issued.get((key, version))
        if shown is not None and name in shown.files:
            return f"{key} {version}", shown.record, shown.files[name]
    return None


def _notes(
    known: list[str], unissued: list[str], documents: Mapping[str, Mapping[str, Any]], records: _Recorded
) -> Iterator[str]:
    if known:
        yield f"Byte for byte as issued: {_listed(known, 'Word and PDF files')}."
    if unissued:
        yield f"Not issued, so that only the manifest stands for them: {_listed(unissued, 'Word and PDF files')}."
    if left_out := [f"{key} {version}" for key, version in records.issued if key not in documents]:
        yield f"Issued, and not in this pack: {_listed(left_out, 'documents')}."


def _listed(names: list[str], what: str) -> str:
    return ", ".join(names) if len(names) <= _NAMED else f"{len(names)} {what}"


def _named(entry: Mapping[str, Any]) -> str:
    return f"{entry.get('key')} {entry.get('version')}"


def _documents(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = content.get("documents")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _bodies(ledger: Path, size: int) -> Iterator[dict[str, Any]]:
    number = 0
    for _, path in Layout(ledger).segments():
        for line in read_lines(path):
            if number >= size or not line.complete:
                return
            number += 1
            if _WANTED.search(line.data):
                body = read_line(line.data)[0]
                if body["kind"] in ("document.issued", "signature", "rejection", "step.result"):
                    yield body
