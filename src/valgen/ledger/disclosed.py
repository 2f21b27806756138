"""Check a disclosure: a few records of a ledger with everything that proves them, in one file.

Every record must stand in the ledger under the one checkpoint, be signed as its kind demands by keys that follow from
the root, and fit what the other records say of accounts, roles and sessions. Attachments must have their digests.
What a disclosure cannot show, and the report says so: that no later record withdraws something.

The file is never unpacked to disk. No clock and no network. Source: integrity.md §3.6, D-8. Format:
docs/format-disclosure.md.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from valgen.errors import VerificationError
from valgen.ledger import canonical, kinds, record, registry_accounts, registry_sessions, shapes
from valgen.ledger.anchors import Facts, State, check_anchors, read_anchor
from valgen.ledger.disclosure import FORMAT, Chosen, accepts, needed_blobs
from valgen.ledger.files import open_plain
from valgen.ledger.heads import Head, read_head
from valgen.ledger.kind import SHA256
from valgen.ledger.merkle import leaf_hash, verify_consistency, verify_inclusion
from valgen.ledger.people_kinds import file_refs
from valgen.ledger.registry_book import Act, Book, Breach, fingerprint
from valgen.ledger.registry_sessions import apply_statement, check_session, check_statement
from valgen.ledger.registry_signers import apply_keys, check_keys, check_signers
from valgen.ledger.stored_zip import StoredZip
from valgen.ledger.verify import Problem

NOT_WHOLE = (
    "A disclosure holds a part of the ledger. It shows that these records were made and by whom; it does not show "
    "that nothing later changes what they mean. The whole ledger does."
)
"""Stands in the report of every disclosure."""

_MOST_JSON = 1 << 28
_MOST_DOCUMENT = 1 << 26
_SHAPE = shapes.fields(
    {
        "anchors": shapes.items(shapes.fields({"checkpoint": shapes.text(), "name": shapes.text(40)})),
        "checkpoint": shapes.text(1 << 16),
        "chosen": shapes.items(shapes.number()),
        "format": shapes.number(1),
        "heads": shapes.items(shapes.fields({"proof": shapes.items(SHA256), "root": SHA256, "size": shapes.number(1)})),
        "origin": shapes.text(400),
        "records": shapes.items(
            shapes.fields({"line": shapes.text(1 << 20), "proof": shapes.items(SHA256), "seq": shapes.number()})
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    """What the check of a disclosure found.

    Attributes:
        problems: what is wrong, in the order found.
        notes: what it could not show.
        records: every record in it, in order.
        chosen: numbers of those that were asked for.
        origin: whose ledger they are of.
        root_fingerprint: of the ledger; empty when there is no genesis record.
        single_administrator: whether one administrator may act alone there.
        size: records of the ledger under the checkpoint.
        root: over them, hex.
        anchored: records that a signature in it, or an anchor confirmed by its outside source, covers.
        anchored_by: which one; empty for none.
    """

    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
    records: tuple[Chosen, ...] = ()
    chosen: tuple[int, ...] = ()
    origin: str = ""
    root_fingerprint: str = ""
    single_administrator: bool = False
    size: int = 0
    root: str = ""
    anchored: int = 0
    anchored_by: str = ""


def verify_disclosure(path: Path, *, authorities: Sequence[bytes] = ()) -> Disclosed:
    """Check a disclosure.

    Args:
        path: of the ZIP file.
        authorities: root certificates of time-stamp authorities that are trusted.
    """
    check = _Check(authorities=tuple(authorities))
    try:
        with os.fdopen(open_plain(path), "rb") as file:
            check.run(file)
    except VerificationError as error:
        check.problem(error.code, path.name, error.what)
    except OSError as error:
        check.problem("VG621", path.name, f"it cannot be read: {error.strerror or error}")
    return check.report()


@dataclass(slots=True)
class _Check:
    authorities: tuple[bytes, ...] = ()
    book: Book = field(default_factory=Book)
    records: list[Chosen] = field(default_factory=list)
    roots: dict[int, bytes] = field(default_factory=dict)  # proven roots of earlier states
    head: Head | None = None
    chosen: tuple[int, ...] = ()
    origin: str = ""
    anchored: int = 0
    anchored_by: str = ""
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def problem(self, code: str, where: str, message: str) -> None:
        self.problems.append(Problem(code=code, where=where, message=message))

    def report(self) -> Disclosed:
        return Disclosed(
            problems=tuple(self.problems),
            notes=(*self.notes, NOT_WHOLE),
            records=tuple(self.records),
            chosen=self.chosen,
            origin=self.origin,
            root_fingerprint=fingerprint(self.book.root_line) if self.book.root_line else "",
            single_administrator=self.book.single_administrator,
            size=self.head.size if self.head else 0,
            root=self.head.checkpoint.root.hex() if self.head else "",
            anchored=self.anchored,
            anchored_by=self.anchored_by,
        )

    def run(self, file: BinaryIO) -> None:
        archive = StoredZip(file, accepts)
        value = self._read(archive)
        if value is None:
            return
        self.origin = value["origin"]
        self.head = head = read_head(value["checkpoint"].encode("utf-8"))
        if head.checkpoint.origin != self.origin:
            self.problem("VG504", "disclosure.json", f"its checkpoint is of {head.checkpoint.origin}")
        self._read_heads(value["heads"], head)
        self._read_records(value["records"], head)
        self._check_head(archive, head)
        self._check_chosen(tuple(value["chosen"]))
        self._check_blobs(archive)
        self._check_anchors(archive, value["anchors"], head)

    def _read(self, archive: StoredZip) -> dict[str, Any] | None:
        for name in ("disclosure.json", "root.json"):
            if name not in archive.entries:
                self.problem("VG621", name, "it is missing, so this is no disclosure")
        if self.problems:
            return None
        data = archive.read("disclosure.json", _MOST_JSON)
        value = canonical.decode_line(data.removesuffix(b"\n"), limit=None)
        wrong = _SHAPE(value)
        if not data.endswith(b"\n"):
            wrong = wrong or "it does not end in a newline"
        if not wrong and value["format"] != FORMAT:
            wrong = f"its format {value['format']} is not known to this version"
        if wrong:
            self.problem("VG621", "disclosure.json", wrong)
            return None
        for name in ("README.txt", "valgen_verify.py"):
            if name in archive.entries:
                for _ in archive.chunks(name):
                    pass
        return value

    def _read_heads(self, heads: list[dict[str, Any]], head: Head) -> None:
        for one in heads:
            root, size = bytes.fromhex(one["root"]), one["size"]
            if size <= max(self.roots, default=0):
                self.problem("VG620", f"head of {size} records", "it stands twice, or out of order")
            try:
                verify_consistency(size, head.size, root, head.checkpoint.root, _hashes(one["proof"]))
                self.roots[size] = root
            except VerificationError as error:
                self.problem("VG620", f"head of {size} records", error.what)

    # Records

    def _read_records(self, records: list[dict[str, Any]], head: Head) -> None:
        before = -1
        for one in records:
            where = f"record {one['seq']}"
            data = one["line"].encode("utf-8")
            if one["seq"] <= before:
                self.problem("VG620", where, "it stands twice or out of order")
            before = one["seq"]
            leaf = leaf_hash(data)
            try:
                verify_inclusion(leaf, before, head.size, _hashes(one["proof"]), head.checkpoint.root)
                body, sigs = record.read_line(data)
            except VerificationError as error:
                self.problem("VG620", where, error.what)
                continue
            if body["seq"] != before:
                self.problem("VG502", where, f"it bears the number {body['seq']}")
            if body["origin"] != self.origin:
                self.problem("VG504", where, f"it is of {body['origin']}, not of {self.origin}")
            if (body["kind"] == "genesis") != (before == 0):
                self.problem("VG513", where, "the genesis record stands first, and nowhere else")
            self._follow(body, sigs, leaf.hex(), where)
            self.records.append(Chosen(seq=before, body=body, leaf=leaf.hex()))
        if not self.book.root_line:
            self.problem("VG620", "record 0", "the genesis record, from which every key follows, is missing")

    def _follow(self, body: dict[str, Any], sigs: Mapping[str, str], leaf: str, where: str) -> None:
        try:
            keys = record.brought_keys(body)
            for name in sigs:
                if name in self.book.keys:
                    key = self.book.keys[name]
                    keys[name] = (key.role, key.public)
            record.check_signatures(body, sigs, keys, ledger=True)
        except VerificationError as error:
            self.problem(error.code, where, error.what)
            return
        act = Act(body=body, seq=body["seq"], signers=frozenset(sigs), leaf=leaf)
        before = len(self.problems)
        for breach in (*check_signers(self.book, act), *_rules(self.book, act)):
            self.problem(breach.code, where, breach.text)
        if "head" in body and body["kind"] in registry_sessions.STATEMENTS:
            proven = self.roots.get(body["head"]["size"])
            if proven is None or proven.hex() != body["head"]["root"]:
                self.problem("VG556", where, "the head that the signer saw is not one of this ledger")
            elif len(self.problems) == before and body["head"]["size"] > self.anchored:
                self.anchored = body["head"]["size"]
                self.anchored_by = f"signature by {body['name']} ({body['actor']}) in {where}"
        effect = _EFFECTS.get(act.kind)
        if effect is not None:
            effect(self.book, act)

    def _check_head(self, archive: StoredZip, head: Head) -> None:
        try:
            head.check_signature(self._log_keys(head.size))
        except VerificationError as error:
            self.problem("VG506", "disclosure.json", error.what)
        if archive.read("root.json", 1 << 20) != self.book.root_line + b"\n":
            self.problem("VG551", "root.json", "it does not say what the first record says")

    def _log_keys(self, size: int) -> list[bytes]:
        return [
            key.public
            for key in self.book.keys.values()
            if key.role == "log" and key.since < size and (key.until is None or key.until >= size)
        ]

    # What was chosen

    def _check_chosen(self, chosen: tuple[int, ...]) -> None:
        held = {one.seq: one for one in self.records}
        self.chosen = tuple(seq for seq in chosen if seq in held)
        if list(chosen) != sorted(set(chosen)) or not chosen:
            self.problem("VG620", "disclosure.json", "the chosen records are not in order, or there is none")
        for seq in set(chosen) - set(held):
            self.problem("VG620", f"record {seq}", "it was chosen and is missing")
        for one in self.records:
            if one.body["kind"] == "case.result":
                attempt = _attempt(one.body)
                steps = [
                    step.leaf
                    for step in self.records
                    if step.seq < one.seq and step.body["kind"] == "step.result" and _attempt(step.body) == attempt
                ]
                if steps != one.body["steps"]:
                    self.problem("VG514", f"record {one.seq}", "the steps that it binds are not all here as they were")

    def _check_blobs(self, archive: StoredZip) -> None:
        bodies = [one.body for one in self.records if one.seq in set(self.chosen)]
        held = {name[6:8] + name[9:]: name for name in archive.entries if name.startswith("blobs/")}
        wrong: set[str] = set()
        for sha256, name in held.items():
            digest = hashlib.sha256()
            for part in archive.chunks(name):
                digest.update(part)
            if digest.hexdigest() != sha256:
                wrong.add(sha256)
                self.problem("VG508", name, "it was altered: its content does not have this digest")

        def read(sha256: str) -> bytes:
            if sha256 not in held or sha256 in wrong:
                raise VerificationError(f"the attachment {sha256} is missing or altered", code="VG508")
            return archive.read(held[sha256], _MOST_DOCUMENT)

        needed = {}
        for body in bodies:
            where = f"record {body['seq']}"
            try:
                for ref in needed_blobs([body], read):
                    needed[ref.sha256] = ref.size
                    if ref.sha256 not in held:
                        self.problem("VG508", where, f"its attachment {ref.sha256} is missing")
                    elif archive.entries[held[ref.sha256]].size != ref.size:
                        self.problem("VG508", where, f"its attachment {ref.sha256} has another size")
                for wrong_text in _documents(body, read):
                    self.problem("VG503", where, wrong_text)
            except VerificationError as error:
                self.problem(error.code, where, error.what)
        allowed = needed.keys() | {ref.sha256 for body in bodies for ref in file_refs(body)}
        for sha256, name in held.items():
            if sha256 not in allowed:
                self.problem("VG511", name, "no chosen record names this attachment")

    def _check_anchors(self, archive: StoredZip, entries: list[dict[str, Any]], head: Head) -> None:
        listed = [one["name"] for one in entries]
        held = [name.removeprefix("anchors/") for name in archive.entries if name.startswith("anchors/")]
        if listed != held:
            self.problem("VG542", "anchors", "the anchors that are listed are not those that are here")
            return
        notes: dict[int, list[bytes]] = {}
        anchors = []
        for one in entries:
            where = f"anchors/{one['name']}"
            try:
                anchor = read_anchor(one["name"], archive.read(where, 1 << 20))
                if one["checkpoint"]:
                    note = read_head(one["checkpoint"].encode("utf-8"))
                    note.check_signature(self._log_keys(note.size))
                    if (note.size, note.checkpoint.origin) != (anchor.size, self.origin) or (
                        self.roots.get(note.size) != note.checkpoint.root
                    ):
                        raise VerificationError("its checkpoint is not one of this ledger", code="VG543")
                    notes.setdefault(note.size, []).append(note.note)
                anchors.append(anchor)
            except VerificationError as error:
                self.problem(error.code, where, error.what)
        checked = []
        for anchor in anchors:
            keys = self._log_keys(anchor.size)
            facts = Facts(origin=self.origin, size=head.size, keys=keys, roots=self.roots, notes=notes)
            checked += check_anchors([anchor], facts, roots=self.authorities)
        for done in checked:
            where = f"anchors/{done.anchor.name}"
            if done.state is State.HOLDS and done.anchor.size > self.anchored:
                self.anchored = done.anchor.size
                self.anchored_by = " ".join(filter(None, (where, done.witness, done.time)))
            if done.state is State.BROKEN:
                self.problem(done.code, where, done.reason)
            elif done.state is State.FITS:
                self.notes.append(f"{where} fits, and was not compared with its source: {done.reason}.")


def _documents(body: Mapping[str, Any], read: Any) -> Iterator[str]:
    """Yield what is wrong with the plan and facts of a run, and with long values."""
    if body["kind"] == "run.started":
        for key, check in (("plan", kinds.check_plan), ("facts", kinds.check_facts)):
            yield from check(canonical.decode(read(body[key]["sha256"])))
    for sha256, value in kinds.long_values(body):
        yield from value.check(read(sha256))


def _attempt(body: Mapping[str, Any]) -> tuple[Any, ...]:
    return body["run"], body["case"], body["attempt"]


def _hashes(texts: list[str]) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]


def _check_opened(book: Book, act: Act) -> Iterator[Breach]:
    yield from check_session(book, act.body["session"], act.actor)


def _check_started(book: Book, act: Act) -> Iterator[Breach]:
    """A run by a tester who may act; the execution that it belongs to may not be in the disclosure."""
    body = act.body
    if body["mode"] != "formal":
        return
    tester = book.active_account(body["tester"])
    if tester is None:
        yield Breach("VG558", f"its tester {body['tester']} is no active account")
    elif not tester.service or body["session"]:
        yield from check_session(book, body["session"], body["tester"])


def _rules(book: Book, act: Act) -> Iterator[Breach]:
    rule = _CHECKS.get(act.kind)
    if rule is not None:
        yield from rule(book, act)


_CHECKS = {
    **registry_accounts.CHECKS,
    **registry_sessions.CHECKS,
    "genesis": check_keys,
    "keys.declared": check_keys,
    "keys.retired": check_keys,
    "execution.opened": _check_opened,
    "run.started": _check_started,
    "review": check_statement,
}
_EFFECTS = {
    **registry_accounts.EFFECTS,
    **registry_sessions.EFFECTS,
    "genesis": apply_keys,
    "keys.declared": apply_keys,
    "keys.retired": apply_keys,
    "review": apply_statement,
}
