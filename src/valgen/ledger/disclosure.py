"""A few records of a ledger with everything that proves them, in one file for an inspector.

A disclosure holds the chosen records, the records they rest on (keys, accounts, roles, and the sessions of those who
signed), a proof for each that it stands in the ledger under a signed checkpoint, the attachments of the chosen ones,
the root and the anchors. Nothing else of the ledger is in it. It shows that what it holds was recorded; it cannot show
that nothing else was.

``disclose`` collects it, ``disclosed.verify_disclosure`` checks it. What is chosen is the matter of the caller.

No clock and no writing here. Source: integrity.md §3.6. Format: docs/format-disclosure.md.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from valgen.errors import VerificationError
from valgen.ledger import kinds
from valgen.ledger.anchors import KINDS as ANCHOR_KINDS
from valgen.ledger.anchors import Anchor, read_anchors
from valgen.ledger.blobs import BlobRef, Blobs
from valgen.ledger.canonical import decode, encode
from valgen.ledger.files import Layout, read_lines, read_plain
from valgen.ledger.heads import read_kept
from valgen.ledger.merkle import leaf_hash, node_hash
from valgen.ledger.people_kinds import check_manifest, file_refs, manifest_refs
from valgen.ledger.record import read_line
from valgen.ledger.registry_sessions import STATEMENTS
from valgen.ledger.state import State
from valgen.ledger.stored_zip import Source

FORMAT = 1
"""Version of the format of disclosures."""

AUTHORITY = frozenset(
    {
        "genesis", "keys.declared", "keys.retired", "account.created", "account.activated", "account.changed",
        "account.reset", "account.disabled", "credentials.changed", "role.granted", "role.revoked", "proposal",
        "restored",
    }
)  # fmt: skip
"""Kinds of records that every disclosure holds: who may act with which key."""

ATTEMPT = frozenset({"case.started", "step.result", "case.result"})
"""Kinds of records that belong to one attempt at a case."""

_NAMES = re.compile(
    r"README\.txt|disclosure\.json|root\.json|valgen_verify\.py|blobs/[0-9a-f]{2}/[0-9a-f]{62}|"
    rf"anchors/[0-9]{{9}}\.({'|'.join(ANCHOR_KINDS)})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """One record, as a caller chooses by it.

    Attributes:
        seq: its number.
        body: as stored.
        leaf: its leaf hash, hex.
    """

    seq: int
    body: Mapping[str, Any]
    leaf: str


@dataclass(slots=True)
class _Walked:
    """Everything read of the ledger that a disclosure needs."""

    leaves: list[bytes] = field(default_factory=list)
    lines: dict[int, bytes] = field(default_factory=dict)
    bodies: dict[int, dict[str, Any]] = field(default_factory=dict)


def accepts(name: str) -> bool:
    """Tell whether a file of this name may stand in a disclosure."""
    return _NAMES.fullmatch(name) is not None


def sealed_records(layout: Layout, size: int) -> Iterator[tuple[bytes, Chosen]]:
    """Yield line and content of the first ``size`` records; the caller has verified them."""
    number = 0
    for _, path in layout.segments():
        for line in read_lines(path):
            if number >= size or not line.complete:
                return
            body, _ = read_line(line.data)
            yield line.data, Chosen(seq=number, body=body, leaf=leaf_hash(line.data).hex())
            number += 1


def disclose(state: State, chosen: Collection[int]) -> dict[str, Source]:
    """Return the files of a disclosure by name, without those that tell and verify.

    Args:
        state: of the ledger, caught up just now, so that its records are verified.
        chosen: numbers of records, all of them under the newest checkpoint.

    Raises:
        VerificationError: there is no checkpoint, or an attachment is missing or altered.
    """
    layout, head = state.layout, state.head
    if head is None or state.registry is None:
        _refuse("the ledger has no checkpoint")
    walked = _walk(layout, head.size, set(chosen))
    held = dict(walked.lines)
    tree = Tree(walked.leaves)
    anchors, notes = _anchors(layout, head.size)
    sizes = {body["head"]["size"] for seq, body in walked.bodies.items() if "head" in body and seq in held}
    sizes |= {anchor.size for anchor in anchors}
    value = {
        "anchors": [{"checkpoint": notes.get(one.name, ""), "name": one.name} for one in anchors],
        "checkpoint": head.note.decode("utf-8"),
        "chosen": sorted(chosen),
        "format": FORMAT,
        "heads": [
            {"proof": _hex(tree.consistency(size)), "root": tree.root(size).hex(), "size": size}
            for size in sorted(sizes)
        ],
        "origin": state.origin,
        "records": [
            {"line": line.decode("utf-8"), "proof": _hex(tree.inclusion(seq)), "seq": seq}
            for seq, line in sorted(held.items())
        ],
    }
    files: dict[str, Source] = {
        "disclosure.json": encode(value, limit=None) + b"\n",
        "root.json": state.registry.root_line + b"\n",
        **{f"anchors/{one.name}": one.data for one in anchors},
    }
    blobs = Blobs(layout.blobs, layout.tmp)
    for ref in needed_blobs([walked.bodies[seq] for seq in sorted(chosen)], blobs.read):
        problem = blobs.check(ref)
        if problem:
            _refuse(problem, "VG508")
        files[f"blobs/{ref.sha256[:2]}/{ref.sha256[2:]}"] = blobs.path(ref.sha256)
    for seq in chosen:
        for ref in file_refs(walked.bodies[seq]):  # files that need not be kept, where they were
            if not blobs.check(ref):
                files[f"blobs/{ref.sha256[:2]}/{ref.sha256[2:]}"] = blobs.path(ref.sha256)
    return files


def needed_blobs(bodies: Collection[Mapping[str, Any]], read: Any) -> list[BlobRef]:
    """Return the blobs that chosen records name, those of their content manifests among them.

    Args:
        bodies: of the chosen records.
        read: returns the checked bytes of a blob by its SHA-256.

    Raises:
        VerificationError: a content manifest is missing, altered or not what its record says.
    """
    found: dict[BlobRef, None] = {}
    for body in bodies:
        found.update(dict.fromkeys(kinds.blob_refs(body)))
        if "manifest" in body:
            manifest = decode(read(body["manifest"]["sha256"]))
            problems = check_manifest(body, manifest)
            if problems:
                _refuse(f"the content manifest of record {body['seq']} cannot be used: {problems[0]}", "VG557")
            found.update(dict.fromkeys(manifest_refs(manifest)))
    return list(found)


class Tree:
    """The tree over leaves that are all known: roots and proofs, each in the time of a few hashes.

    Args:
        leaves: leaf hashes in order.
    """

    def __init__(self, leaves: list[bytes]) -> None:
        self._levels = [leaves]
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            self._levels.append([node_hash(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self._levels[0])

    def root(self, size: int) -> bytes:
        """Return the root over the first ``size`` leaves, at least one."""
        return self._hash(0, size)

    def inclusion(self, index: int) -> list[bytes]:
        """Return the inclusion proof of a leaf in the whole tree, lowest first."""
        proof: list[bytes] = []
        first, last = 0, self.size
        while last - first > 1:
            cut = first + _split(last - first)
            if index < cut:
                proof.append(self._hash(cut, last))
                last = cut
            else:
                proof.append(self._hash(first, cut))
                first = cut
        return proof[::-1]

    def consistency(self, size: int) -> list[bytes]:
        """Return the proof that the first ``size`` leaves begin the whole tree."""
        proof: list[bytes] = []
        first, last, whole = 0, self.size, True
        while first + size != last:
            cut = _split(last - first)
            if size <= cut:
                proof.append(self._hash(first + cut, last))
                last = first + cut
            else:
                proof.append(self._hash(first, first + cut))
                first, size, whole = first + cut, size - cut, False
        if not whole:
            proof.append(self._hash(first, last))
        return proof[::-1]

    def _hash(self, first: int, last: int) -> bytes:
        width = last - first
        if width & (width - 1) == 0 and first % width == 0:
            return self._levels[width.bit_length() - 1][first // width]
        cut = first + _split(width)
        return node_hash(self._hash(first, cut), self._hash(cut, last))


def _walk(layout: Layout, size: int, chosen: set[int]) -> _Walked:
    """Read the ledger; keep what was chosen and what that rests on."""
    walked = _Walked()
    opened: dict[str, list[int]] = {}  # session to the records about it and the first statement made in it
    signed: set[str] = set()
    wanted: set[str] = set()
    kept: dict[int, tuple[bytes, dict[str, Any]]] = {}
    for line, one in sealed_records(layout, size):
        body, kind = dict(one.body), one.body["kind"]
        walked.leaves.append(bytes.fromhex(one.leaf))
        session = str(body.get("session", ""))
        if one.seq in chosen:
            walked.bodies[one.seq] = body
            if session:
                wanted.add(session)
        about = kind in ("session.opened", "session.closed")
        if kind in STATEMENTS and session not in signed:
            signed.add(session)
            about = True
        if about:
            opened.setdefault(session, []).append(one.seq)
        if about or kind in AUTHORITY or one.seq in chosen:
            kept[one.seq] = (line, body)
    if len(walked.leaves) != size or not chosen <= walked.bodies.keys():
        _refuse("a chosen record is not under the newest checkpoint", "VG622")
    supporting = {seq for session in wanted for seq in opened.get(session, ())}
    for seq, (line, body) in kept.items():
        if seq in chosen or seq in supporting or body["kind"] in AUTHORITY:
            walked.lines[seq] = line
            walked.bodies[seq] = body
    return walked


def _anchors(layout: Layout, size: int) -> tuple[list[Anchor], dict[str, str]]:
    """Return the anchors that the newest checkpoint covers, and the kept checkpoint that each is about."""
    notes: dict[int, str] = {}
    try:
        for line in read_plain(layout.kept, 1 << 30).split(b"\n")[:-1]:
            head = read_kept(line)
            notes.setdefault(head.size, head.note.decode("utf-8"))
    except FileNotFoundError:
        pass
    found = [one for one in read_anchors(layout.anchors, lambda *_: None) if one.size <= size]
    kept = [one for one in found if one.size in notes or one.kind == "head"]
    return kept, {one.name: notes.get(one.size, "") for one in kept}


def _split(width: int) -> int:
    """Return the largest power of two below ``width``."""
    return 1 << ((width - 1).bit_length() - 1)


def _hex(hashes: Collection[bytes]) -> list[str]:
    return [one.hex() for one in hashes]


def _refuse(reason: str, code: str = "VG620") -> NoReturn:
    raise VerificationError(
        f"nothing can be disclosed: {reason}",
        why="a disclosure holds only what is proven",
        fix="run `valgen verify` to see what is wrong with the ledger",
        code=code,
    )
