"""Check every stored byte of a log, without a database and without keys.

Whatever the files say, they are read as data: each line must be canonical, of a known kind and shape, numbered in
sequence, of this log's origin, and signed where its kind demands it; the lines must give the roots of all
checkpoints; the checkpoints must be signed and complete; each blob that a record names must have its digest and size.
What is not understood is a problem, never "ok".

What it cannot show is said in the report: a dry log declares its own keys, so that anybody could have written it; the
root of a ledger must be compared with one known from elsewhere.

No clock, no writing, bounded memory. Source: integrity.md §2.1. Format: docs/format.md and docs/format-ledger.md,
"Verification".
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from valgen.errors import VerificationError
from valgen.ledger import kinds, record
from valgen.ledger.files import Layout, Line, read_lines, segment_name
from valgen.ledger.lock import is_held
from valgen.ledger.merkle import Edge, leaf_hash
from valgen.ledger.report import UNROOTED, Findings, Problem, ResetSignature, VerifyReport
from valgen.ledger.run_rules import RunRules
from valgen.ledger.verify_files import Content, Files
from valgen.ledger.verify_heads import Heads
from valgen.ledger.verify_ledger import Known, LedgerCheck

_PLAN = Content("VG503", kinds.check_plan)
_FACTS = Content("VG503", kinds.check_facts)


def verify_log(
    folder: Path, *, strict: bool = False, read_blobs: bool = True, root: str = "", known: Known | None = None
) -> VerifyReport:
    """Check a log.

    Args:
        folder: of the log.
        strict: count files that no record names as problems.
        read_blobs: read every blob in full; without it their presence and size are all that is checked, and a note
            says so.
        root: root fingerprint of the ledger as it is known from elsewhere; empty for none.
        known: what else is known from elsewhere: heads, time-stamp authorities.
    """
    known = known or Known()
    if root:
        known = dataclasses.replace(known, root=root)
    check = _Check(Layout(folder), known)
    try:
        check.run(read_blobs=read_blobs)
    except OSError as error:
        check.findings.problem("VG500", str(error.filename or folder), f"it cannot be read: {error.strerror or error}")
    return check.report(strict=strict)


@dataclass(slots=True)
class _Check:
    layout: Layout
    known: Known
    findings: Findings = field(default_factory=Findings)
    edge: Edge = field(default_factory=Edge)
    keys: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # declared so far in a dry log
    log_keys: list[bytes] = field(default_factory=list)
    origin: str = ""
    mode: str = ""
    lines_per_file: int = 0
    rules: RunRules | None = None
    heads: Heads = field(init=False)
    files: Files = field(init=False)
    ledger: LedgerCheck | None = None
    shift: int = 0  # difference between the numbers that records bear and their places

    def __post_init__(self) -> None:
        self.heads = Heads(self.layout, self.findings, live=False)
        self.files = Files(self.layout, self.findings)

    def run(self, *, read_blobs: bool) -> None:
        if not self.layout.log.is_dir() or self.layout.root.is_symlink():
            self.findings.problem("VG513", str(self.layout.root.name), "there are no records here")
            return
        self.heads.live = any(is_held(path) for path in self.layout.lock.glob("writer-*"))
        self.heads.read()
        self._read_records()
        if self.ledger is not None:
            self.ledger.finish(self.edge.size)
        elif self.known.root:
            self.findings.problem("VG551", "root.json", "a root is known from elsewhere, and this is no ledger")
        self.files.check(full=read_blobs)
        self.files.look_around(self.mode)

    def report(self, *, strict: bool) -> VerifyReport:
        findings, head, ledger = self.findings, self.heads.head, self.ledger
        if findings.untold:
            findings.note(f"{findings.untold} more problems are not listed.")
        if self.mode == "dry":
            findings.note(UNROOTED)
        problems = [*findings.problems, *(findings.visible if strict else ())]
        found = VerifyReport(
            ok=not problems,
            records=self.edge.size,
            problems=tuple(problems),
            visible=tuple(findings.visible),
            notes=tuple(findings.notes),
            unanchored=self.edge.size,
            origin=self.origin,
            mode=self.mode,
            sealed=head.size if head else 0,
            root=head.checkpoint.root.hex() if head else "",
        )
        return ledger.complete(found) if ledger is not None else found

    def _read_records(self) -> None:
        segments = self.layout.segments()
        for place, (first, path) in enumerate(segments):
            where = f"log/{path.name}"
            due = place * self.lines_per_file
            if first != due:
                self.findings.problem("VG507", where, f"the file {segment_name(due)} is due here")
            lines = 0
            try:
                for line in read_lines(path):
                    if line.complete:
                        lines += 1
                        self._read_record(line, f"{where} record {self.edge.size}")
                    elif not self.heads.live or place + 1 < len(segments):
                        self.findings.problem("VG510", f"{where} record {self.edge.size}", "the line has no end")
            except VerificationError as error:
                self.findings.problem(error.code, where, error.what)
            last = place + 1 == len(segments)
            if self.lines_per_file and (lines > self.lines_per_file or (lines < self.lines_per_file and not last)):
                text = f"it holds {lines} records where {self.lines_per_file} are due"
                self.findings.problem("VG507", where, text)
        if not self.edge.size:
            self.findings.problem("VG513", "log", "there are no records here")
        self.heads.finish(self.edge.size)

    def _read_record(self, line: Line, where: str) -> None:
        leaf = leaf_hash(line.data)
        try:
            self._check_record(line.data, leaf.hex(), where)
        except VerificationError as error:
            self.findings.problem(error.code, where, error.what)
        self.edge.append(leaf)
        size = self.edge.size
        if self.heads.due(size):
            keys = self.ledger.registry.log_keys(size) if self.ledger is not None else self.log_keys
            self.heads.meet(self.edge, self.origin, keys)

    def _check_record(self, data: bytes, leaf: str, where: str) -> None:
        problem = self.findings.problem
        body, sigs = record.read_line(data)
        place = self.edge.size
        kind = body["kind"]
        if body["seq"] != place + self.shift:
            problem("VG502", where, f"it bears the number {body['seq']} where {place + self.shift} is due")
            self.shift = body["seq"] - place  # later records are measured against this one
        if (kind == "genesis") != (place == 0):
            problem("VG513", where, "the genesis record stands first, and nowhere else")
        if place == 0:
            self._begin(body)
        self.origin = self.origin or str(body["origin"])
        if body["origin"] != self.origin:
            problem("VG504", where, f"it is of {body['origin']}, not of {self.origin}")
        for ref in kinds.blob_refs(body):
            self.files.name(ref, place)
        for sha256, value in kinds.long_values(body):
            self.files.expect(sha256, Content("VG503", value.check, plain=True))
        if kind == "run.started":
            self.files.expect(body["plan"]["sha256"], _PLAN)
            self.files.expect(body["facts"]["sha256"], _FACTS)
        if self.rules is not None and (wrong := self.rules.follow(body, leaf)):
            problem("VG514", where, wrong)
        if self.ledger is not None:
            self.ledger.follow(body, sigs, leaf, self.edge, where)
        else:
            self._check_dry(body, sigs, where)

    def _check_dry(self, body: dict[str, Any], sigs: dict[str, str], where: str) -> None:
        if not kinds.KINDS[body["kind"]].dry and self.mode == "dry":
            self.findings.problem("VG562", where, f"a {body['kind']} record does not belong into a log of dry runs")
        if body["kind"] in ("genesis", "keys.declared"):
            self._declare(body, sigs, where)
        if self.keys:  # without genesis record the report says so once, not for every signature
            record.check_signatures(body, sigs, self.keys)

    def _begin(self, body: dict[str, Any]) -> None:
        self.origin = str(body["origin"])
        if body["kind"] != "genesis":
            return
        self.mode = str(body["mode"])
        if body["format"] != kinds.FORMAT:
            raise VerificationError(f"the format {body['format']} is not known to this version", code="VG513")
        self.lines_per_file = body["lines_per_file"]
        self.rules = RunRules(self.mode)
        if self.mode == "ledger":
            self.ledger = LedgerCheck(self.layout, self.findings, self.heads, self.files, self.known)
            self.ledger.begin()

    def _declare(self, body: dict[str, Any], sigs: dict[str, str], where: str) -> None:
        found = record.brought_keys(body)
        if not found.keys() <= sigs.keys():
            self.findings.problem("VG505", where, "a declared key did not sign its own declaration")
        for name, entry in found.items():
            if name not in self.keys:
                self.keys[name] = entry
                if entry[0] == "log":
                    self.log_keys.append(entry[1])


__all__ = ["UNROOTED", "Known", "Problem", "ResetSignature", "VerifyReport", "verify_log"]
