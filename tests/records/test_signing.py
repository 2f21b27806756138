"""Signatures are written and read back as they are, and none can be moved to something else (integrity.md S-1)."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from signing_office import Office
from valgen.errors import VerificationError
from valgen.ledger.blobs import BlobRef
from valgen.ledger.canonical import decode, encode
from valgen.ledger.files import Layout
from valgen.ledger.heads import make_head, read_head
from valgen.ledger.keys import KeyStore
from valgen.ledger.merkle import Edge, leaf_hash
from valgen.ledger.people_kinds import check_manifest
from valgen.ledger.registry import Account
from valgen.model.project import HistoryRow
from valgen.model.version import FrozenVersion, Part, PartKind, Pinned
from valgen.records.signing import changed_draft, content_manifest, read_manifest
from valgen.records.signing_reader import key_note, read_signatures, read_signing

ROW = HistoryRow(version="1.0", date="2026-01-01", author="Anna Author", change_ref="CR-1", summary="First issue")
FROZEN = FrozenVersion(
    project="T1",
    key="URS",
    type="URS",
    number="T1-URS-001",
    title="User requirements of Ångström",
    version="1.0",
    history=(ROW,),
    parts=(
        Part(kind=PartKind.SETTING, id="Document control"),
        Part(kind=PartKind.ITEM, id="URS-002", fingerprint="v1:" + "2" * 64),
        Part(kind=PartKind.ITEM, id="URS-001", fingerprint="v1:" + "1" * 64),
    ),
    references=(Pinned(key="FS", number="T1-FS-001", title="Functions", version="1.0", content_sha256="f" * 64),),
    template="valgen:URS.rst",
    template_sha256="a" * 64,
    content_sha256="c" * 64,
    path="baselines/documents/URS/1.0.json",
)
SNAPSHOT = {
    "baselines/documents/URS/1.0.json": BlobRef("1" * 64, 10),
    "baselines/documents/URS/1.0.document.json": BlobRef("2" * 64, 20),
    f"baselines/documents/_media/{'3' * 64}": BlobRef("3" * 64, 30),
}
BODY = {
    "seq": 7,
    "document": "URS",
    "number": FROZEN.number,
    "version": "1.0",
    "title": FROZEN.title,
    "content": FROZEN.content_sha256,
}


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A project with a ledger and its staff."""
    made = Office(tmp_path / "project", monkeypatch)
    made.staff()
    return made


def test_a_manifest_follows_from_the_frozen_version_alone() -> None:
    data = content_manifest(FROZEN, SNAPSHOT)
    assert content_manifest(FROZEN, dict(reversed(SNAPSHOT.items()))) == data
    assert check_manifest(BODY, decode(data)) == []
    value = json.loads(data)
    assert value["items"] == {"URS-001": "v1:" + "1" * 64, "URS-002": "v1:" + "2" * 64}
    assert [one["path"] for one in value["snapshot"]] == sorted(SNAPSHOT)
    assert value["references"] == [{"key": "FS", "number": "T1-FS-001", "version": "1.0", "content": "f" * 64}]


def test_a_manifest_is_read_back_as_it_was_written() -> None:
    found = read_manifest(content_manifest(FROZEN, SNAPSHOT), BODY)
    assert (found.key, found.type, found.version, found.content) == ("URS", "URS", "1.0", "c" * 64)
    assert found.references == {"FS": ("1.0", "f" * 64)}
    assert found.snapshot == SNAPSHOT


@pytest.mark.parametrize("name", ["document", "number", "version", "title", "content"])
def test_a_manifest_of_something_else_than_its_record_is_refused(name: str) -> None:
    with pytest.raises(VerificationError, match="record 7"):
        read_manifest(content_manifest(FROZEN, SNAPSHOT), {**BODY, name: "d" * 64})


def test_half_a_character_in_a_title_is_made_visible_and_breaks_nothing() -> None:
    broken = dataclasses.replace(FROZEN, title="half \udc80", number="\ud800")
    assert b"half \\\\udc80" in content_manifest(broken, SNAPSHOT)
    body = changed_draft(
        broken, "", dataclasses.replace(ROW, summary="\udc80"), [("URS-001", "text", "", "\udc80")]
    ).body
    assert encode(dict(body))


def test_signatures_are_read_back_with_person_key_and_head(office: Office) -> None:
    office.approve("URS")
    records = read_signing(office.place.folder)
    assert read_signatures(office.place.folder) == records.signatures
    assert [one.record for one in records.signatures] == [one["seq"] for one in office.bodies("signature")]
    registry = records.registry
    for one in records.signatures:
        account = registry.accounts[one.account]
        assert (one.name, one.person, one.key) == (account.name, account.person, account.key_id)
        assert one.key_note == ""
        assert records.manifest(one.record).content == one.content
        assert one.record + 1 in records.facts.heads
    assert (records.facts.size, records.facts.single_administrator) == (len(office.lines()), False)
    assert records.facts.root_fingerprint == registry.root_fingerprint


def test_the_state_after_a_signature_is_that_of_then(office: Office) -> None:
    office.approve("URS")
    first = read_signing(office.place.folder)
    last = first.signatures[-1].record
    office.approve("FS")
    then = read_signing(office.place.folder).until(last)
    assert then.signatures == first.signatures
    assert (then.facts.size, then.facts.head) == (last + 1, first.facts.heads[last + 1])


@pytest.mark.parametrize(
    ("reset", "signed", "said"),
    [
        ("2026-03-02T09:27:00Z", "2026-03-02T09:30:00.000Z", "key from a reset 3 min before this signature"),
        ("2026-03-02T09:29:30Z", "2026-03-02T09:30:00Z", "key from a reset less than a minute before this signature"),
        ("2026-03-02T07:00:00Z", "2026-03-02T09:30:00Z", "key from a reset 2 hours before this signature"),
        ("2026-02-01T09:30:00Z", "2026-03-02T09:30:00Z", "key from a reset 29 days before this signature"),
        ("2026-03-02T09:31:00Z", "2026-03-02T09:30:00Z", "key from a reset less than a minute before this signature"),
    ],
)
def test_a_key_from_a_reset_is_named_for_as_long_as_it_is_used(reset: str, signed: str, said: str) -> None:
    account = Account(
        id="u-0001", person="u-0001", user="anna", name="Anna", function="", email="", service=False, roles=(),
        state="active", key_cause="reset", reset_time=reset, key_time=reset,
    )  # fmt: skip
    assert key_note(account, signed) == said
    assert key_note(dataclasses.replace(account, key_cause="activation"), signed) == ""


def test_a_signature_moved_to_anything_else_is_refused_whoever_seals_it(office: Office) -> None:
    """S-1, S-2: the attacker has every file and the keys of the machine, and no key of a person."""
    office.approve("URS")
    office.sign("FS", "authored", "anna")
    lines = office.lines()
    place = max(number for number, line in enumerate(lines) if b'"meaning":"approved"' in line)
    other = next(number for number, line in enumerate(lines) if b'"document":"FS"' in line and b'"sigs"' in line)
    assert read_signatures(office.place.folder)
    moves: list[dict[str, Any]] = [
        {"document": "FS"},
        {"version": "1.1"},
        {"number": "T1-URS-002"},
        {"content": "0" * 64},
        {"meaning": "reviewed"},
        {"role": "author"},
        {"reason": "something else was checked here"},
        {"name": "Somebody Else"},
        {"time": "2026-01-01T00:00:00.000Z"},
        {"origin": "valgen:00000000-0000-4000-8000-000000000000/T2"},
        {"actor": "u-0001"},
        {"rendition": {"name": "URS-1.0.docx", "media_type": "", "sha256": "0" * 64, "size": 1}},
    ]
    for move in moves:
        assert refused(office, lines, place, changed(lines[place], move)), move
    as_rejection = json.loads(lines[place])
    del as_rejection["body"]["meaning"]
    as_rejection["body"]["kind"] = "rejection"
    as_rejection["type"] = as_rejection["type"].replace("signature", "rejection")
    assert refused(office, lines, place, encode(as_rejection))
    bound = json.loads(lines[other])
    bound["sigs"] = json.loads(lines[place])["sigs"]
    assert refused(office, lines, other, encode(bound))


def changed(line: bytes, move: dict[str, Any]) -> bytes:
    value = json.loads(line)
    value["body"] |= move
    return encode(value)


def refused(office: Office, lines: list[bytes], place: int, line: bytes) -> bool:
    """Put a line into the log, seal it with the keys of the machine, and tell whether reading refuses it."""
    assert line != lines[place]
    folder, before = office.place.folder, {}
    forged = [*lines[:place], line, *lines[place + 1 :]]
    layout = Layout(folder)
    for path in (layout.checkpoint, layout.kept, *(path for _, path in layout.segments())):
        before[path] = path.read_bytes()
    try:
        _, segment = layout.segments()[0]
        segment.chmod(0o644)
        segment.write_bytes(b"".join(one + b"\n" for one in forged))
        reseal(layout, forged, office.place.keystore)
        try:
            read_signing(folder)
        except VerificationError:
            return True
        return False
    finally:
        for path, data in before.items():
            path.write_bytes(data)


def reseal(layout: Layout, lines: list[bytes], keystore: Path) -> None:
    edge = Edge()
    for line in lines:
        edge.append(leaf_hash(line))
    old = read_head(layout.checkpoint.read_bytes())
    head = make_head(
        origin=old.checkpoint.origin,
        size=edge.size,
        root=edge.root(),
        kept=old.kept,
        count=old.count,
        digest=old.digest,
        key=KeyStore(keystore).machine_key("log"),
    )
    layout.checkpoint.write_bytes(head.note)


def test_the_forger_of_these_tests_seals_so_that_only_the_signature_is_in_the_way(office: Office) -> None:
    office.approve("URS")
    reseal(Layout(office.place.folder), office.lines(), office.place.keystore)
    assert len(read_signatures(office.place.folder)) == 3
