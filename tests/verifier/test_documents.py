"""An issued document that was changed in any way is no longer known to the ledger (integrity.md D-1, D-2)."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from valgen.documents.blocks import Column, Document, Row, Section, Table, cell
from valgen.workflow.verify import Given, verify
from valgen.writers.docx import write_docx

_SPEC = importlib.util.spec_from_file_location(
    "people_ledger_of_documents", Path(__file__).parents[1] / "writers_html/people_ledger.py"
)
if _SPEC is None or _SPEC.loader is None:
    raise ImportError("people_ledger")
people: Any = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = people
_SPEC.loader.exec_module(people)


def document() -> bytes:
    """Return a Word file with a signature page."""
    table = Table(
        (Column("Name"), Column("Meaning"), Column("Time")),
        (Row((cell("Quinn Quality"), cell("approved"), cell("2026-03-02T09:40:00Z"))),),
    )
    made = Document(
        key="URS", type="URS", number="S3V-URS", title="User requirements", version="1.0", status="Effective",
        system="Vault 2.1.0", marks=(), control=(("Document number", "S3V-URS"),),
        sections=(Section("Electronic signatures", "URS-signatures", (table,)),),
    )  # fmt: skip
    return bytes(write_docx(made, digest=made.digest))


def repacked(data: bytes, *, compression: int = zipfile.ZIP_DEFLATED, order: int = 1, **more: bytes) -> bytes:
    """Return the same members in another zip file; members by keyword are added or take the place of others."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", compression) as new:
        names = [info.filename for info in old.infolist()][::order]
        for name in names:
            new.writestr(zipfile.ZipInfo(name), more.pop(name, old.read(name)), compress_type=compression)
        for name, content in more.items():
            new.writestr(zipfile.ZipInfo(name), content)
    return made.getvalue()


def changes(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what somebody might do to a Word file."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        body = file.read("word/document.xml")
        core = file.read("docProps/core.xml")
    for name, before, after in (
        ("name on the signature page", b"Quinn Quality", b"Eve Author"),
        ("time on the signature page", b"2026-03-02T09:40", b"2026-03-01T09:40"),
        ("meaning on the signature page", b"approved", b"reviewed"),
    ):
        assert before in body, name
        yield name, repacked(data, **{"word/document.xml": body.replace(before, after)})
    hidden = b"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r></w:p><w:sectPr"
    yield "hidden text", repacked(data, **{"word/document.xml": body.replace(b"<w:sectPr", hidden, 1)})
    yield "document property", repacked(data, **{"docProps/core.xml": core.replace(b"User", b"Other")})
    yield "custom XML", repacked(data, **{"customXml/item1.xml": b"<a/>"})
    yield "macro", repacked(data, **{"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"})
    yield "members in another order", repacked(data, order=-1)
    yield "compressed anew", repacked(data, compression=zipfile.ZIP_STORED)
    commented = io.BytesIO(data)
    with zipfile.ZipFile(commented, "a") as file:
        file.comment = b"comment"
    yield "comment of the zip file", commented.getvalue()
    yield "bytes at the end", data + b"\0"
    yield "bytes before", b"\0" + data


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """A project whose ledger says that the document was issued."""
    data = document()
    ledger = people.enrolled()
    ledger.sign("u-0003", "URS", "authored", "author")
    ledger.person(
        "u-0003", "document.issued", document="URS", version="1.0", content=ledger.paper("URS")["content"],
        files=[{"name": "URS.docx", "media_type": "application/docx", "sha256": hashlib.sha256(data).hexdigest(),
                "size": len(data)}],
    )  # fmt: skip
    project = tmp_path_factory.mktemp("issued")
    settings = '[project]\nid = "S3V"\nname = "Vault"\n[system]\nname = "Vault"\nversion = "2.1.0"\n'
    (project / "valgen.toml").write_text(settings, encoding="utf-8")
    for name, content in ledger.files().items():
        path = project / ".valgen" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return project, data


def test_issued_word_file_is_known_and_every_change_of_it_is_not(issued: tuple[Path, bytes], tmp_path: Path) -> None:
    project, data = issued
    path = tmp_path / "URS.docx"
    path.write_bytes(data)
    assert verify(path, project, Given(remember=False)).ok
    tried = 0
    for name, changed in changes(data):
        assert changed != data, name
        path.write_bytes(changed)
        found = verify(path, project, Given(remember=False))
        assert [one.code for one in found.problems] == ["VG626"], name
        tried += 1
    assert tried == 12


def test_every_changed_byte_of_an_issued_file_is_noticed(issued: tuple[Path, bytes]) -> None:
    """The digest in the record covers the whole file, so this holds by the digest alone."""
    project, data = issued
    text = b"".join(path.read_bytes() for path in sorted((project / ".valgen/log").iterdir()))
    listed = {one["sha256"] for line in text.splitlines() for one in json.loads(line)["body"].get("files", ())}
    for at in range(0, len(data), 7):
        changed = bytearray(data)
        changed[at] ^= 1 << at % 8
        assert hashlib.sha256(changed).hexdigest() not in listed
