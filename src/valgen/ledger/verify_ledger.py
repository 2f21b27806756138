"""What verification checks in a ledger beside what it checks in every log.

Signatures by people and the root, the rules of the registry, heads, content manifests, ``root.json`` and anchors. It
also collects what a reader must see: signatures by keys from a reset, and how far something outside the log covers it.

No clock and no network. Source: integrity.md §2.1, §2.3, §3.5. Format: docs/format-ledger.md, "Verification of a
ledger".
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from valgen.errors import VerificationError
from valgen.ledger import record
from valgen.ledger.files import Layout, read_lines
from valgen.ledger.merkle import Edge, leaf_hash
from valgen.ledger.people_kinds import MEDIA, check_manifest, file_refs, manifest_refs
from valgen.ledger.registry import Registry
from valgen.ledger.registry_book import microseconds
from valgen.ledger.registry_sessions import STATEMENTS
from valgen.ledger.report import SINGLE_ADMINISTRATOR, Findings, ResetSignature, VerifyReport
from valgen.ledger.verify_files import Content, Files
from valgen.ledger.verify_heads import Heads, read_if_there
from valgen.ledger.verify_times import Times

if TYPE_CHECKING:
    from valgen.ledger.anchors import Anchor, GitPlace

_DOCUMENT = ("document", "number", "version", "title", "content")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What whoever verifies knows from elsewhere.

    Attributes:
        root: root fingerprint; empty for none.
        heads: checkpoints that somebody kept elsewhere, as bytes.
        authorities: root certificates of time-stamp authorities.
        certificates: further certificates of them.
        committed: returns what a git remote holds at a place; see ``anchors.check_anchors``.
    """

    root: str = ""
    heads: Sequence[bytes] = ()
    authorities: Sequence[bytes] = ()
    certificates: Sequence[bytes] = ()
    committed: Callable[[GitPlace], bytes | None] | None = None


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a record says of an earlier state of the log."""

    where: str
    size: int
    root: str
    code: str
    by: str  # whose signature it stands in; empty when nobody outside vouches for it


@dataclass(slots=True)
class LedgerCheck:
    """Follows the records of a ledger and checks what only a ledger has.

    Attributes:
        registry: as of the last record followed.
        anchored: records that an anchor or signature covers.
        anchored_by: which one.
        root_compared: whether the root is the one known from elsewhere.
        resets: signatures by keys that came from a reset.
        times: what the times of records say.
    """

    layout: Layout
    findings: Findings
    heads: Heads
    files: Files
    known: Known
    registry: Registry = field(default_factory=Registry)
    anchored: int = 0
    anchored_by: str = ""
    root_compared: bool = False
    resets: list[ResetSignature] = field(default_factory=list)
    times: Times = field(init=False)
    _anchors: list[Anchor] = field(default_factory=list)
    _claims: list[_Claim] = field(default_factory=list)
    _anchor_files: list[tuple[str, Path, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.times = Times(self.findings)

    def begin(self) -> None:
        """Read the anchors, so that the roots that they speak of are kept while the records are read."""
        from valgen.ledger import anchors  # brings what time stamps need; a dry log has none

        self._anchors = anchors.read_anchors(self.layout.anchors, self.findings.problem)
        for note in self.known.heads:
            try:
                self._anchors.append(anchors.brought_head(note))
            except VerificationError as error:
                self.findings.problem(error.code, "head known from elsewhere", error.what)
        self.heads.wanted.update(anchor.size for anchor in self._anchors)

    def follow(self, body: dict[str, Any], sigs: Mapping[str, str], leaf: str, edge: Edge, where: str) -> None:
        """Check the next record.

        Args:
            body: well-formed.
            sigs: its signatures by key id.
            leaf: its leaf hash, hex.
            edge: the tree before it.
            where: its place, for messages.
        """
        before = len(self.findings.problems) + self.findings.untold
        try:
            keys = self.registry.public_keys(body, sigs)
            record.check_signatures(body, sigs, keys, ledger=True)
        except VerificationError as error:
            self.findings.problem(error.code, where, error.what)
        try:
            breaches = self.registry.follow(body, edge.size, sigs, leaf)
        except VerificationError as error:  # a key that cannot be accepted
            self.findings.problem(error.code, where, error.what)
            return
        for breach in breaches:
            self.findings.problem(breach.code, where, breach.text)
        kind = body["kind"]
        self.times.follow(body, edge.size, where)
        if kind in STATEMENTS:
            sound = before == len(self.findings.problems) + self.findings.untold
            self._check_head(body, edge, where, sound=sound)
            self._see_reset(body, edge.size)
        if kind == "anchor":
            self._see_anchor(body, edge, where)
        elif kind == "verified":
            self._see_verified(body, edge, where)
        elif kind in ("signature", "rejection", "document.issued"):
            self._see_files(body, edge.size)

    def finish(self, size: int) -> None:
        """Check what needs the whole log.

        Args:
            size: number of records read.
        """
        self._check_root_file()
        self._settle_claims()
        for where, path, sha256 in self._anchor_files:
            data = read_if_there(path, self.findings)
            if data is None or hashlib.sha256(data).hexdigest() != sha256:
                self.findings.problem("VG560", where, f"its file anchors/{path.name} is missing or another one")
        self._check_anchors(size)
        self.times.finish()
        if self.registry.single_administrator:
            self.findings.note(f"{SINGLE_ADMINISTRATOR[0].upper()}{SINGLE_ADMINISTRATOR[1:]}.")
        for one in self.resets:
            self.findings.note(
                f"Record {one.seq}: {one.name} ({one.account}) signed with a key that came from a reset, "
                f"{one.seconds} seconds after it."
            )

    def complete(self, found: VerifyReport) -> VerifyReport:
        """Return a report with what only a ledger has."""
        return dataclasses.replace(
            found,
            anchored_to=f"{self.anchored} records, by {self.anchored_by}" if self.anchored else "",
            unanchored=found.records - self.anchored,
            rooted=bool(self.registry.root_line),
            root_fingerprint=self.registry.root_fingerprint,
            root_compared=self.root_compared,
            single_administrator=self.registry.single_administrator,
            resets=tuple(self.resets),
        )

    # While records are read

    def _check_head(self, body: Mapping[str, Any], edge: Edge, where: str, *, sound: bool) -> None:
        head = body["head"]
        by = f"signature by {body['name']} ({body['actor']}) in record {edge.size}" if sound else ""
        claim = _Claim(where, head["size"], head["root"], "VG556", by)
        if claim.size == edge.size:
            self._settle(claim, edge.root())
        elif claim.size < edge.size:  # the rules refuse a larger one
            self._claims.append(claim)

    def _see_reset(self, body: Mapping[str, Any], seq: int) -> None:
        account = self.registry.accounts.get(body["actor"])
        if account is None or account.key_cause != "reset":
            return
        self.resets.append(
            ResetSignature(
                seq=seq,
                kind=body["kind"],
                account=account.id,
                name=account.name,
                reset=account.reset_time,
                signed=body["time"],
                seconds=(microseconds(body["time"]) - microseconds(account.reset_time)) // 1_000_000,
            )
        )

    def _see_anchor(self, body: Mapping[str, Any], edge: Edge, where: str) -> None:
        if body["size"] > edge.size:
            text = f"it anchors {body['size']} records, and {edge.size} stand before it"
            self.findings.problem("VG560", where, text)
        else:
            self._claims.append(_Claim(where, body["size"], body["root"], "VG560", ""))
        path = self.layout.anchors / f"{body['size']:09d}.{MEDIA[body['medium']]}"
        self._anchor_files.append((where, path, body["file"]["sha256"]))
        if body["medium"] == "rfc3161":
            self._see_stamp(path.name, edge.size)

    def _see_verified(self, body: Mapping[str, Any], edge: Edge, where: str) -> None:
        """What a machine says that it verified must be this log; it is no anchor, because no person vouches for it."""
        if body["size"] > edge.size:
            text = f"it says that {body['size']} records were verified, and {edge.size} stand before it"
            self.findings.problem("VG556", where, text)
        else:
            self._claims.append(_Claim(where, body["size"], body["root"], "VG556", ""))

    def _see_stamp(self, name: str, seq: int) -> None:
        """Take note of the time of a time stamp; that its file is missing or wrong is said elsewhere."""
        from valgen.ledger.timestamps import stamped_time

        data = next((one.data for one in self._anchors if one.name == name and not one.brought), None)
        if data is not None:
            with contextlib.suppress(VerificationError):
                self.times.stamped(stamped_time(data), seq)

    def _see_files(self, body: Mapping[str, Any], seq: int) -> None:
        for ref in file_refs(body):
            self.files.name_perhaps(ref, seq)
        if body["kind"] != "document.issued":
            said = {key: body[key] for key in _DOCUMENT}
            check = functools.partial(check_manifest, said)
            self.files.expect(body["manifest"]["sha256"], Content("VG557", check, manifest_refs))

    # At the end

    def _check_root_file(self) -> None:
        registry = self.registry
        if not registry.root_line:
            return  # there is no genesis record, and that was said
        line = read_if_there(self.layout.root_file, self.findings)
        if line != registry.root_line + b"\n":
            text = "the file is missing" if line is None else "it does not say what the genesis record says"
            self.findings.problem("VG551", "root.json", text)
        if not self.known.root:
            self.findings.note(
                f"The root was taken from the ledger itself. Compare its fingerprint {registry.root_fingerprint} with "
                "a printed document or another copy."
            )
        elif self.known.root == registry.root_fingerprint:
            self.root_compared = True
        else:
            text = f"the root is {registry.root_fingerprint}, and {self.known.root} is known from elsewhere"
            self.findings.problem("VG551", "root.json", text)

    def _settle_claims(self) -> None:
        missing = {claim.size for claim in self._claims} - self.heads.roots.keys()
        roots = {**_roots_at(self.layout, missing), **self.heads.roots}
        for claim in self._claims:
            self._settle(claim, roots.get(claim.size, b""))

    def _settle(self, claim: _Claim, root: bytes) -> None:
        if claim.root != root.hex():
            text = f"the first {claim.size} records are not those that it names"
            self.findings.problem(claim.code, claim.where, text)
        elif claim.by and claim.size > self.anchored:
            self.anchored, self.anchored_by = claim.size, claim.by

    def _check_anchors(self, size: int) -> None:
        if not self._anchors:
            return
        from valgen.ledger import anchors

        checked: list[anchors.Checked] = []
        for anchor in self._anchors:
            facts = anchors.Facts(
                origin=self.registry.origin,
                size=size,
                keys=self.registry.log_keys(anchor.size),
                roots=self.heads.roots,
                notes=self.heads.notes,
            )
            checked += anchors.check_anchors(
                [anchor],
                facts,
                roots=self.known.authorities,
                certificates=self.known.certificates,
                committed=self.known.committed,
            )
        for one in checked:
            where = "head known from elsewhere" if one.anchor.brought else f"anchors/{one.anchor.name}"
            if one.state is anchors.State.BROKEN:
                self.findings.problem(one.code, where, one.reason)
            elif one.state is anchors.State.FITS:
                self.findings.note(f"{where} fits and does not count: {one.reason}.")
            elif one.anchor.size > self.anchored:
                self.anchored = one.anchor.size
                self.anchored_by = " ".join(filter(None, (where, one.witness, one.time)))


def _roots_at(layout: Layout, sizes: set[int]) -> dict[int, bytes]:
    """Return the roots over the first so many records, for sizes that were not known while the records were read."""
    found: dict[int, bytes] = {}
    if not sizes:
        return found
    edge, last = Edge(), max(sizes)
    for _, path in layout.segments():
        for line in read_lines(path):
            if not line.complete or edge.size >= last:
                return found
            edge.append(leaf_hash(line.data))
            if edge.size in sizes:
                found[edge.size] = edge.root()
    return found
