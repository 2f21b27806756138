"""The checkpoints of a log, as verification reads them: the newest, the kept ones, and how they fit the tree.

Format: docs/format.md, "Checkpoints" and "Verification" 2 and 8.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from valgen.errors import VerificationError
from valgen.ledger.files import Layout, read_plain
from valgen.ledger.heads import Head, read_head, read_kept
from valgen.ledger.merkle import Edge
from valgen.ledger.report import Findings


@dataclass(slots=True)
class Heads:
    """Reads the checkpoints and compares them with the tree as it grows.

    Attributes:
        head: the newest checkpoint.
        notes: every checkpoint of each size, as bytes.
        roots: the root at every size that was met and held a checkpoint, or that was asked for.
        wanted: further sizes whose root is to be kept.
    """

    layout: Layout
    findings: Findings
    live: bool
    head: Head | None = None
    notes: dict[int, list[bytes]] = field(default_factory=dict)
    roots: dict[int, bytes] = field(default_factory=dict)
    wanted: set[int] = field(default_factory=set)
    _due: dict[int, list[tuple[str, Head]]] = field(default_factory=dict)  # by size, with the place they stand
    _matched: int = 0  # records under the largest checkpoint whose root was met

    def read(self) -> None:
        """Read the newest checkpoint and the list, and compare them with each other."""
        for _ in range(20):  # a writer may be between its two writes
            before = read_if_there(self.layout.checkpoint, self.findings)
            kept = read_if_there(self.layout.kept, self.findings)
            if before == read_if_there(self.layout.checkpoint, Findings()):
                break
        entries, digests = self._read_kept(kept)
        newest: Head | None = None
        if before is None:
            self.findings.problem("VG506", "checkpoint", "the file is missing")
        else:
            try:
                newest = read_head(before)
            except VerificationError as error:
                self.findings.problem("VG506", "checkpoint", error.what)
        if newest is not None:
            self._expect("checkpoint", newest)
            self.head = newest
            self._compare_list(newest, entries, digests)

    def due(self, size: int) -> bool:
        """Tell whether the root over the first ``size`` records is asked for."""
        return size in self._due or size in self.wanted

    def meet(self, edge: Edge, origin: str, keys: Iterable[bytes]) -> None:
        """Compare the tree with every checkpoint of the size just reached.

        Args:
            edge: over the records so far.
            origin: of the log.
            keys: raw public log keys that may seal these records.
        """
        root = self.roots[edge.size] = edge.root()
        for where, head in self._due.pop(edge.size, ()):
            try:
                head.check_signature(keys)
            except VerificationError as error:
                self.findings.problem("VG506", where, error.what)
            if head.checkpoint.origin != origin:
                self.findings.problem("VG504", where, f"it is of {head.checkpoint.origin}, not of {origin}")
            if head.checkpoint.root == root:
                self._matched = head.size
            else:
                text = f"records {self._matched} to {head.size - 1} are not those that this checkpoint sealed"
                self.findings.problem("VG507", where, text)

    def finish(self, size: int) -> None:
        """Say which checkpoints cover more than there is, and how many records none covers.

        Args:
            size: number of records read.
        """
        for due in sorted(self._due):
            where = self._due[due][0][0]
            self.findings.problem("VG507", where, f"it sealed {due} records and only {size} can be read")
        sealed = self.head.size if self.head else 0
        if size > sealed and self.head:
            text = f"{size - sealed} records after record {sealed - 1} are not sealed"
            if self.live:
                self.findings.note(f"A run is going on: {text} yet.")
            else:
                self.findings.problem("VG509", f"record {sealed}", text)

    def _expect(self, where: str, head: Head) -> None:
        self._due.setdefault(head.size, []).append((where, head))
        self.notes.setdefault(head.size, []).append(head.note)

    def _read_kept(self, data: bytes | None) -> tuple[list[Head | None], list[str]]:
        """Read the list; return its entries, and the digest of all lines before each of them and of the whole."""
        problem = self.findings.problem
        if data is None:
            problem("VG512", "checkpoints.jsonl", "the file is missing")
            return [], [hashlib.sha256(b"").hexdigest()]
        *lines, rest = data.split(b"\n")
        if rest and not self.live:
            problem("VG512", f"checkpoints.jsonl line {len(lines) + 1}", "the line has no end")
        running = hashlib.sha256()
        entries: list[Head | None] = []
        digests = [running.hexdigest()]
        last = 0
        for number, line in enumerate(lines):
            where = f"checkpoints.jsonl line {number + 1}"
            try:
                entry: Head | None = read_kept(line)
            except VerificationError as error:
                entry = None
                problem("VG512", where, error.what)
            if entry is not None:
                if (entry.count, entry.digest) != (number, digests[-1]):
                    problem("VG512", where, "it does not follow the lines before it")
                if entry.size < last:
                    problem("VG512", where, "it covers fewer records than an earlier one")
                last = entry.size
                self._expect(where, entry)
            entries.append(entry)
            running.update(line + b"\n")
            digests.append(running.hexdigest())
        return entries, digests

    def _compare_list(self, newest: Head, entries: list[Head | None], digests: list[str]) -> None:
        problem = self.findings.problem
        expected = newest.count + newest.kept
        if len(entries) == expected + 1 and (last := entries[-1]) is not None and last.size >= newest.size:
            # What a crash between the two writes leaves, and what a writer at work passes through.
            text = "the newest checkpoint stands only in checkpoints.jsonl; the next run puts it in place"
            if self.live:
                self.findings.note(f"A run is going on: {text}.")
            else:
                problem("VG509", "checkpoint", text)
            self.head = last
        elif len(entries) != expected:
            problem("VG512", "checkpoints.jsonl", f"it holds {len(entries)} checkpoints where {expected} are due")
            return
        if digests[newest.count] != newest.digest:
            problem("VG512", "checkpoints.jsonl", "it is not the list that the newest checkpoint names")
        if newest.kept and (entries[newest.count] is None or entries[newest.count].note != newest.note):  # type: ignore[union-attr]
            problem("VG512", "checkpoint", "it differs from its entry in checkpoints.jsonl")


def read_if_there(path: Path, findings: Findings) -> bytes | None:
    """Return the bytes of an ordinary file, None when it is missing; what is no ordinary file is a problem."""
    try:
        return read_plain(path, 1 << 30)
    except FileNotFoundError:
        return None
    except VerificationError as error:
        findings.problem(error.code, path.name, error.what)
        return b""
