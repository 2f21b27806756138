"""Attacks on the ledger as a log by somebody with files or with the keys of a machine (integrity.md I-4, I-6, I-11 to
I-15; C-5 is in test_ledger_store)."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import ledger_people as people
import pytest
from ledger_people import Forger, World

from valgen.errors import VerificationError
from valgen.ledger import merkle
from valgen.ledger.note import key_hint
from valgen.ledger.store import read_log
from valgen.ledger.verify import Known, verify_log

VECTOR = Path(__file__).parents[2] / "tests/vectors/ledger"
PERSONAL = {"signature", "rejection", "review", "audit.reviewed"}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "ledger"
    shutil.copytree(VECTOR, folder)
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o644)
    return folder


def insider(folder: Path) -> Forger:
    """Return somebody with all files and the keys of both machines of the vector ledger."""
    keys = [*people.machine_keys(1).values(), *people.machine_keys(2).values()]
    return Forger(folder, keys, people.machine_keys(2)["log"])


def codes(folder: Path, **options: Any) -> set[str]:
    return {problem.code for problem in verify_log(folder, **options).problems}


def records() -> list[Any]:
    return list(read_log(VECTOR))


@pytest.mark.usefixtures("quick_signatures")
def test_a_record_deleted_with_the_log_key_is_noticed_at_the_next_signature_of_a_person(copy: Path) -> None:
    """I-6: every record in turn; all later ones are numbered and signed anew as far as the attacker can."""
    kinds = [stored.kind for stored in records()]
    signed = [n for n, kind in enumerate(kinds) if kind not in _RECORDED and kind != "step.result"]
    for number in range(1, max(signed)):
        forger = insider(copy)
        forger.remove(number)
        forger.seal()
        report = verify_log(copy)
        assert not report.ok, number
        first = min(n for n in signed if n > number)  # the first record after it that a person or the root signed
        named = {int(problem.where.split("record ")[1]) for problem in report.problems if "record " in problem.where}
        assert first - 1 in named, (number, kinds[number])
        shutil.rmtree(copy / "log")
        shutil.copytree(VECTOR / "log", copy / "log")


_RECORDED = {
    "login.failed",
    "session.closed",
    "document.changed",
    "refused",
    "run.started",
    "case.started",
    "case.result",
    "run.finished",
}


@pytest.mark.usefixtures("quick_signatures")
def test_a_result_changed_with_every_machine_key_is_noticed_at_the_first_head_after_it(copy: Path) -> None:
    """I-6: numbers stay as they are, so that only the heads in signatures can tell."""
    kinds = [stored.kind for stored in records()]
    for number, stored in enumerate(records()):
        if stored.kind not in _RECORDED or stored.kind == "document.changed":
            continue
        forger = insider(copy)
        forger.change(number, boot="boot-2")
        forger.seal()
        report = verify_log(copy)
        statements = [n for n, kind in enumerate(kinds) if kind in PERSONAL and n > number]
        places = [problem.where for problem in report.problems if problem.code == "VG556"]
        assert places[0].endswith(f"record {statements[0]}"), stored.kind
        assert len(places) == len(statements)
        shutil.rmtree(copy / "log")
        shutil.copytree(VECTOR / "log", copy / "log")


def test_what_lies_behind_the_last_signature_is_printed_as_not_anchored(copy: Path) -> None:
    """I-6: the stated limit. Records after the last signature can be rewritten with the keys of a machine."""
    forger = insider(copy)
    forger.add({"kind": "login.failed", "account": "", "source": "x", "reason": "credentials"}, [_recorder()])
    forger.seal()
    report = verify_log(copy)
    assert report.ok
    assert report.unanchored == 2


def _recorder() -> Any:
    return people.machine_keys(2)["recorder"]


def test_an_older_state_of_the_whole_ledger_is_noticed_by_whoever_kept_a_newer_head(tmp_path: Path) -> None:
    """I-4: all i < j; without a newer head the report says how far the ledger is covered."""
    world = World(tmp_path)
    ada = world.person("ada.admin", "administrator")
    snapshots = []
    for number in range(5):
        snapshot = tmp_path / f"state-{number}"
        shutil.copytree(world.folder, snapshot, ignore=shutil.ignore_patterns("lock", "tmp"))
        snapshots.append(snapshot)
        world.create(f"person{number}x", by=ada)
    world.log.close()
    for i, old in enumerate(snapshots):
        assert verify_log(old).ok
        for j, new in enumerate(snapshots):
            head = (new / "checkpoint").read_bytes()
            assert verify_log(old, known=Known(heads=[head])).ok == (j <= i), (i, j)


def test_records_of_another_project_with_the_same_keys_are_noticed(copy: Path, tmp_path: Path) -> None:
    """I-15: every record of another ledger of the same people, copied in and sealed."""
    other = people.build_ledger_of(tmp_path / "other", project="OTHER", identity="11111111-2222-4333-8444-555555555555")
    theirs = people.lines_of(other.folder)
    for number in (4, 19, 23, 49):
        forger = insider(copy)
        forger.lines[number] = theirs[number]
        forger.seal()
        problems = verify_log(copy).problems
        assert "VG504" in {p.code for p in problems if p.where.endswith(f"record {number}")}
    shutil.rmtree(copy / "log")
    shutil.copytree(other.folder / "log", copy / "log")
    assert "VG504" in codes(copy)


def test_other_spellings_of_a_signed_record_are_noticed_although_they_are_sealed(copy: Path) -> None:
    """I-11: key order, escapes, spaces, other base64, capital hex; the tree is computed over the new bytes."""
    original = people.lines_of(VECTOR)
    number = next(n for n, line in enumerate(original) if b'"kind":"signature"' in line)
    line = original[number]
    value = json.loads(line)
    sig = value["sigs"][0]["sig"]
    ways = {
        "order": json.dumps(value, sort_keys=False, separators=(",", ":"), ensure_ascii=False)
        .replace('{"body":', '{"type":"x","body":', 1)
        .encode(),
        "escape": line.replace(b'"meaning"', b'"m\\u0065aning"'),
        "space": line.replace(b'":', b'": ', 1),
        "url-safe": line.replace(sig.encode(), sig.replace("+", "-").replace("/", "_").encode()),
        "pad bits": line.replace(sig.encode(), (sig[:-3] + chr(ord(sig[-3]) + 1) + "==").encode()),
        "no padding": line.replace(sig.encode(), sig.rstrip("=").encode()),
        "capital hex": line.replace(value["body"]["salt"].encode(), b"A" * 32),
        "repeated key": line.replace(b'"meaning":', b'"meaning":"reviewed","meaning":', 1),
        "float": line.replace(b'"seq":', b'"seq":0.', 1),
    }
    for way, changed in ways.items():
        if changed == line:
            continue
        forger = insider(copy)
        forger.lines = [*original[:number], changed, *original[number + 1 :]]
        forger.seal()
        places = [problem.where for problem in verify_log(copy).problems]
        assert any(where.endswith(f"record {number}") for where in places), way


def test_a_checkpoint_counts_by_a_log_key_of_the_ledger_and_by_nothing_else(copy: Path) -> None:
    """I-12: unknown lines are passed over; recorder, person and root keys never seal; a wrong hint does not count."""
    origin = str(json.loads(people.lines_of(copy)[0])["body"]["origin"])
    for key in (people.machine_keys(2)["recorder"], people.make_key("root", 0), people.make_key("person", 1)):
        forger = insider(copy)
        forger.log_key = key
        forger.seal()
        assert "VG506" in codes(copy)
    insider(copy).seal()
    stranger = people.make_key("log", 99)
    kept = (copy / "checkpoints.jsonl").read_bytes().splitlines()
    note = json.loads(kept[-1])["checkpoint"]
    text = note.split("\n\n")[0] + "\n"
    blob = key_hint(origin, stranger.public) + stranger.sign(text.encode())
    unknown = f"— {origin} {people.base64.b64encode(blob).decode()}\n"
    for changed, good in ((note + unknown, True), (note + note.split("\n\n")[1], True), (text + "\n" + unknown, False)):
        last = people.encode({"checkpoint": changed})
        (copy / "checkpoints.jsonl").write_bytes(b"\n".join([*kept[:-1], last]) + b"\n")
        (copy / "checkpoint").write_bytes(changed.encode())
        assert ("VG506" not in codes(copy)) == good


def test_a_retired_log_key_seals_nothing_after_its_retirement(copy: Path) -> None:
    """S-13, I-12: the stolen key of the first machine."""
    forger = Forger(copy, [], people.machine_keys(1)["log"])
    forger.seal()
    report = verify_log(copy)
    assert {problem.where for problem in report.problems if problem.code == "VG506"} >= {"checkpoint"}


def test_proofs_of_ledger_records_of_a_wrong_form_are_refused() -> None:
    """I-13: wrong length, further hash, place out of range, no records."""
    leaves = [merkle.leaf_hash(line) for line in people.lines_of(VECTOR)]
    root, size = merkle.root_of(leaves), len(leaves)
    for index in (0, 17, size - 1):
        proof = merkle.inclusion_proof(leaves, index)
        merkle.verify_inclusion(leaves[index], index, size, proof, root)
        for wrong in (
            (index, size, proof[:-1]),
            (index, size, [*proof, root]),
            (size, size, proof),
            (index, 0, proof),
        ):
            with pytest.raises(VerificationError):
                merkle.verify_inclusion(leaves[index], *wrong, root)


def test_two_hashes_of_the_tree_never_pass_for_a_record(copy: Path) -> None:
    """I-14: a line that is a pair of inner hashes has another leaf hash, and is no record."""
    leaves = [merkle.leaf_hash(line) for line in people.lines_of(VECTOR)]
    pair = leaves[0] + leaves[1]
    assert merkle.leaf_hash(pair) != merkle.node_hash(leaves[0], leaves[1])
    people.operator(copy)("log/000000000.jsonl", pair.replace(b"\n", b" ") + b"\n")
    assert "VG507" in codes(copy)


def test_an_operator_without_keys_changes_nothing_unnoticed(copy: Path) -> None:
    """I-1, I-9: files put back, removed or exchanged by somebody with a shell."""
    put = people.operator(copy)
    for path in sorted(copy.rglob("*")):
        name = path.relative_to(copy).as_posix()
        if not path.is_file() or name.startswith(".git"):
            continue
        data = path.read_bytes()
        put(name, None)
        report = verify_log(copy)
        shown = any("files that were shown to signers" in note for note in report.notes)
        assert shown if data.startswith(b"%PDF") else not report.ok, name
        put(name, data)
    assert verify_log(copy).ok
