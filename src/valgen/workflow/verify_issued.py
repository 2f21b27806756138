"""Whether the documents of a pack are the files that people issued.

The manifest of a pack is not signed, the records about issued documents are. A file of a pack that bears the name and
the version of an issued one and has other bytes is another document, whatever the manifest says.

Reads a ledger that was verified before. Source: integrity.md D-2, D-4; docs/format-ledger.md, "document.issued".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from valgen.ledger.files import Layout, read_lines
from valgen.ledger.record import read_line
from valgen.ledger.report import Problem

_ISSUED = b'"kind":"document.issued"'


def compare_issued(
    ledger: Path, size: int, content: Mapping[str, Any], expected: Mapping[str, tuple[str, int]]
) -> tuple[list[Problem], list[str]]:
    """Compare the files of a pack with those that its ledger names as issued.

    Args:
        ledger: folder of the ledger in the pack.
        size: number of its records.
        content: manifest of the pack.
        expected: SHA-256 and size of the files of the pack that were found to have them.

    Returns:
        What is wrong, and what is to be told.
    """
    shown = {(str(one.get("key")), str(one.get("version"))) for one in _documents(content)}
    issued: dict[str, tuple[str, str, int, set[str]]] = {}
    for body in _bodies(ledger, size):
        if (body["document"], body["version"]) in shown:
            for file in body["files"]:
                name = PurePosixPath(file["name"]).name
                digests = issued[name][3] if name in issued else set()
                issued[name] = (body["document"], body["version"], body["seq"], digests | {file["sha256"]})
    problems, known = [], []
    for path, (sha256, _) in sorted(expected.items()):
        name = PurePosixPath(path).name
        if path.startswith("evidence/") or name not in issued:
            continue
        document, version, seq, digests = issued[name]
        if sha256 in digests:
            known.append(path)
        else:
            text = f"it is not the file that was issued as {document} {version} in record {seq}"
            problems.append(Problem(code="VG626", where=path, message=text))
    notes = [f"Byte for byte as issued: {', '.join(known)}."] if known else []
    return problems, notes


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
            if _ISSUED in line.data:
                yield read_line(line.data)[0]
