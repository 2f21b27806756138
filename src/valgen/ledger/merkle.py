"""Merkle tree over the records of a log, as in RFC 6962 section 2.1.

Leaves are hashed with a 0x00 byte before them and inner nodes with 0x01, so that no record can pass for a pair of
hashes. A tree that only grows is kept as its *right edge*: one hash for each complete subtree, at most one per bit of
its size.

No files and no signatures here. The proof checks follow RFC 9162 section 2.1.3.2 and 2.1.4.2; a consistency proof
from the empty tree says nothing about anything and is refused.

Source: RFC 6962, RFC 9162; integrity.md I-13, I-14.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NoReturn

from valgen.errors import VerificationError

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""Root of the tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    """Return the 32-byte hash of one record: its line without the newline."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node over two 32-byte hashes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Edge:
    """The right edge of a growing tree: enough to append and to give the root, not enough for proofs."""

    __slots__ = ("_peaks", "size")

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []  # hashes of the complete subtrees, largest first

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash. Costs one hash on average, one per bit of the size at worst."""
        size, node, peaks = self.size, leaf, self._peaks
        while size & 1:
            node = hashlib.sha256(b"\x01" + peaks.pop() + node).digest()
            size >>= 1
        peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the 32-byte root over all leaves appended so far."""
        if not self._peaks:
            return EMPTY_ROOT
        node = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            node = node_hash(peak, node)
        return node

    def copy(self) -> Edge:
        """Return an independent copy."""
        twin = Edge()
        twin.size, twin._peaks = self.size, list(self._peaks)
        return twin


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes in order."""
    edge = Edge()
    for leaf in leaves:
        edge.append(leaf)
    return edge.root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the hashes that lead from leaf ``index`` to the root, lowest first.

    Raises:
        VerificationError: ``index`` is not a leaf of the tree.
    """
    if not 0 <= index < len(leaves):
        _refuse(f"record {index} is not in a log of {len(leaves)} records")
    return _path(leaves, index)


def consistency_proof(leaves: Sequence[bytes], first: int) -> list[bytes]:
    """Return the hashes that show that the tree of the first ``first`` leaves begins the tree of all.

    Raises:
        VerificationError: ``first`` is 0 or larger than the tree.
    """
    if not 0 < first <= len(leaves):
        _refuse(f"no consistency proof from {first} to {len(leaves)} records")
    return _growth(leaves, first, whole=True)


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that ``leaf`` is record ``index`` of the log with ``size`` records and this root.

    Raises:
        VerificationError: the proof does not hold or has the wrong length.
    """
    _check_hashes([leaf, root, *proof])
    if not 0 <= index < size:
        _refuse(f"record {index} is not in a log of {size} records")
    node, position, last = leaf, index, size - 1
    for step in proof:
        if last == 0:
            _refuse("the inclusion proof is too long")
        if position & 1 or position == last:
            node = node_hash(step, node)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            node = node_hash(node, step)
        position >>= 1
        last >>= 1
    if last != 0:
        _refuse("the inclusion proof is too short")
    if node != root:
        _refuse("the inclusion proof leads to another root")


def verify_consistency(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the log with ``first`` records is the beginning of the log with ``second`` records.

    Raises:
        VerificationError: the proof does not hold, has the wrong length, or ``first`` is 0 or larger than ``second``.
    """
    _check_hashes([first_root, second_root, *proof])
    if not 0 < first <= second:
        _refuse(f"no consistency proof leads from {first} to {second} records")
    if first == second:
        if proof:
            _refuse("the consistency proof is too long")
        if first_root != second_root:
            _refuse("two checkpoints of one size have different roots")
        return
    path = list(proof)
    if first & (first - 1) == 0:  # a complete subtree: its root is the first hash of the path
        path.insert(0, first_root)
    if not path:
        _refuse("the consistency proof is too short")
    position, last = first - 1, second - 1
    while position & 1:
        position >>= 1
        last >>= 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            _refuse("the consistency proof is too long")
        if position & 1 or position == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            new = node_hash(new, step)
        position >>= 1
        last >>= 1
    if last != 0:
        _refuse("the consistency proof is too short")
    if old != first_root or new != second_root:
        _refuse("the consistency proof leads to other roots")


def _split(size: int) -> int:
    """Return the largest power of two below ``size``."""
    return 1 << ((size - 1).bit_length() - 1)


def _path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    if len(leaves) == 1:
        return []
    cut = _split(len(leaves))
    if index < cut:
        return [*_path(leaves[:cut], index), root_of(leaves[cut:])]
    return [*_path(leaves[cut:], index - cut), root_of(leaves[:cut])]


def _growth(leaves: Sequence[bytes], first: int, *, whole: bool) -> list[bytes]:
    if first == len(leaves):
        return [] if whole else [root_of(leaves)]
    cut = _split(len(leaves))
    if first <= cut:
        return [*_growth(leaves[:cut], first, whole=whole), root_of(leaves[cut:])]
    return [*_growth(leaves[cut:], first - cut, whole=False), root_of(leaves[:cut])]


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(value) != 32 for value in hashes):
        _refuse("a hash is not 32 bytes long")


def _refuse(reason: str) -> NoReturn:
    raise VerificationError(reason, why="the proof does not show what it claims", code="VG507")
