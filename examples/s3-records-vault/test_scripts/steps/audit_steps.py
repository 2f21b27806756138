"""Steps about the audit trail: entries, chain, period."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from pytest_bdd import given, parsers, then, when
from vault.canonical import moment_of

from .acting_steps import act
from .world import user_of


@when(parsers.parse('these acts are performed on "{record}"'))
def acts_performed(site: Any, evidence: Any, record: str, datatable: list[list[str]]) -> None:
    rows = []
    for person, what in datatable[1:]:
        act(site, person, what, record, 1)
        rows.append({"Person": person, "Act": what, "Answer": site.outcome()})
    evidence.table(rows)


@then(parsers.parse('the audit trail of "{record}" consists of exactly these entries'))
def consists_of_entries(site: Any, evidence: Any, record: str, datatable: list[list[str]]) -> None:
    evidence.table(site.events(record))
    found = [[str(one.number), one.printed_name, one.role, one.act] for one in site.entries(record)]
    assert found == datatable[1:]


@then(parsers.parse('the audit trail of "{record}" is attached'))
def trail_attached(site: Any, evidence: Any, record: str) -> None:
    data = b"".join(site.vault.trail.stored(site.record(record)))
    evidence.attach(data, f"audit-trail-{record}.jsonl", "application/json")
    evidence.actual(f"{len(data.splitlines())} entries, check: {site.vault.check_audit_trail(site.record(record))}")
    assert site.vault.check_audit_trail(site.record(record)) == "intact"


@then(parsers.parse('the last entry of the audit trail of "{record}" states'))
def last_entry_states(site: Any, evidence: Any, record: str, datatable: list[list[str]]) -> None:
    entry = site.entries(record)[-1]
    wanted, found = {}, {}
    for fact, value in datatable[1:]:
        matched = re.fullmatch(r"address of revision (\d+)", value)
        wanted[fact] = site.address(record, int(matched.group(1))) if matched else value
        found[fact] = str(getattr(entry, fact.replace(" ", "_")))
    evidence.table([{"Fact": fact, "Expected": wanted[fact], "Found": found[fact]} for fact in wanted])
    assert found == wanted
    site.answer = entry


@then("its time lies within 5 seconds of the clock of the tester's computer")
def time_is_now(site: Any, evidence: Any) -> None:
    now = datetime.now(UTC)
    evidence.actual(f"entry {site.answer.at}, clock {now.isoformat(timespec='milliseconds')}")
    assert abs(now - moment_of(site.answer.at)) <= timedelta(seconds=5)


@then(parsers.parse('the audit trail of "{record}" ends with the refusal'))
def ends_with_refusal(site: Any, evidence: Any, record: str) -> None:
    entry = site.entries(record)[-1]
    evidence.expected(f"refused: {site.refusal.code}: {site.refusal.detail}"[:500])
    evidence.actual(f"entry {entry.number}: {entry.act}: {entry.reason}")
    assert entry.act == "refused"
    assert entry.reason == f"{site.refusal.code}: {site.refusal.detail}"[:500]


@then(parsers.parse('the audit trail of "{record}" ends with an entry of "{person}" that says "{what}"'))
def ends_with_entry(site: Any, evidence: Any, record: str, person: str, what: str) -> None:
    entry = site.entries(record)[-1]
    evidence.actual(
        f"entry {entry.number} at {entry.at}: {entry.act} by {entry.printed_name or entry.user}, {entry.reason}"
    )
    assert (entry.user, entry.act) == (user_of(person), what)


@then(parsers.parse('the audit trail of accounts ends with an entry of "{person}" that says "{what}"'))
def accounts_end_with(site: Any, evidence: Any, person: str, what: str) -> None:
    entry = site.vault.trail.entries("ACCOUNTS")[-1]
    evidence.actual(f"entry {entry.number} at {entry.at}: {entry.act} {entry.reason} by {entry.printed_name}")
    assert (entry.user, entry.act) == (user_of(person), what)


@then(parsers.parse('the audit trail of "{record}" holds an entry "{what}" by "{person}" with the reason "{reason}"'))
def holds_entry(site: Any, evidence: Any, record: str, what: str, person: str, reason: str) -> None:
    found = [one for one in site.entries(record) if one.act == what]
    evidence.actual(
        "; ".join(f"entry {one.number}: {one.act} by {one.printed_name}, {one.reason}" for one in found)
        or f"no entry {what}"
    )
    assert [(one.user, one.reason) for one in found] == [(user_of(person), reason)]


@given(parsers.parse('an audit trail of "{record}" with 6 entries'))
def six_entries(site: Any, evidence: Any, record: str) -> None:
    steps = (
        ("A. Keller", "store"),
        ("A. Keller", "sign as author"),
        ("B. Meier", "read"),
        ("B. Meier", "sign as reviewer"),
        ("C. Wong", "sign as approver"),
        ("C. Wong", "release"),
    )
    for person, what in steps:
        act(site, person, what, record, 1)
    site.findings = [one.act for one in site.entries(record)]
    evidence.actual(", ".join(site.findings))
    assert len(site.findings) == 6


@given(
    parsers.re(
        r"somebody with the rights of the AWS account (?P<fault>does nothing|writes entry (?P<again>\d+) again|"
        r"hides entry (?P<hidden>\d+)|adds an entry (?P<added>\d+))"
    )
)
def plant_in_trail(
    site: Any, evidence: Any, fault: str, again: str | None, hidden: str | None, added: str | None
) -> None:
    s3, bucket, prefix = site.platform(), site.aws.bucket, f"audit/{site.record('KRAS-001')}/"
    if again or added:
        key = f"{prefix}{int(again or added or 0):06d}.json"
        entry = json.loads(site.vault.trail.stored(site.record("KRAS-001"))[int(again or 6) - 1])
        entry["reason"] = "nothing happened"
        entry["number"] = int(again or added or 0)
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(entry).encode(), ChecksumAlgorithm="SHA256")
        evidence.actual(f"{key} written past the vault with another reason")
    elif hidden:
        key = f"{prefix}{int(hidden):06d}.json"
        answer = s3.delete_object(Bucket=bucket, Key=key)
        evidence.actual(f"{key}: delete marker {answer['VersionId']} set past the vault")
    else:
        evidence.actual("nothing was changed")


@when(parsers.parse('the tester checks the audit trail of "{record}"'))
def checks_trail(site: Any, evidence: Any, record: str) -> None:
    site.answer = site.vault.check_audit_trail(site.record(record))
    evidence.actual(site.answer)


@then(parsers.parse('the check says "{report}"'))
def check_says(site: Any, evidence: Any, report: str) -> None:
    evidence.actual(site.answer)
    assert site.answer == report


@then("the acts of entries 1 to 6 are still read as they were recorded")
def still_read(site: Any, evidence: Any) -> None:
    found = [one.act for one in site.entries("KRAS-001")][:6]
    evidence.expected(", ".join(site.findings))
    evidence.actual(", ".join(found))
    assert found == site.findings


@given(parsers.parse('an audit trail of "{record}" with reads by "{person}" 120, 91, 89 and 0 days ago'))
def reads_in_the_past(site: Any, evidence: Any, record: str, person: str) -> None:
    site.shift = timedelta(days=-121)
    site.store("A. Keller", record)
    for days in (120, 91, 89, 0):
        site.shift = timedelta(days=-days)
        site.vault.read(user_of(person), site.record(record), 1)
    evidence.table(site.events(record))
    assert len(site.entries(record)) == 5


@when(
    parsers.re(
        r'"(?P<person>[^"]+)" lists the audit trail of "(?P<record>[^"]+)" for the last (?P<days>\d+) days'
        r'(?: by "(?P<by>[^"]+)")?'
    )
)
def lists_trail(site: Any, evidence: Any, person: str, record: str, days: str, by: str | None) -> None:
    site.answer = site.vault.audit_trail(user_of(person), site.record(record), int(days), user_of(by) if by else "")
    evidence.table(
        [
            {
                "No.": one.number,
                "At": one.at,
                "Who": one.printed_name,
                "Act": one.act,
                "Revision": one.revision,
                "Reason": one.reason,
            }
            for one in site.answer
        ]
    )
    evidence.actual(f"{len(site.answer)} entries")


@when(parsers.parse('"{person}" tries to list the audit trail of "{record}" for the last {days:d} days'))
def tries_to_list(site: Any, evidence: Any, person: str, record: str, days: int) -> None:
    site.attempt(lambda: site.vault.audit_trail(user_of(person), site.record(record), days))
    evidence.actual(site.outcome())


@then(parsers.parse('the list holds {count:d} entries of "{person}"'))
def list_holds(site: Any, evidence: Any, count: int, person: str) -> None:
    found = [one for one in site.answer if one.user == user_of(person)]
    evidence.actual(f"{len(found)} entries of {person}: {', '.join(one.at for one in found) or 'none'}")
    assert len(found) == count


@then(parsers.parse('the time of the last audit trail entry of "{record}" ends with "Z" and has milliseconds'))
def time_form(site: Any, evidence: Any, record: str) -> None:
    site.answer = site.entries(record)[-1]
    evidence.actual(site.answer.at)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", site.answer.at)


@then(
    parsers.parse(
        "it differs by at most {seconds:d} seconds from the time at which the storage service stored that entry"
    )
)
def time_agrees(site: Any, evidence: Any, seconds: int) -> None:
    key = f"audit/{site.answer.record}/{site.answer.number:06d}.json"
    stored = site.platform().head_object(Bucket=site.aws.bucket, Key=key)["LastModified"]
    difference = abs((stored - moment_of(site.answer.at)).total_seconds())
    evidence.expected(f"at most {seconds} s")
    evidence.actual(f"entry {site.answer.at}, storage service {stored.isoformat()}, difference {difference:.3f} s")
    assert difference <= seconds


@then("the list names these persons with what they did")
def list_names(site: Any, evidence: Any, datatable: list[list[str]]) -> None:
    acts: dict[str, Counter[str]] = {}
    for one in site.answer:
        acts.setdefault(one.printed_name, Counter())[one.act] += 1
    found = [
        [person, ", ".join(f"{what} {count}" for what, count in counted.items())]
        for person, counted in sorted(acts.items())
    ]
    evidence.table([{"Person": person, "Acts": what} for person, what in found])
    assert found == datatable[1:]


@then("the audit trail of the period is attached as CSV and as JSON")
def period_attached(site: Any, evidence: Any) -> None:
    rows = [
        {
            "number": one.number,
            "at": one.at,
            "user": one.user,
            "printed_name": one.printed_name,
            "role": one.role,
            "act": one.act,
            "revision": one.revision,
            "reason": one.reason,
        }
        for one in site.answer
    ]
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    evidence.attach(table.getvalue().encode(), "audit-trail-90-days.csv", "text/csv")
    evidence.attach(json.dumps(rows, indent=2).encode(), "audit-trail-90-days.json", "application/json")
    evidence.actual(f"{len(rows)} entries in both files")
    assert rows
