"""Anchor files of a log, what they prove, and heads that contradict each other (integrity.md I-4, I-6, I-7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ledger_tsa import Authority, Holder, holder
from valgen.errors import VerificationError
from valgen.ledger.anchors import (
    Anchor,
    Checked,
    Facts,
    GitPlace,
    State,
    anchor_name,
    anchored_to,
    brought_head,
    check_anchors,
    read_anchor,
    read_anchors,
    shown_openly,
)
from valgen.ledger.forks import compare_heads
from valgen.ledger.merkle import consistency_proof, leaf_hash, root_of
from valgen.ledger.note import Checkpoint, sign_note
from valgen.ledger.timestamps import normal_form, request

ORIGIN = "valgen:0d9f/S3V"
REMOTE = "https://git.example/quality/s3v.git"
PLACE = GitPlace(remote=REMOTE, commit="ab" * 20, path="checkpoints/latest", time="2026-03-02T09:40:00Z")


class Key:
    """A log key with a known seed."""

    def __init__(self, seed: int) -> None:
        private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.sign = private.sign


LOG_KEY, OTHER_KEY = Key(1), Key(2)


@dataclass(frozen=True)
class Ledger:
    """Records and what can be said about them."""

    lines: tuple[bytes, ...]
    origin: str = ORIGIN

    def root(self, size: int) -> bytes:
        return root_of([leaf_hash(line) for line in self.lines[:size]])

    def note(self, size: int, key: Key = LOG_KEY) -> bytes:
        text = Checkpoint(origin=self.origin, size=size, root=self.root(size)).text()
        return sign_note(text, self.origin, key.public, key.sign)

    def facts(self) -> Facts:
        sizes = range(1, len(self.lines) + 1)
        return Facts(
            origin=self.origin,
            size=len(self.lines),
            keys=[LOG_KEY.public],
            roots={size: self.root(size) for size in sizes},
            notes={size: [self.note(size)] for size in sizes},
        )


def ledger(count: int = 9, changed: int | None = None) -> Ledger:
    """Return a ledger of so many records, one of them with other content."""
    return Ledger(tuple(b"record %d%s" % (place, b"!" * (place == changed)) for place in range(count)))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Authority, Holder, Holder]:
    root = holder("root", ca=True)
    signer = holder("time stamps", root)
    return Authority(tmp_path_factory.mktemp("tsa"), signer), signer, root


def stamp(authority: tuple[Authority, Holder, Holder], note: bytes, size: int = 7) -> Anchor:
    return read_anchor(anchor_name(size, "tsr"), normal_form(authority[0].answer(request(note, 5))))


def check(anchor: Anchor, log: Ledger | None = None, **sources: Any) -> Checked:
    return check_anchors([anchor], (log or ledger()).facts(), **sources)[0]


# Files


def test_anchor_files_are_read_by_size_and_kind(tmp_path: Path, authority: tuple[Authority, Holder, Holder]) -> None:
    log = ledger()
    contents = {
        "000000007.tsr": stamp(authority, log.note(7)).data,
        "000000005.git": PLACE.content(),
        "000000009.head": log.note(9),
    }
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    found = read_anchors(tmp_path)
    assert [(one.size, one.kind) for one in found] == [(5, "git"), (7, "tsr"), (9, "head")]
    assert {one.name: one.data for one in found} == contents
    assert found[0].place == PLACE and found[2].head is not None and found[2].head.size == 9


def test_log_without_anchors_has_none(tmp_path: Path) -> None:
    assert read_anchors(tmp_path / "anchors") == []


@pytest.mark.parametrize(
    "name",
    ["7.tsr", "000000000.git", "0000000007.git", "000000007.s3", "000000007.tsr.bak", "000000007.TSR", "readme",
     "000000007.git~", "٠٠٠٠٠٠٠٠٧.git"],
)  # fmt: skip
def test_unknown_name_among_the_anchors_is_a_problem(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(PLACE.content())
    with pytest.raises(VerificationError, match="not the name of an anchor") as caught:
        read_anchors(tmp_path)
    assert caught.value.code == "VG542"


def test_every_problem_is_told_and_the_good_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "000000005.git").write_bytes(PLACE.content())
    (tmp_path / "000000006.git").write_bytes(PLACE.content() + b"\n")
    (tmp_path / "000000007.tsr").write_bytes(b"nonsense")
    (tmp_path / "000000008.head").write_bytes(ledger().note(7))
    (tmp_path / "000000009.head").symlink_to("000000005.git")
    (tmp_path / "notes.txt").write_bytes(b"")
    (tmp_path / "000000004.git").mkdir()
    told: list[tuple[str, str, str]] = []
    found = read_anchors(tmp_path, lambda *problem: told.append(problem))
    assert [one.name for one in found] == ["000000005.git"]
    assert [where.rpartition("/")[2] for _, where, _ in told] == [
        "000000004.git", "000000006.git", "000000007.tsr", "000000008.head", "000000009.head", "notes.txt"
    ]  # fmt: skip
    assert {code for code, _, _ in told} == {"VG515", "VG542"}


def test_folder_that_is_a_link_or_file_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "file").write_bytes(b"")
    for name in ("link", "file"):
        with pytest.raises(VerificationError) as caught:
            read_anchors(tmp_path / name)
        assert caught.value.code == "VG515"


@pytest.mark.parametrize(
    "remote",
    ["", "https://user:secret@git.example/x", "https://token@git.example/x", "ssh://git:secret@git.example/x",
     "user:secret@git.example:x", "https://git.example/x?token=1", "https://git.example/x#1", "https://git.example/\n"],
)  # fmt: skip
def test_address_that_may_hold_a_secret_is_refused(remote: str) -> None:
    assert not shown_openly(remote)
    with pytest.raises(VerificationError) as caught:
        replace(PLACE, remote=remote).content()
    assert "secret" not in caught.value.what and "token@" not in caught.value.what


@pytest.mark.parametrize("remote", [REMOTE, "ssh://git@git.example/x.git", "git@git.example:x.git", "../mirror.git"])
def test_address_without_secret_is_kept(remote: str) -> None:
    place = replace(PLACE, remote=remote)
    assert read_anchor("000000001.git", place.content()).place == place


@pytest.mark.parametrize(
    "change",
    [{"commit": "ab"}, {"commit": "AB" * 20}, {"path": "/x"}, {"path": "a/../b"}, {"path": ""}, {"time": "today"}],
    ids=str,
)
def test_git_anchor_with_a_part_that_cannot_be_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(VerificationError):
        replace(PLACE, **change).content()


def test_git_anchor_has_one_spelling() -> None:
    data = PLACE.content()
    for other in (data.replace(b":", b": ", 1), data[:-1] + b',"more":"1"}', b"{}", data.replace(b'"ab', b'"xx', 1)):
        with pytest.raises(VerificationError):
            read_anchor("000000001.git", other)


def test_time_stamp_has_one_spelling(authority: tuple[Authority, Holder, Holder]) -> None:
    data = stamp(authority, b"x").data
    with pytest.raises(VerificationError, match="one allowed way"):
        read_anchor("000000001.tsr", data[9:])


# What anchors prove


def test_time_stamp_over_a_checkpoint_covers_its_records(authority: tuple[Authority, Holder, Holder]) -> None:
    _, signer, root = authority
    found = check(stamp(authority, ledger().note(7)), roots=[root.pem], certificates=[signer.pem])
    assert found.state is State.HOLDS and found.witness == "time stamps" and found.time.endswith("Z")
    assert anchored_to([found]) == 7


def test_time_stamp_of_an_unknown_authority_fits_and_covers_nothing(
    authority: tuple[Authority, Holder, Holder],
) -> None:
    found = check(stamp(authority, ledger().note(7)))
    assert found.state is State.FITS and found.code == "VG544"
    assert anchored_to([found]) == 0


def test_time_stamp_of_a_foreign_root_is_broken(authority: tuple[Authority, Holder, Holder]) -> None:
    found = check(stamp(authority, ledger().note(7)), roots=[holder("x", ca=True).pem], certificates=[authority[1].pem])
    assert found.state is State.BROKEN and found.code == "VG540"


def test_time_stamp_shows_that_records_were_rewritten(authority: tuple[Authority, Holder, Holder]) -> None:
    found = check(stamp(authority, ledger(changed=3).note(7)), roots=[authority[2].pem])
    assert found.state is State.BROKEN and found.code == "VG543"


def test_every_anchor_shows_that_the_log_was_put_back(authority: tuple[Authority, Holder, Holder]) -> None:
    log = ledger()
    newer = [
        stamp(authority, log.note(7)),
        read_anchor(anchor_name(7, "git"), PLACE.content()),
        read_anchor(anchor_name(7, "head"), log.note(7)),
        brought_head(log.note(7)),
    ]
    for kept in range(1, 7):
        for found in check_anchors(newer, ledger(kept).facts(), roots=[authority[2].pem]):
            assert found.state is State.BROKEN and found.code == "VG543" and "put back" in found.reason


def test_anchor_without_its_checkpoint_is_broken() -> None:
    facts = replace(ledger().facts(), notes={})
    found = check_anchors([read_anchor(anchor_name(7, "git"), PLACE.content())], facts)[0]
    assert found.state is State.BROKEN and "no checkpoint of 7 records" in found.reason


def test_git_anchor_holds_when_the_remote_has_the_checkpoint() -> None:
    anchor = read_anchor(anchor_name(7, "git"), PLACE.content())
    found = check(anchor, committed=lambda place: ledger().note(7) if place == PLACE else None)
    assert found.state is State.HOLDS and (found.time, found.witness) == (PLACE.time, REMOTE)
    assert anchored_to([found]) == 7


def test_git_anchor_that_was_not_compared_covers_nothing() -> None:
    anchor = read_anchor(anchor_name(7, "git"), PLACE.content())
    for found in (check(anchor), check(anchor, committed=lambda _: None)):
        assert found.state is State.FITS and found.code == "VG544" and anchored_to([found]) == 0


def test_git_anchor_with_another_checkpoint_at_the_remote_is_broken() -> None:
    anchor = read_anchor(anchor_name(7, "git"), PLACE.content())
    found = check(anchor, committed=lambda _: ledger(changed=2).note(7))
    assert found.state is State.BROKEN and found.code == "VG543"


def test_head_beside_the_log_must_fit_and_covers_nothing() -> None:
    found = check(read_anchor(anchor_name(7, "head"), ledger().note(7)))
    assert found.state is State.FITS and anchored_to([found]) == 0


def test_head_that_a_person_brings_covers_its_records() -> None:
    found = check(brought_head(ledger().note(7)))
    assert found.state is State.HOLDS and anchored_to([found]) == 7


@pytest.mark.parametrize(
    "note",
    [
        ledger(changed=3).note(7),
        ledger().note(7, OTHER_KEY),
        replace(ledger(), origin="valgen:ffff/S3V").note(7),
    ],
    ids=["other records", "other key", "other ledger"],
)
@pytest.mark.parametrize("brought", [False, True])
def test_head_that_contradicts_the_log_is_broken(note: bytes, brought: bool) -> None:
    found = check(brought_head(note) if brought else read_anchor(anchor_name(7, "head"), note))
    assert found.state is State.BROKEN and found.code == "VG543"


def test_head_with_nothing_in_it_is_refused() -> None:
    with pytest.raises(VerificationError, match="without records"):
        brought_head(ledger(0).note(0))


def test_largest_size_that_holds_counts() -> None:
    log = ledger()
    notes = [log.note(4), log.note(6), ledger(changed=0).note(8)]
    found = check_anchors([brought_head(note) for note in notes], log.facts())
    assert anchored_to(found) == 6 and anchored_to([]) == 0


# Heads


def compare(first: bytes, second: bytes, **options: Any) -> Any:
    return compare_heads(first, second, **{"keys": [LOG_KEY.public], **options})


@pytest.mark.parametrize("forked_at", range(9))
def test_fork_at_any_record_is_noticed(forked_at: int) -> None:
    true, false = ledger(), ledger(changed=forked_at)
    proof_of_false = [leaf_hash(line) for line in false.lines]
    for size in range(forked_at + 1, 10):
        for larger in range(size, 10):
            for options in ({"lines": true.lines}, {"lines": false.lines},
                            {"proof": consistency_proof(proof_of_false[:larger], size)}):  # fmt: skip
                with pytest.raises(VerificationError) as caught:
                    compare(true.note(size), false.note(larger), **options)
                assert caught.value.code == "VG545"


def test_heads_of_one_history_are_consistent_by_records_and_by_proof() -> None:
    log = ledger()
    leaves = [leaf_hash(line) for line in log.lines]
    for small in range(1, 10):
        for large in range(small, 10):
            proof = consistency_proof(leaves[:large], small)
            for options in ({"lines": iter(log.lines)}, {"proof": proof}):
                found = compare(log.note(large), log.note(small), **options)
                assert (found.older.size, found.newer.size) == (small, large)


def test_equal_heads_need_nothing_else() -> None:
    assert compare(ledger().note(5), ledger().note(5)).older.size == 5
    with pytest.raises(VerificationError, match="two different histories of 5 records"):
        compare(ledger().note(5), ledger(changed=1).note(5))


def test_heads_of_different_size_alone_give_no_answer() -> None:
    with pytest.raises(VerificationError) as caught:
        compare(ledger().note(5), ledger().note(6))
    assert caught.value.code == "VG546"


def test_head_that_covers_more_than_the_records_given_is_no_proof() -> None:
    with pytest.raises(VerificationError, match="has 7 records, and a head of 9"):
        compare(ledger().note(5), ledger().note(9), lines=ledger().lines[:7])


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (ledger().note(6, OTHER_KEY), "VG506"),
        (ledger().note(6).replace(b"\n6\n", b"\n7\n"), "VG506"),
        (b"nonsense", "VG506"),
        (replace(ledger(), origin="valgen:ffff/S3V").note(6), "VG504"),
        (ledger(0).note(0), "VG546"),
    ],
    ids=["unknown key", "altered", "no head", "other ledger", "no records"],
)
def test_head_that_says_nothing_about_this_ledger_is_refused(other: bytes, code: str) -> None:
    for first, second in ((ledger().note(9), other), (other, ledger().note(9))):
        with pytest.raises(VerificationError) as caught:
            compare(first, second, lines=ledger().lines)
        assert caught.value.code == code


def test_without_known_keys_no_head_is_believed() -> None:
    with pytest.raises(VerificationError, match="no key"):
        compare(ledger().note(5), ledger().note(5), keys=[])
