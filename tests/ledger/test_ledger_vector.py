"""The ledger of tests/vectors/ledger: written again byte for byte, verified, and every alteration noticed.

Rows of integrity.md: I-1, I-2, I-3, I-5, I-9, I-11.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path

import ledger_people as people
import pytest

import tamper
from valgen.ledger import files
from valgen.ledger.store import Log, read_log
from valgen.ledger.verify import verify_log

ROOT = Path(__file__).parents[2]
VECTOR = ROOT / "tests/vectors/ledger"
TEXT = (ROOT / "docs/format-ledger.md").read_text(encoding="utf-8")
FINGERPRINT = verify_log(VECTOR).root_fingerprint


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "ledger"
    shutil.copytree(VECTOR, folder)
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o644)
    return folder


def test_the_vector_ledger_is_written_again_byte_for_byte(tmp_path: Path) -> None:
    people.build_ledger(tmp_path, people.QUICK)
    written = tamper.covered(tmp_path / ".valgen")
    for name, content in files.FIXED_LEDGER.items():
        assert written.pop(name) == content
    assert written == {name: data for name, data in tamper.covered(VECTOR).items() if not name.startswith(".git")}


def test_the_vector_ledger_verifies() -> None:
    report = verify_log(VECTOR, strict=True, root=FINGERPRINT)
    assert report.problems == ()
    assert (report.mode, report.rooted, report.root_compared) == ("ledger", True, True)
    assert report.origin == f"valgen:{people.IDENTITY}/S3V"
    assert (report.records, report.unanchored) == (53, 1)
    assert "Quinn Quality (u-0004) in record 52" in report.anchored_to
    assert not report.single_administrator


def test_the_document_shows_the_values_of_the_vector_ledger() -> None:
    report = verify_log(VECTOR)
    for value in (report.root_fingerprint, report.root, report.origin):
        assert f"`{value}`" in TEXT
    for stored in read_log(VECTOR):
        assert f"| {stored.seq} | `{stored.kind}` | `{stored.body['actor']}` | `{stored.leaf}` |" in TEXT


def test_the_vector_ledger_holds_every_kind_of_people_but_those_of_anchors_and_restores() -> None:
    from valgen.ledger.kinds import KINDS

    found = {stored.kind for stored in read_log(VECTOR)}
    missing = {name for name, kind in KINDS.items() if not kind.dry} - found
    assert missing == {
        "account.changed",
        "account.disabled",
        "account.unlocked",
        "anchor",
        "credentials.changed",
        "restored",
        "role.revoked",
        "verified",
    }


@pytest.mark.usefixtures("quick_signatures")
def test_a_changed_byte_in_any_file_of_a_ledger_is_noticed(copy: Path) -> None:
    """I-1, one pattern: every so-many-th byte here, every byte in the long test below."""
    assert noticed(copy, tamper.flips(tamper.covered(copy), 131)).total() > 400


@pytest.mark.usefixtures("quick_signatures")
def test_structural_alterations_of_a_ledger_are_noticed(copy: Path) -> None:
    """I-5, I-9, I-11: lines deleted, repeated and moved, other spellings, blobs exchanged."""
    original = tamper.covered(copy)
    changes = [*tamper.conversions(original), *tamper.spellings(original), *tamper.blobs(original)]
    lines = [one for number, one in enumerate(tamper.lines(original)) if number % 29 == 0]
    assert noticed(copy, [*changes[::5], *lines]).total() > 200


@pytest.mark.skipif(not os.environ.get("VALGEN_EVERY_BYTE"), reason="takes a quarter of an hour; set VALGEN_EVERY_BYTE")
@pytest.mark.usefixtures("quick_signatures")
def test_every_changed_byte_in_every_file_of_a_ledger_is_noticed(copy: Path) -> None:
    """I-1, every place."""
    tried = noticed(copy, tamper.flips(tamper.covered(copy)))
    assert tried["flip"] == sum(map(len, tamper.covered(copy).values()))


def noticed(folder: Path, mutations) -> Counter[str]:  # type: ignore[no-untyped-def]
    """Try mutations; return how many of each sort were tried, all of them noticed with a place."""
    original = tamper.covered(folder)
    tried: Counter[str] = Counter()
    missed = []
    for name, changes in mutations:
        if all(original.get(path) == data for path, data in changes.items()):
            continue
        for path, data in changes.items():
            if data is None:
                (folder / path).unlink()
            else:
                (folder / path).write_bytes(data)
        tried[name.split()[0]] += 1
        report = verify_log(folder)
        if report.ok or not all(problem.where for problem in report.problems):
            missed.append(name)
        for path in changes:
            (folder / path).write_bytes(original[path])
    assert missed == []
    assert verify_log(folder).ok
    return tried


def test_a_copied_ledger_is_continued_after_git_dropped_its_empty_folders(copy: Path, tmp_path: Path) -> None:
    store = people.make_keys(tmp_path / "keys", people.seeds(2))
    log = Log.open_ledger(copy, project="S3V", now=people.time(500), keystore=store, root=FINGERPRINT)
    assert log.registry.account_of_user("quinn.quality").id == "u-0004"  # type: ignore[union-attr]
    log.append(
        [people.Draft("login.failed", {"account": "", "source": "x", "reason": "credentials"})],
        time=people.time(501),
        mono=1,
        boot="boot-2",
        actor="valgen",
        durable=True,
    )
    log.close()
    assert verify_log(copy, root=FINGERPRINT).problems == ()
