"""Tree and proofs as in RFC 6962 (integrity.md I-13, I-14)."""

from __future__ import annotations

import hashlib

import pytest

from valgen.errors import VerificationError
from valgen.ledger import merkle

# The eight leaves that implementations of RFC 6962 commonly use, and the roots over the first n of them.
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]


def reference_root(hashes: list[bytes]) -> bytes:
    """The definition of RFC 6962 section 2.1, literally."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return hashlib.sha256(b"\x01" + reference_root(hashes[:k]) + reference_root(hashes[k:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_known_roots(size: int) -> None:
    assert merkle.root_of(HASHES[:size]).hex() == ROOTS[size]


def test_growing_tree_equals_the_definition() -> None:
    edge = merkle.Edge()
    hashes = [hashlib.sha256(bytes([n])).digest() for n in range(130)]
    for n, leaf in enumerate(hashes):
        assert edge.root() == reference_root(hashes[:n])
        edge.append(leaf)
    twin = edge.copy()
    twin.append(hashes[0])
    assert (edge.size, twin.size) == (130, 131)
    assert edge.root() == reference_root(hashes)


def test_every_inclusion_proof_holds_and_no_altered_one_does() -> None:
    for size in range(1, 20):
        leaves = [hashlib.sha256(bytes([n])).digest() for n in range(size)]
        root = merkle.root_of(leaves)
        for index in range(size):
            proof = merkle.inclusion_proof(leaves, index)
            merkle.verify_inclusion(leaves[index], index, size, proof, root)
            wrong = [
                (leaves[index], index, size, [*proof, root], root),
                (leaves[index], index, size, proof[:-1], root) if proof else (root[::-1], index, size, proof, root),
                (leaves[index], size, size, proof, root),
                (leaves[index], -1, size, proof, root),
                (leaves[index], index, size, proof, root[::-1]),
                (b"x" * 32, index, size, proof, root),
                (leaves[index], index, size, [b"short", *proof[1:]], root),
            ]
            wrong += [
                (leaves[index], index, size, [*proof[:k], b"y" * 32, *proof[k + 1 :]], root) for k in range(len(proof))
            ]
            wrong += [(leaves[index], other, size, proof, root) for other in range(size) if other != index]
            for arguments in wrong:
                with pytest.raises(VerificationError):
                    merkle.verify_inclusion(*arguments)


def test_every_consistency_proof_holds_and_no_altered_one_does() -> None:
    leaves = [hashlib.sha256(bytes([n])).digest() for n in range(19)]
    for second in range(1, 20):
        new = merkle.root_of(leaves[:second])
        for first in range(1, second + 1):
            old = merkle.root_of(leaves[:first])
            proof = merkle.consistency_proof(leaves[:second], first)
            merkle.verify_consistency(first, second, old, new, proof)
            wrong = [
                (first, second, old, new, [*proof, b"z" * 32]),
                (first, second, old[::-1], new, proof),
                (first, second, old, new[::-1], proof),
                (0, second, old, new, proof),
                (second + 1, second, old, new, proof),
            ]
            if proof:
                wrong.append((first, second, old, new, proof[:-1]))
                wrong += [
                    (first, second, old, new, [*proof[:k], b"y" * 32, *proof[k + 1 :]]) for k in range(len(proof))
                ]
            for arguments in wrong:
                with pytest.raises(VerificationError):
                    merkle.verify_consistency(*arguments)


def test_a_proof_from_the_empty_log_is_refused() -> None:
    with pytest.raises(VerificationError, match="from 0"):
        merkle.consistency_proof(HASHES, 0)
    with pytest.raises(VerificationError, match="from 0"):
        merkle.verify_consistency(0, 8, merkle.EMPTY_ROOT, merkle.root_of(HASHES), [])


def test_a_record_that_looks_like_two_hashes_is_no_node() -> None:
    forged = merkle.leaf_hash(HASHES[0] + HASHES[1])
    assert forged != merkle.node_hash(HASHES[0], HASHES[1])
    assert merkle.root_of([forged]) != merkle.root_of(HASHES[:2])
