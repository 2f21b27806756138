"""Check every stored byte of a log, without a database and without keys.

Whatever the files say, they are read as data: each line must be canonical, of a known kind and shape, numbered in
sequence, of this log's origin, and signed where its kind demands it; the lines must give the roots of all
checkpoints; the checkpoints must be signed and complete; each blob that a record names must have its digest and size.
What is not understood is a problem, never "ok".

What it cannot show is said in the report: a dry log declares its own keys, so that anybody could have written it.

No clock, no writing, bounded memory. Source: integrity.md §2.1. Format: docs/format.md, "Verification".
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from valgen.errors import VerificationError
from valgen.ledger import canonical, kinds, record
from valgen.ledger.blobs import BlobRef, Blobs
from valgen.ledger.files import FIXED, Layout, Line, is_outside, read_lines, read_plain, segment_name
from valgen.ledger.heads import Head, read_head, read_kept
from valgen.ledger.lock import is_held
from valgen.ledger.merkle import Edge, leaf_hash
from valgen.ledger.run_rules import RunRules

UNROOTED = (
    "This is the log of dry runs. Its keys are declared in its own first record and no person answers for them, "
    "so it shows accidents and clumsy changes, not who wrote it. It is never evidence."
)
"""Stands in the report of every dry log."""

_MOST = 1000  # problems listed; the rest is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong, or that a reader should see.

    Attributes:
        code: a key of ``valgen.codes.CODES``.
        where: file and record.
        message: what is wrong.
    """

    code: str
    where: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """What verification found.

    Attributes:
        ok: nothing is wrong; for a dry log that is no evidence, see ``notes``.
        records: complete lines read.
        problems: what is wrong, in the order found.
        visible: allowed, but to be seen: files that no record names.
        notes: what this verification could and could not show.
        anchored_to: outside proof of the newest state; empty when there is none.
        unanchored: records that no outside proof covers.
        rooted: whether the keys follow from a root key known from elsewhere.
        origin: whose log it is.
        mode: ``dry`` or ``ledger``; empty when unknown.
        sealed: records under the newest checkpoint.
        root: their root, hex; empty without a checkpoint.
    """

    ok: bool
    records: int
    problems: tuple[Problem, ...]
    visible: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    anchored_to: str = ""
    unanchored: int = 0
    rooted: bool = False
    origin: str = ""
    mode: str = ""
    sealed: int = 0
    root: str = ""


def verify_log(folder: Path, *, strict: bool = False, read_blobs: bool = True) -> VerifyReport:
    """Check a log.

    Args: folder: of the log. strict: count files that no record names as problems. read_blobs: read every blob in
    full; without it their presence and size are all that is checked, and a note says so."""
    check = _Check(Layout(folder))
    try:
        check.run(read_blobs=read_blobs)
    except OSError as error:
        check.problem("VG500", str(error.filename or folder), f"it cannot be read: {error.strerror or error}")
    return check.report(strict=strict)


@dataclass(slots=True)
class _Check:
    layout: Layout
    edge: Edge = field(default_factory=Edge)
    keys: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    log_keys: list[bytes] = field(default_factory=list)  # declared so far
    origin: str = ""
    mode: str = ""
    lines_per_file: int = 0
    rules: RunRules | None = None
    heads: dict[int, list[tuple[str, Head]]] = field(default_factory=dict)  # by size, with the place they stand
    head: Head | None = None
    matched: int = 0  # records under the largest checkpoint whose root was met
    shift: int = 0  # difference between the numbers that records bear and their places
    blobs: dict[BlobRef, int] = field(default_factory=dict)  # with the first record that names it
    documents: dict[str, Callable[[Any], list[str]]] = field(default_factory=dict)  # blobs of known shape
    problems: list[Problem] = field(default_factory=list)
    visible: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    untold: int = 0
    live: bool = False

    def problem(self, code: str, where: str, message: str) -> None:
        if len(self.problems) < _MOST:
            self.problems.append(Problem(code=code, where=where, message=message))
        else:
            self.untold += 1

    def run(self, *, read_blobs: bool) -> None:
        if not self.layout.log.is_dir() or self.layout.root.is_symlink():
            self.problem("VG513", str(self.layout.root.name), "there are no records here")
            return
        self.live = any(is_held(path) for path in self.layout.lock.glob("writer-*"))
        self._read_heads()
        self._read_records()
        self._read_blobs(full=read_blobs)
        self._look_around()

    def report(self, *, strict: bool) -> VerifyReport:
        if self.untold:
            self.notes.append(f"{self.untold} more problems are not listed.")
        if self.mode == "dry":
            self.notes.append(UNROOTED)
        if strict:
            self.problems += self.visible
        return VerifyReport(
            ok=not self.problems,
            records=self.edge.size,
            problems=tuple(self.problems),
            visible=tuple(self.visible),
            notes=tuple(self.notes),
            unanchored=self.edge.size,
            origin=self.origin,
            mode=self.mode,
            sealed=self.head.size if self.head else 0,
            root=self.head.checkpoint.root.hex() if self.head else "",
        )

    # Checkpoints

    def _read_heads(self) -> None:
        for _ in range(20):  # a writer may be between its two writes
            before = self._bytes_of(self.layout.checkpoint)
            kept = self._bytes_of(self.layout.kept)
            if before == self._bytes_of(self.layout.checkpoint):
                break
        entries, digests = self._read_kept(kept)
        newest: Head | None = None
        if before is None:
            self.problem("VG506", "checkpoint", "the file is missing")
        else:
            try:
                newest = read_head(before)
            except VerificationError as error:
                self.problem("VG506", "checkpoint", error.what)
        if newest is not None:
            self.heads.setdefault(newest.size, []).append(("checkpoint", newest))
            self.head = newest
            self._compare_list(newest, entries, digests)

    def _read_kept(self, data: bytes | None) -> tuple[list[Head | None], list[str]]:
        """Read the list; return its entries, and the digest of all lines before each of them and of the whole."""
        if data is None:
            self.problem("VG512", "checkpoints.jsonl", "the file is missing")
            return [], [hashlib.sha256(b"").hexdigest()]
        *lines, rest = data.split(b"\n")
        if rest and not self.live:
            self.problem("VG512", f"checkpoints.jsonl line {len(lines) + 1}", "the line has no end")
        running = hashlib.sha256()
        entries: list[Head | None] = []
        digests = [running.hexdigest()]
        for number, line in enumerate(lines):
            where = f"checkpoints.jsonl line {number + 1}"
            try:
                entry: Head | None = read_kept(line)
            except VerificationError as error:
                entry = None
                self.problem("VG512", where, error.what)
            if entry is not None:
                if (entry.count, entry.digest) != (number, digests[-1]):
                    self.problem("VG512", where, "it does not follow the lines before it")
                earlier = next((e for e in reversed(entries) if e is not None), None)
                if earlier is not None and entry.size < earlier.size:
                    self.problem("VG512", where, "it covers fewer records than an earlier one")
                self.heads.setdefault(entry.size, []).append((where, entry))
            entries.append(entry)
            running.update(line + b"\n")
            digests.append(running.hexdigest())
        return entries, digests

    def _compare_list(self, newest: Head, entries: list[Head | None], digests: list[str]) -> None:
        expected = newest.count + newest.kept
        if len(entries) == expected + 1 and (last := entries[-1]) is not None and last.size >= newest.size:
            # What a crash between the two writes leaves, and what a writer at work passes through.
            text = "the newest checkpoint stands only in checkpoints.jsonl; the next run puts it in place"
            if self.live:
                self.notes.append(f"A run is going on: {text}.")
            else:
                self.problem("VG509", "checkpoint", text)
            self.head = last
        elif len(entries) != expected:
            self.problem("VG512", "checkpoints.jsonl", f"it holds {len(entries)} checkpoints where {expected} are due")
            return
        if digests[newest.count] != newest.digest:
            self.problem("VG512", "checkpoints.jsonl", "it is not the list that the newest checkpoint names")
        if newest.kept and (entries[newest.count] is None or entries[newest.count].note != newest.note):  # type: ignore[union-attr]
            self.problem("VG512", "checkpoint", "it differs from its entry in checkpoints.jsonl")

    def _meet_heads(self) -> None:
        """Compare the tree with every checkpoint of the size just reached."""
        for where, head in self.heads.pop(self.edge.size, ()):
            try:
                head.check_signature(self.log_keys)
            except VerificationError as error:
                self.problem("VG506", where, error.what)
            if head.checkpoint.origin != self.origin:
                self.problem("VG504", where, f"it is of {head.checkpoint.origin}, not of {self.origin}")
            if head.checkpoint.root == self.edge.root():
                self.matched = head.size
            else:
                self.problem(
                    "VG507",
                    where,
                    f"records {self.matched} to {head.size - 1} are not those that this checkpoint sealed",
                )

    # Records

    def _read_records(self) -> None:
        segments = self.layout.segments()
        for place, (first, path) in enumerate(segments):
            where = f"log/{path.name}"
            due = place * self.lines_per_file
            if first != due:
                self.problem("VG507", where, f"the file {segment_name(due)} is due here")
            lines = 0
            try:
                for line in read_lines(path):
                    if line.complete:
                        lines += 1
                        self._read_record(line, f"{where} record {self.edge.size}")
                    elif not self.live or place + 1 < len(segments):
                        self.problem("VG510", f"{where} record {self.edge.size}", "the line has no end")
            except VerificationError as error:
                self.problem(error.code, where, error.what)
            last = place + 1 == len(segments)
            if self.lines_per_file and (lines > self.lines_per_file or (lines < self.lines_per_file and not last)):
                self.problem("VG507", where, f"it holds {lines} records where {self.lines_per_file} are due")
        if not self.edge.size:
            self.problem("VG513", "log", "there are no records here")
        for size in sorted(self.heads):
            where = self.heads[size][0][0]
            self.problem("VG507", where, f"it sealed {size} records and only {self.edge.size} can be read")
        sealed = self.head.size if self.head else 0
        if self.edge.size > sealed and self.head:
            text = f"{self.edge.size - sealed} records after record {sealed - 1} are not sealed"
            if self.live:
                self.notes.append(f"A run is going on: {text} yet.")
            else:
                self.problem("VG509", f"record {sealed}", text)

    def _read_record(self, line: Line, where: str) -> None:
        leaf = leaf_hash(line.data)
        try:
            self._check_record(line.data, leaf.hex(), where)
        except VerificationError as error:
            self.problem(error.code, where, error.what)
        self.edge.append(leaf)
        if self.edge.size in self.heads:
            self._meet_heads()

    def _check_record(self, data: bytes, leaf: str, where: str) -> None:
        body, sigs = record.read_line(data)
        place = self.edge.size
        if body["seq"] != place + self.shift:
            self.problem("VG502", where, f"it bears the number {body['seq']} where {place + self.shift} is due")
            self.shift = body["seq"] - place  # later records are measured against this one
        if (body["kind"] == "genesis") != (place == 0):
            self.problem("VG513", where, "the genesis record stands first, and nowhere else")
        if place == 0:
            self._begin(body)
        if body["kind"] in ("genesis", "keys.declared"):
            self._declare(body, sigs, where)
        self.origin = self.origin or str(body["origin"])
        if body["origin"] != self.origin:
            self.problem("VG504", where, f"it is of {body['origin']}, not of {self.origin}")
        for ref in kinds.blob_refs(body):
            self.blobs.setdefault(ref, place)
        if body["kind"] == "run.started":
            self.documents[body["plan"]["sha256"]] = kinds.check_plan
            self.documents[body["facts"]["sha256"]] = kinds.check_facts
        if self.rules is not None and (wrong := self.rules.follow(body, leaf)):
            self.problem("VG514", where, wrong)
        if self.keys:  # without genesis record the report says so once, not for every signature
            record.check_signatures(body, sigs, self.keys)

    def _begin(self, body: dict[str, object]) -> None:
        self.origin = str(body["origin"])
        if body["kind"] != "genesis":
            return
        self.mode = str(body["mode"])
        if body["format"] != kinds.FORMAT:
            raise VerificationError(f"the format {body['format']} is not known to this version", code="VG513")
        self.lines_per_file = int(str(body["lines_per_file"]))
        self.rules = RunRules(self.mode)
        if self.mode != "dry":
            raise VerificationError(
                "this version verifies logs of dry runs; it cannot verify a ledger of people's records", code="VG513"
            )

    def _declare(self, body: dict[str, object], sigs: dict[str, str], where: str) -> None:
        found = record.brought_keys(body)
        if not found.keys() <= sigs.keys():
            self.problem("VG505", where, "a declared key did not sign its own declaration")
        for name, entry in found.items():
            if name not in self.keys:
                self.keys[name] = entry
                if entry[0] == "log":
                    self.log_keys.append(entry[1])

    # Blobs and other files

    def _read_blobs(self, *, full: bool) -> None:
        store = Blobs(self.layout.blobs, self.layout.tmp)
        for ref, place in self.blobs.items():
            path = store.path(ref.sha256)
            where = f"{path.relative_to(self.layout.root).as_posix()} (record {place})"
            if full:
                wrong = store.check(ref)
            elif path.is_symlink() or not path.is_file():
                wrong = f"the attachment {ref.sha256} is missing or no ordinary file"
            else:
                size = path.stat().st_size
                wrong = "" if size == ref.size else f"the attachment {ref.sha256} has {size} bytes, not {ref.size}"
            if wrong:
                self.problem("VG508", where, wrong)
            elif full and ref.sha256 in self.documents:
                self._read_document(store.read(ref.sha256), self.documents[ref.sha256], where)
        if not full and self.blobs:
            self.notes.append(f"The content of {len(self.blobs)} attachments was not read.")

    def _read_document(self, data: bytes, check: Callable[[Any], list[str]], where: str) -> None:
        try:
            wrong = check(canonical.decode(data))
        except VerificationError as error:
            wrong = [error.what]
        if wrong:
            self.problem("VG503", where, "; ".join(wrong))

    def _look_around(self) -> None:
        known = {"checkpoint", "checkpoints.jsonl", "log", "blobs"}
        for path in sorted(self.layout.root.iterdir()):
            if path.name in FIXED:
                if self._bytes_of(path) != FIXED[path.name]:
                    self.problem("VG515", path.name, "it does not have the content that every log has")
            elif path.name not in known and not is_outside(path.name):
                self._see(path, "no record names this file")
        segments = {path.name for _, path in self.layout.segments()}
        for path in sorted(self.layout.log.iterdir()):
            if path.name not in segments:
                self.problem("VG515", f"log/{path.name}", "only the record files belong here")
        named = {ref.sha256 for ref in self.blobs}
        for path in _files(self.layout.blobs):
            if "".join(path.relative_to(self.layout.blobs).parts) not in named or len(path.parent.name) != 2:
                self._see(path, "no record names this attachment")

    def _see(self, path: Path, message: str) -> None:
        where = path.relative_to(self.layout.root).as_posix()
        self.visible.append(Problem(code="VG511", where=where, message=message))

    def _bytes_of(self, path: Path) -> bytes | None:
        try:
            return read_plain(path, 1 << 30)
        except FileNotFoundError:
            return None
        except VerificationError as error:
            self.problem(error.code, path.name, error.what)
            return b""


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            yield from _files(path)
        else:
            yield path
