"""Steps of the mock inspection: the process of KRAS-001 and the proof that nothing changed."""

from __future__ import annotations

import json
import re
from typing import Any

from pytest_bdd import given, parsers, then, when
from vault.canonical import moment_of, sha256_hex
from vault.packages import differences

from .acting_steps import act
from .world import as_json, user_of

RECORD = "KRAS-001"


@given("KRAS-001 went through its process")
def process(site: Any, evidence: Any, datatable: list[list[str]]) -> None:
    rows = []
    for step, person, what, reason in datatable[1:]:
        matched = re.fullmatch(r"(.+) revision (\d+)", what)
        if matched is None:
            raise ValueError(f"no such act: {what}")
        doing, number = matched.group(1), int(matched.group(2))
        if doing == "store":
            revision = site.store(person, RECORD, number=number, reason=reason)
            answer = f"revision {revision.number}, address {revision.address}"
        else:
            act(site, person, doing, RECORD, number)
            answer = site.outcome()
        rows.append({"Step": step, "Person": person, "Act": what, "Answer": answer})
    evidence.table(rows)
    assert all("refused" not in row["Answer"] for row in rows)


@when(parsers.parse('the process owner looks at the state of "{record}"'))
def looks_at_state(site: Any, evidence: Any, record: str) -> None:
    name = site.record(record)
    released = site.vault.released(name)
    site.answer = [
        {
            "revision": str(one.number),
            "author": one.author,
            "released": "yes" if one.number in released else "no",
            "reason": json.loads(site.vault_store().get(f"packages/{one.address}/manifest.json"))["reason"],
        }
        for one in site.vault.revisions(name)
    ]
    evidence.actual(f"{len(site.answer)} revisions, released: {', '.join(map(str, released)) or 'none'}")


@then("these revisions exist")
def revisions_exist(site: Any, evidence: Any, datatable: list[list[str]]) -> None:
    found = [[one["revision"], one["author"], one["reason"], one["released"]] for one in site.answer]
    evidence.table(site.answer)
    assert found == [[row[0], user_of(row[1]), row[2], row[3]] for row in datatable[1:]]


@then(parsers.parse("author, reviewer and approver of revision {number:d} are three different persons"))
def three_persons(site: Any, evidence: Any, number: int) -> None:
    found = {
        one.meaning: one.user for one, result in site.vault.signatures(site.record(RECORD), number) if result == "valid"
    }
    evidence.actual(", ".join(f"{meaning}: {user}" for meaning, user in found.items()))
    assert set(found) == {"authored", "reviewed", "approved"}
    assert len(set(found.values())) == 3


@then(parsers.parse("the digest of the manifest, computed now, equals the address of revision {number:d}"))
def manifest_equals(site: Any, evidence: Any, number: int) -> None:
    computed = sha256_hex(site.contents.manifest)
    evidence.expected(site.address(RECORD, number))
    evidence.actual(computed)
    assert computed == site.address(RECORD, number)


@then("the digest of each file, computed now, equals the one in the manifest")
def files_equal(site: Any, evidence: Any) -> None:
    listed = {one["path"]: one["sha256"] for one in json.loads(site.contents.manifest)["files"]}
    rows = [
        {
            "File": path,
            "SHA-256 in the manifest": listed.get(path, "not listed"),
            "SHA-256 computed now": sha256_hex(data),
        }
        for path, data in sorted(site.contents.files.items())
    ]
    evidence.table(rows)
    assert len(rows) == len(listed)
    assert all(row["SHA-256 in the manifest"] == row["SHA-256 computed now"] for row in rows)


@then(parsers.parse("each signature of revision {number:d} covers this address and is valid"))
def signatures_cover(site: Any, evidence: Any, number: int) -> None:
    found = site.vault.signatures(site.record(RECORD), number)
    evidence.table(
        [
            {
                "Signer": one.printed_name,
                "Meaning": one.meaning,
                "Signed at": one.signed_at,
                "Address signed": one.address,
                "Check": result,
            }
            for one, result in found
        ]
    )
    assert len(found) == 3
    assert all(result == "valid" and one.address == site.contents.revision.address for one, result in found)


@then(parsers.parse("no object of revision {number:d} was written or marked as deleted after the first signature"))
def nothing_written(site: Any, evidence: Any, number: int) -> None:
    histories = site.vault_store().histories(f"packages/{site.address(RECORD, number)}/")
    evidence.table(
        [
            {
                "Object": key.partition("/")[2].partition("/")[2],
                "Versions": one.versions,
                "Delete markers": one.delete_markers,
            }
            for key, one in histories.items()
        ]
    )
    assert len(histories) == 4
    assert all(one.untouched for one in histories.values())


@then(
    parsers.parse(
        'the audit trail of "{record}" is intact and shows no change of revision {number:d} after the first signature'
    )
)
def trail_shows_no_change(site: Any, evidence: Any, record: str, number: int) -> None:
    check = site.vault.check_audit_trail(site.record(record))
    entries = site.entries(record)
    signed = min(moment_of(one.at) for one in entries if one.act == "signed" and one.revision == number)
    later = [one for one in entries if moment_of(one.at) > signed and one.address_before != one.address_after]
    evidence.table(site.events(record))
    evidence.actual(f"check: {check}; entries that changed the record after the first signature: {len(later)}")
    assert check == "intact"
    assert later == []


@then("README, manifest and result of the verification are attached")
def proof_attached(site: Any, evidence: Any) -> None:
    found = differences(site.contents.manifest, site.contents.revision.address, site.contents.files)
    evidence.attach(site.contents.files["README.md"], "README.md", "text/markdown")
    evidence.attach(as_json(json.loads(site.contents.manifest)), "manifest.json", "application/json")
    evidence.attach(
        as_json({"address": site.contents.revision.address, "result": found or ["unaltered"]}),
        "verification.json",
        "application/json",
    )
    evidence.actual(f"verification: {'; '.join(found) or 'unaltered'}")
    assert found == []


@then("README, manifest, audit trail and the complete copy are attached")
def handed_over(site: Any, evidence: Any) -> None:
    evidence.attach(site.copy.file("README.md"), "README.md", "text/markdown")
    evidence.attach(site.copy.file("record/manifest.json"), "manifest.json", "application/json")
    evidence.attach(site.copy.file("audit-trail/entries.csv"), "audit-trail.csv", "text/csv")
    evidence.attach(site.copy.data, site.copy.name, "application/zip")
    evidence.actual(f"{site.copy.name}, {len(site.copy.data)} bytes, SHA-256 {sha256_hex(site.copy.data)}")
    assert len(site.copy.names()) == 12
