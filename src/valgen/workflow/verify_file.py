"""Verify one file: a disclosure, or a document whose digest the ledger knows.

A document is what it is by its bytes. Its SHA-256 is looked up among the files that people issued and those that were
shown to people who signed; the ledger in which it is found is verified as a whole.

Source: integrity.md §3.6, D-1, D-3; design.md §7 (verify).
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from valgen.errors import SourceError, ValgenError, VerificationError
from valgen.ledger.disclosed import Disclosed, verify_disclosure
from valgen.ledger.note import note_text, read_checkpoint
from valgen.ledger.report import Problem
from valgen.readers.settings import find_project, read_settings
from valgen.records.audit import Entry, Teller, read_trail
from valgen.workflow.load import has_ledger
from valgen.workflow.pack_manifest import read_manifest
from valgen.workflow.verify import EVIDENCE, Given, memory, verify_folder, verify_pack
from valgen.workflow.verify_report import COMPARED, Verified, facts
from valgen.workflow.verify_zip import is_zip, members, unpacked

_DOCUMENTS = ("document.issued", "signature", "rejection")


def verify_file(path: Path, project: Path, given: Given) -> Verified:
    """Verify a disclosure or a document.

    Args:
        path: of the file.
        project: where the project is looked for, in whose ledger a document is looked up.
        given: what is known from elsewhere.

    Raises:
        VerificationError: there is no ledger in which to look the document up.
    """
    if not is_zip(path):
        return _document(path, project, given)
    if _is_disclosure(path):
        return _disclosure(path, given)
    return _packed(path, project, given)


def _packed(path: Path, project: Path, given: Given) -> Verified:
    """Verify the pack in a ZIP file."""
    try:
        with unpacked(path) as (folder, outside):
            found = verify_pack(folder, project, given, shown=path)
    except VerificationError as error:
        nothing = Verified(ok=False, summary=f"{path}: not verified", records=0, problems=())
        return nothing.with_problem(error.code, path.name, error.what)
    for name in outside:
        found = found.with_problem("VG500", name, "it lies in the ZIP file outside the pack")
    return found


def _is_disclosure(path: Path) -> bool:
    """Tell whether a ZIP file wants to be a disclosure; whether it is one is seen later."""
    names = members(path)
    return "disclosure.json" in names if names else _names_it(path)


def _names_it(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - (1 << 20)))
        return b"disclosure.json" in file.read()


def _disclosure(path: Path, given: Given) -> Verified:
    found = verify_disclosure(path, authorities=given.authorities)
    problems, notes = list(found.problems), list(found.notes)
    _, seen = memory(given, found.origin, problems, notes)
    root = given.root or (seen.root if seen is not None else "")
    compared = "given" if given.root else "remembered" if seen is not None else ""
    if root and found.root_fingerprint and root != found.root_fingerprint:
        text = f"the root is {found.root_fingerprint}, and {root} is known from elsewhere"
        problems.append(Problem(code="VG623", where="root.json", message=text))
        compared = ""
    known = [(note, "a head that you gave") for note in given.heads]
    known += [(seen.note, "the head that you saw last")] if seen is not None else []
    for note, what in known:
        head = read_checkpoint(note_text(note))
        if head.size == found.size and (head.origin, head.root.hex()) != (found.origin, found.root):
            text = f"it has another history of {head.size} records than {what}"
            problems.append(Problem(code="VG625", where="disclosure.json", message=text))
        elif head.size != found.size and given.heads:
            notes.append(f"It was not compared with {what} ({head.size} records); only the whole ledger allows that.")
    entries = _told(found)
    return Verified(
        ok=not problems,
        summary=(
            f"Disclosure {path.name}: {len(found.chosen)} records with {len(found.records) - len(found.chosen)} that "
            f"they rest on, {'proven' if not problems else f'{len(problems)} problems'}"
        ),
        records=len(found.records),
        problems=tuple(problems),
        facts=_disclosure_facts(found, compared) if found.root_fingerprint else (),
        notes=tuple(notes),
        anchored_to=f"{found.anchored} records, by {found.anchored_by}" if found.anchored else "",
        unanchored=max(0, found.size - found.anchored),
        origin=found.origin,
        mode="ledger",
        head=(found.size, found.root),
        root_fingerprint=found.root_fingerprint,
        root_compared=compared,
        single_administrator=found.single_administrator,
        disclosed=tuple(entry.as_json() for entry in entries),
    )


def _disclosure_facts(found: Disclosed, compared: str) -> tuple[str, ...]:
    return facts(
        fingerprint=found.root_fingerprint,
        root=COMPARED[compared],
        head=(found.size, found.root),
        anchored_to=f"{found.anchored} records, by {found.anchored_by}" if found.anchored else "",
        unanchored=max(0, found.size - found.anchored),
        single_administrator=found.single_administrator,
    )


def _told(found: Disclosed) -> list[Entry]:
    """Return the chosen records in words; names are those of the records that the disclosure holds."""
    teller, chosen = Teller(), set(found.chosen)
    entries = []
    for one in found.records:
        body: dict[str, Any] = dict(one.body)
        if isinstance(body.get("changes"), dict):
            body["changes"] = []  # a long list, which lies in an attachment
        entry = teller.tell(one.seq, body)
        if one.seq in chosen:
            entries.append(entry)
    return entries


def _document(path: Path, project: Path, given: Given) -> Verified:
    if path.is_symlink():
        raise VerificationError(f"{path} is a link", why="only an ordinary file can be verified", code="VG515")
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    pack = _pack_above(path)
    folder, where = _ledger_for(pack, project)
    if folder is None:
        return _by_manifest(path, pack, sha256)
    ledger = verify_folder(folder, given, what=f"Ledger {where}", older=where == "in the pack")
    problems = list(ledger.problems)
    entries: tuple[Entry, ...] = ()
    notes: list[str] = []
    try:
        entries = read_trail(folder).entries
    except ValgenError as error:
        if not problems:
            problems.append(Problem(code=error.code, where=where, message=error.what))
    about = [one for one in entries if sha256 in one.files and one.kind in _DOCUMENTS]
    if about:
        notes = _standing(about, entries)
        issued = any(one.kind == "document.issued" for one in about)
        words = "issued" if issued else "shown to those who signed; it is not an issued file"
        name = f"{about[0].document} {about[0].version}"
        summary = f"Document {path.name}: {name}, byte for byte as {words}"
    else:
        text = f"its SHA-256 {sha256} is not that of any file that was issued, or shown to somebody who signed"
        problems.append(Problem(code="VG626", where=path.name, message=text))
        summary = f"Document {path.name}: not known to the ledger {where}"
    return replace(
        ledger,
        ok=not problems,
        summary=summary,
        problems=tuple(problems),
        notes=(*ledger.notes, *notes),
        parts=(ledger.summary, *ledger.parts),
        disclosed=tuple(one.as_json() for one in about),
    )


def _standing(about: list[Entry], entries: tuple[Entry, ...]) -> list[str]:
    """Say what happened to the document later: other versions, and rejections."""
    last = about[-1]
    notes = []
    for one in entries:
        if one.seq > about[0].seq and one.document == last.document and one.kind in _DOCUMENTS:
            if one.version != last.version and one.kind != "rejection":
                notes.append(
                    f"Record {one.seq} is about {one.document} {one.version}: a later version exists, so see which one "
                    "is in force."
                )
            elif one.version == last.version and one.kind == "rejection":
                notes.append(f"Record {one.seq}: {one.name} {one.text}.")
    return list(dict.fromkeys(notes))[:3]


def _pack_above(path: Path) -> Path | None:
    for folder in path.resolve().parents:
        if (folder / "manifest.json").is_file() and (folder / "evidence").is_dir():
            return folder
    for folder in path.resolve().parents:
        if (folder / "manifest.json").is_file():
            return folder
    return None


def _ledger_for(pack: Path | None, project: Path) -> tuple[Path | None, str]:
    """Return the ledger in which a document is looked up: that of its pack, else that of the project."""
    if pack is not None and (pack / EVIDENCE / "log").is_dir():
        return pack / EVIDENCE, "in the pack"
    try:
        root = find_project(project.resolve())
        settings, _ = read_settings(root)
    except (SourceError, ValgenError):
        return None, ""
    if has_ledger(root, settings.paths):
        return root / settings.paths.records, "of the project"
    return None, ""


def _by_manifest(path: Path, pack: Path | None, sha256: str) -> Verified:
    """Compare a document with the manifest of the pack that it lies in, where there is no ledger."""
    if pack is None:
        raise VerificationError(
            f"there is no ledger in which {path.name} could be looked up",
            why="a document proves itself by the records of the people who signed and issued it",
            fix="put it into its pack, or name the project with --project",
            code="VG626",
        )
    _, expected = read_manifest(pack)
    name = path.resolve().relative_to(pack).as_posix()
    problems = []
    if name not in expected:
        problems.append(Problem(code="VG500", where=name, message="the manifest does not name this file"))
    elif expected[name][0] != sha256:
        problems.append(Problem(code="VG500", where=name, message="the file was altered"))
    return Verified(
        ok=not problems,
        summary=f"Document {path.name}: {'as in the manifest of its pack' if not problems else 'not as in its pack'}",
        records=1,
        problems=tuple(problems),
        notes=("The pack holds no ledger, so nothing shows that somebody signed or issued this document.",),
        unanchored=1,
    )
