"""Whether two signed heads belong to one history, or the log was forked.

Two people who were shown different histories find out as soon as their heads meet: of two checkpoints of one log, the
smaller must be the beginning of the larger. The records show it, or a proof made from them; without either there is
no answer, and none is given.

No files and no clock. Source: RFC 6962 section 2.1.2; integrity.md I-6, I-7.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from valgen.errors import VerificationError
from valgen.ledger.keys import verify_signature
from valgen.ledger.merkle import Edge, leaf_hash, verify_consistency
from valgen.ledger.note import Checkpoint, note_text, open_note, read_checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """Two heads of one history.

    Attributes:
        older: the one with fewer records, or the first of two equal ones.
        newer: the other.
    """

    older: Checkpoint
    newer: Checkpoint


def compare_heads(
    first: bytes,
    second: bytes,
    *,
    keys: Iterable[bytes],
    lines: Iterable[bytes] | None = None,
    proof: Sequence[bytes] | None = None,
) -> Heads:
    """Check that two signed heads belong to one history.

    Args:
        first: a checkpoint as bytes.
        second: another.
        keys: raw public log keys of the ledger, known from its root and not from these heads.
        lines: records of the ledger without newline, oldest first, at least as many as the larger head covers.
        proof: a consistency proof from the smaller to the larger head, instead of ``lines``.

    Raises:
        VerificationError: VG506 when a head is malformed or no known key signed it; VG504 when they are of two
            ledgers; VG545 when they contradict each other or the records; VG546 when nothing was given to compare
            them by.
    """
    known = list(keys)
    older, newer = sorted((_open_head(first, known), _open_head(second, known)), key=lambda head: head.size)
    if older.origin != newer.origin:
        raise VerificationError(
            f"the heads are of two ledgers, {older.origin} and {newer.origin}",
            why="heads of different ledgers have nothing in common",
            fix="compare heads of one ledger",
            code="VG504",
        )
    if older.size == newer.size:
        if older.root != newer.root:
            _fork(f"there are two different histories of {older.size} records")
    elif lines is not None:
        _compare_with_lines(older, newer, lines)
    elif proof is not None:
        try:
            verify_consistency(older.size, newer.size, older.root, newer.root, proof)
        except VerificationError as error:
            _fork(f"nothing shows that the head of {newer.size} records continues that of {older.size}: {error.what}")
    else:
        raise VerificationError(
            f"heads of {older.size} and {newer.size} records cannot be compared by themselves",
            why="only the records, or a proof made from them, tell whether the later head continues the earlier",
            fix="give the folder of the ledger as well",
            code="VG546",
        )
    return Heads(older=older, newer=newer)


def _compare_with_lines(older: Checkpoint, newer: Checkpoint, lines: Iterable[bytes]) -> None:
    edge = Edge()
    for line in lines:
        edge.append(leaf_hash(line))
        for head in (older, newer):
            if edge.size == head.size and edge.root() != head.root:
                _fork(f"the first {head.size} records are not those that the head of {head.size} records sealed")
        if edge.size == newer.size:
            return
    _fork(f"the ledger has {edge.size} records, and a head of {newer.size} was signed")


def _open_head(note: bytes, keys: list[bytes]) -> Checkpoint:
    head = read_checkpoint(note_text(note))
    open_note(note, head.origin, keys, verify_signature)
    if not head.size:
        raise VerificationError(
            "a head without records says nothing",
            why="every history begins with no records",
            fix="give a later head",
            code="VG546",
        )
    return head


def _fork(reason: str) -> NoReturn:
    raise VerificationError(
        f"the two heads contradict each other: {reason}",
        why="both are signed, so two people were shown different histories, or one history was rewritten",
        fix="keep both heads and all copies of the records, and have the quality unit find out which is true",
        code="VG545",
    )
