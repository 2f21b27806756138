"""Verify what valgen wrote: the ledger of a project, a pack, one issued document, a disclosure, the log of dry runs.

One report for all of them. A ledger is compared with what is known from elsewhere: a root fingerprint, heads that
people kept, and what this user saw last. That memory lies in the key store, outside every project; it moves forward
only after a verification in which nothing was wrong.

Source: design.md §7 (verify), §11; integrity.md §3.5, I-4, I-7, D-3, D-4.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from valgen.errors import AuthorityError, ExecutionError, ValgenError, VerificationError
from valgen.ledger.files import Layout, read_plain
from valgen.ledger.heads import read_head
from valgen.ledger.keys import default_key_store
from valgen.ledger.reading import root_at
from valgen.ledger.report import Problem, VerifyReport
from valgen.ledger.seen import Seen, read_seen, remember_seen
from valgen.ledger.verify import verify_log
from valgen.ledger.verify_ledger import Known
from valgen.readers.settings import find_project, read_settings
from valgen.records.ledger import bodies_of, find_place, recorded_gaps, team_of
from valgen.workflow.anchor import pending_stamp
from valgen.workflow.anchor_git import held_here
from valgen.workflow.load import DRY, has_ledger
from valgen.workflow.pack_manifest import NAME, read_manifest
from valgen.workflow.verify_issued import claims_approval, compare_issued
from valgen.workflow.verify_report import Verified, ledger_facts, ledger_notes

EVIDENCE = "evidence/ledger"
"""Where a pack holds the ledger."""

_UNSIGNED = (
    "The manifest of this pack is not signed. It shows accidents and clumsy changes, not a deliberate one by somebody "
    "who also rewrote the manifest."
)
_DOCUMENTS = "Documents in the pack, "
_SETTINGS = ("valgen.toml", "pyproject.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What whoever verifies brings along.

    Attributes:
        root: root fingerprint known from elsewhere; empty for none.
        heads: checkpoints kept elsewhere, as bytes.
        authorities: root certificates of time-stamp authorities.
        strict: whether files that no record names are problems.
        read_data: whether every attachment is read in full.
        keystore: folder with the memory of what was seen; None for the user's own.
        remember: whether what was seen is used and kept.
    """

    root: str = ""
    heads: tuple[bytes, ...] = ()
    authorities: tuple[bytes, ...] = ()
    strict: bool = False
    read_data: bool = True
    keystore: Path | None = None
    remember: bool = True


def verify(path: Path | None, project: Path, given: Given | None = None) -> Verified:
    """Verify whatever lies at a path.

    Args:
        path: folder of a project, a pack or a ledger; a disclosure; a document. None for the project.
        project: where the project is looked for.
        given: what is known from elsewhere.

    Raises:
        VerificationError: there is nothing to verify, or its manifest cannot be read.
        SourceError: the settings of the project cannot be read.
    """
    given = given or Given()
    if path is None:
        return _project(find_project(project.resolve()), given)
    if path.is_symlink():
        return _nothing(path).with_problem("VG515", str(path), "it is a link; name what it leads to")
    if path.is_file():
        from valgen.workflow.verify_file import verify_file

        return verify_file(path, project, given)
    if (path / NAME).is_file():
        return verify_pack(path, project, given)
    if (path / "log").is_dir():
        return verify_folder(path, given, what=f"Records in {path.name}")
    if any((path / name).is_file() for name in _SETTINGS):
        return _project(find_project(path.resolve()), given)
    raise VerificationError(
        f"there is nothing to verify in {path}",
        why="it is no project, no pack and no ledger",
        fix="name a pack, a project, a folder of records, a disclosure or an issued document",
    )


def verify_dry(root: Path, *, strict: bool = False) -> Verified:
    """Verify the log of dry runs of a project.

    Raises:
        ExecutionError: the project has none.
    """
    settings, _ = read_settings(root)
    folder = root / settings.paths.records / DRY
    if not folder.is_dir():
        raise ExecutionError(
            "there is no log of dry runs", why="no test script has been executed here", fix="valgen run oq makes one"
        )
    return _of_dry(verify_log(folder, strict=strict))


def verify_folder(folder: Path, given: Given, *, what: str, older: bool = False) -> Verified:
    """Verify a folder of records, and compare it with what this user saw last.

    Args:
        folder: of a ledger or a log of dry runs.
        given: what is known from elsewhere.
        what: names it in the summary.
        older: whether it may be an older state than the one seen, as that of a pack may.
    """
    origin, size = _claimed(folder)
    problems: list[Problem] = []
    notes: list[str] = []
    keystore, seen = memory(given, origin, problems, notes)
    compared = "given" if given.root else "remembered" if seen is not None else ""
    known = Known(
        root=given.root or (seen.root if seen is not None else ""),
        heads=given.heads,
        authorities=given.authorities,
        committed=held_here(folder),
    )
    report = verify_log(folder, strict=given.strict, read_blobs=given.read_data, known=known)
    if report.mode == "dry":
        return _of_dry(report)
    told = list(bodies_of(folder, "anchor", "refused", "restored")) if report.ok else []
    gaps = recorded_gaps(told, report.sealed)
    if seen is not None:
        if given.root and seen.root != given.root:
            text = f"the root that you saw before is {seen.root}, and you gave another one"
            problems.append(Problem(code="VG623", where="what you saw last", message=text))
        if seen.size > report.records and older:
            notes.append(
                f"You have seen {seen.size} records of this ledger, and {report.records} are here: this is an older "
                "state. Ask whether a newer one is in force."
            )
        elif found := _beside_seen(folder, seen, report):
            if seen.gives_way(gaps):
                notes.append(
                    f"What you saw last, {seen.size} records, is not all here: it is recorded who put an older copy in "
                    "place, and why. Look at it: valgen audit --action restored."
                )
            else:
                problems += found
    elif keystore is not None and origin:
        notes.append("You see this ledger for the first time, so that nothing is compared with what you saw before.")
    problems = [*report.problems, *problems]
    notes += [pending] if (pending := pending_stamp(told)) else []
    if not problems and keystore is not None:
        notes += _remember(folder, keystore, report, size, gaps)
    return Verified(
        ok=not problems,
        summary=f"{what}: {report.records} records, {_words(problems)}",
        records=report.records,
        problems=tuple(problems),
        facts=ledger_facts(report, compared),
        notes=(*ledger_notes(report), *notes),
        visible=report.visible,
        anchored_to=report.anchored_to,
        unanchored=report.unanchored,
        origin=report.origin,
        mode=report.mode,
        head=(report.sealed, report.root),
        root_fingerprint=report.root_fingerprint,
        root_compared=compared if report.root_compared else "",
        single_administrator=report.single_administrator,
    )


def verify_pack(
    folder: Path | None, project: Path, given: Given | None = None, *, shown: Path | None = None
) -> Verified:
    """Verify every file of a pack against its manifest, and the ledger in it.

    Args:
        folder: of the pack; that of the project when None.
        project: where the project is looked for.
        given: what is known from elsewhere.
        shown: what the summary calls the pack; None for the folder.

    Raises:
        VerificationError: there is no pack.
    """
    given = given or Given()
    if folder is None:
        root = find_project(project.resolve())
        settings, _ = read_settings(root)
        folder = root / settings.paths.output
    shown = shown or folder
    try:
        content, expected = read_manifest(folder)
    except VerificationError as error:
        if not (folder / NAME).exists():
            raise
        return _nothing(shown).with_problem(error.code, NAME, error.what)
    problems = _differences(folder, expected)
    files = Verified(
        ok=not problems,
        summary=f"Pack {shown}: {len(expected)} files, "
        + ("all as in the manifest" if not problems else f"{len(problems)} problems"),
        records=len(expected),
        problems=tuple(problems),
        notes=(_UNSIGNED,),
        unanchored=len(expected),
        facts=_pack_facts(content),
    )
    if any((folder / EVIDENCE / name).exists() for name in ("log", "root.json", "checkpoint")):
        ledger = verify_folder(folder / EVIDENCE, given, what="Ledger in the pack", older=True)
        wrong = _one_head(content, ledger)
        if ledger.ok:
            altered = {one.where for one in problems}  # of these the manifest says nothing that holds
            whole = {name: value for name, value in expected.items() if name not in altered}
            further, notes = compare_issued(folder / EVIDENCE, ledger.records, content, whole)
            wrong += further
            ledger = replace(ledger, notes=(*ledger.notes, *notes))
        return files.with_ledger(ledger, wrong)
    if claimed := claims_approval(content):
        text = f"it calls {len(claimed)} documents approved, such as {claimed[0]}, and no ledger in the pack shows it"
        files = files.with_problem("VG627", "manifest.json", text)
    if given.root or given.heads:
        text = "a root or head is known from elsewhere, and the pack holds no ledger to compare it with"
        return files.with_problem("VG627", EVIDENCE, text)
    if content.get("ledger") is not None:
        return files.with_problem("VG627", EVIDENCE, "the manifest names a ledger, and the pack holds none")
    return files


def _nothing(path: Path) -> Verified:
    """Return a verification that came to nothing; whoever calls adds why."""
    return Verified(ok=False, summary=f"{path}: not verified", records=0, problems=())


def verify_ledger(root: Path, given: Given) -> Verified:
    """Verify the ledger of a project, without its log of dry runs and its pack.

    Args:
        root: folder of the project, which has a ledger.
        given: what is known from elsewhere.
    """
    settings, _ = read_settings(root)
    found = verify_folder(root / settings.paths.records, given, what=f"Ledger of {settings.project_id}")
    owner = found.origin.rpartition("/")[2]
    if found.origin and owner != settings.project_id:
        found = found.with_problem("VG572", "root.json", f"it is of the project {owner}, not of {settings.project_id}")
    team = team_of(settings)
    if team is not None and found.origin:
        from valgen.workflow.team_store import beside_store

        place = find_place(
            root,
            project_id=settings.project_id,
            records=settings.paths.records,
            keystore=given.keystore,
            team=team,
        )
        found = beside_store(found, place, heads=given.heads, read_data=given.read_data)
    return found


def _project(root: Path, given: Given) -> Verified:
    settings, _ = read_settings(root)
    pack = root / settings.paths.output
    if not has_ledger(root, settings.paths):
        if given.root or given.heads:
            raise VerificationError(
                "this project has no ledger, and a root or head is known from elsewhere",
                why="a ledger that was deleted must not pass for one that was never made",
                fix="restore the folder of records from a backup, or leave out --root and --head",
                code="VG626",
            )
        return verify_pack(pack, root, given)
    folder = root / settings.paths.records
    found = verify_ledger(root, given)
    if (folder / DRY / "log").is_dir():
        dry = verify_log(folder / DRY, read_blobs=given.read_data)
        words = "unaltered" if dry.ok else f"{len(dry.problems)} problems, see: valgen verify --dry"
        note = f"Log of dry runs: {dry.records} records, {words}. Dry runs are no evidence and do not count here."
        found = replace(found, notes=(*found.notes, note))
    if (pack / NAME).is_file():
        found = found.beside(_own_pack(pack, root, folder, found, given))
    return found


def _own_pack(pack: Path, root: Path, folder: Path, ledger: Verified, given: Given) -> Verified:
    """Verify the pack of a project whose ledger was verified: the ledger in the pack must be its beginning."""
    asked = replace(given, root=ledger.root_fingerprint or given.root, heads=(), remember=False)
    found = verify_pack(pack, root, asked)
    size, digest = found.head
    if size and size <= ledger.records and root_at(folder, size).hex() == digest:
        if size < ledger.records:
            note = (
                f"The pack shows the first {size} of {ledger.records} records of the ledger; later ones are not in it."
            )
            found = replace(found, notes=(*found.notes, note))
    elif size:
        text = f"its {size} records are not the first {size} of the ledger of the project"
        found = found.with_problem("VG627", EVIDENCE, text)
    return replace(found, facts=tuple(one for one in found.facts if one.startswith(_DOCUMENTS)))


def _of_dry(report: VerifyReport) -> Verified:
    return Verified(
        ok=report.ok,
        summary=f"Log of dry runs: {report.records} records, {_words(report.problems, 'unaltered and complete')}",
        records=report.records,
        problems=report.problems,
        notes=(*report.notes, *(f"{one.where}: {one.message}" for one in report.visible)),
        visible=report.visible,
        anchored_to=report.anchored_to,
        unanchored=report.unanchored,
        origin=report.origin,
        mode=report.mode,
        head=(report.sealed, report.root),
    )


def _words(problems: Any, clean: str = "unaltered and complete") -> str:
    count = len(problems)
    return clean if not count else f"{count} problem{'s' if count != 1 else ''}"


# What was seen before


def _claimed(folder: Path) -> tuple[str, int]:
    """Return origin and size that the newest checkpoint names; nothing of it is verified."""
    try:
        head = read_head(read_plain(Layout(folder).checkpoint))
    except (OSError, ValgenError):
        return "", 0
    return head.checkpoint.origin, head.size


def memory(given: Given, origin: str, problems: list[Problem], notes: list[str]) -> tuple[Path | None, Seen | None]:
    """Return the key store and what this user saw of a ledger; each None where it is not known.

    Args:
        given: what is known from elsewhere.
        origin: whose ledger it is.
        problems: gets what is wrong with the memory.
        notes: gets why there is none.
    """
    if not given.remember or not origin.startswith("valgen:"):
        return None, None
    try:
        keystore = default_key_store() if given.keystore is None else given.keystore
        return keystore, read_seen(keystore, origin)
    except VerificationError as error:
        problems.append(Problem(code=error.code, where="memory of what you saw", message=error.what))
    except (AuthorityError, OSError) as error:
        notes.append(f"What you saw of this ledger before could not be read: {error}.")
    return None, None


def _beside_seen(folder: Path, seen: Seen, report: VerifyReport) -> list[Problem]:
    """Compare a ledger with the newest head that this user saw."""
    where = "what you saw last"
    if seen.size > report.records:
        text = f"you have seen {seen.size} records, and only {report.records} are here: the ledger was put back"
        return [Problem(code="VG624", where=where, message=text)]
    if root_at(folder, seen.size) != read_head(seen.note).checkpoint.root:
        text = f"the first {seen.size} records are not those that you saw: there are two histories of this ledger"
        return [Problem(code="VG625", where=where, message=text)]
    return []


def _remember(folder: Path, keystore: Path, report: VerifyReport, size: int, gaps: tuple[int, ...]) -> list[str]:
    """Keep the newest head for the next time; a memory that cannot be written is said and stops nothing."""
    try:
        note = read_plain(Layout(folder).checkpoint)
        head = read_head(note)
        if (head.size, head.checkpoint.root.hex()) == (report.sealed, report.root):  # and not one of a moment later
            remember_seen(keystore, origin=report.origin, note=note, root=report.root_fingerprint, gaps=gaps)
    except (OSError, ValgenError) as error:
        return [f"What you saw of this ledger ({size} records) could not be kept for the next time: {error}."]
    return []


# Packs


def _pack_facts(content: dict[str, Any]) -> tuple[str, ...]:
    try:
        by_status: dict[str, list[str]] = {}
        for one in content["documents"]:
            by_status.setdefault(str(one["status"]), []).append(f"{one['key']} {one['version']}")
    except (KeyError, TypeError):
        return ()
    return tuple(f"{_DOCUMENTS}{status}: {', '.join(names)}" for status, names in by_status.items())


def _one_head(content: dict[str, Any], ledger: Verified) -> list[Problem]:
    """Compare the head that the manifest names with that of the ledger in the pack."""
    named = content.get("ledger")
    size, root = ledger.head
    found = {"origin": ledger.origin, "size": size, "root": root, "root_fingerprint": ledger.root_fingerprint}
    if isinstance(named, dict) and all(named.get(key) == value for key, value in found.items()):
        return []
    text = "the manifest was made with another state of the ledger than the one in the pack: parts of two packs"
    return [Problem(code="VG627", where=NAME, message=text)]


def _differences(folder: Path, expected: dict[str, tuple[str, int]]) -> list[Problem]:
    problems = []
    for name, (sha256, size) in sorted(expected.items()):
        path = folder / name
        if ".." in Path(name).parts or Path(name).is_absolute():
            problems.append(Problem(code="VG500", where=name, message="the manifest names a file outside the pack"))
        elif path.is_symlink() or not path.is_file():
            problems.append(Problem(code="VG500", where=name, message="the file is missing"))
        elif path.stat().st_size != size or _digest(path) != sha256:
            problems.append(Problem(code="VG500", where=name, message="the file was altered"))
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if (path.is_symlink() or not path.is_dir()) and name != NAME and name not in expected:
            problems.append(Problem(code="VG500", where=name, message="the manifest does not name this file"))
    return problems


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
