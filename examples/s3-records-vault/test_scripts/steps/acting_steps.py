"""Steps about people who act in the vault, and about what the vault answers."""

from __future__ import annotations

import json
import re
from typing import Any

from pytest_bdd import given, parsers, then, when
from vault.accounts import Role
from vault.canonical import sha256_hex
from vault.packages import RecordFile
from vault.signatures import Meaning

from .world import ROSTER, contents_of, user_of, wrong_password

ACTS = (
    "store",
    "read",
    "verify",
    "export",
    "release",
    "sign as author",
    "sign as reviewer",
    "sign as approver",
    "set a legal hold on",
)
_SIGNING = {"sign as author": "authored", "sign as reviewer": "reviewed", "sign as approver": "approved"}


def act(site: Any, person: str, what: str, record: str, number: int) -> Any:
    """Perform one act of a person; refusals are kept in ``site.refusal``."""
    user, name = user_of(person), site.record(record)
    if what == "store":
        return site.attempt(lambda: site.store(person, record))
    if what in _SIGNING:
        return site.attempt(lambda: site.sign(person, record, number, _SIGNING[what]))
    if what == "read":
        return site.attempt(lambda: site.vault.read(user, name, number))
    if what == "verify":
        return site.attempt(lambda: site.vault.verify(user, name, number))
    if what == "export":
        return site.attempt(lambda: site.vault.export(user, name, number))
    if what == "release":
        return site.attempt(lambda: site.vault.release(user, name, number))
    if what == "set a legal hold on":
        return site.attempt(lambda: site.vault.hold(user, name, number, True, "test of the legal hold"))
    raise ValueError(f"no such act: {what}")


@given("these accounts exist")
def accounts_exist(site: Any, evidence: Any, datatable: list[list[str]]) -> None:
    rows = [
        {"Person": name, "User id": user_of(name), "Role": site.accounts.get(user_of(name)).role}
        for name, _ in datatable[1:]
    ]
    evidence.table(rows)
    assert [[row["Person"], row["Role"]] for row in rows] == datatable[1:]


@given(parsers.parse('revision {number:d} of "{record}" is stored by "{person}"'))
def one_stored(site: Any, evidence: Any, number: int, record: str, person: str) -> None:
    revision = site.store(person, record)
    evidence.actual(f"revision {revision.number} of {revision.record} at the address {revision.address}")
    assert revision.number == number


@given(parsers.parse('revisions 1 to {last:d} of "{record}" are stored by "{person}"'))
def several_stored(site: Any, evidence: Any, last: int, record: str, person: str) -> None:
    revisions = [site.store(person, record) for _ in range(last)]
    evidence.table([{"Revision": one.number, "Address": one.address} for one in revisions])
    assert [one.number for one in revisions] == list(range(1, last + 1))


@given(parsers.parse('revision {number:d} of "{record}" with a record file of {size:d} bytes is stored by "{person}"'))
def large_stored(site: Any, evidence: Any, number: int, record: str, size: int, person: str) -> None:
    data = incompressible(size)
    revision = site.vault.store(
        user_of(person),
        site.record(record),
        "Raw data of the instrument",
        "# Raw data\n",
        [RecordFile(path="raw.bin", data=data)],
        "raw data transferred",
    )
    site.revisions[record, revision.number] = revision
    evidence.actual(f"revision {revision.number}, raw.bin with {len(data)} bytes, SHA-256 {sha256_hex(data)}")
    assert revision.number == number


@given(parsers.parse('"{person}" signed revision {number:d} of "{record}" with the meaning "{meaning}"'))
def signed_before(site: Any, evidence: Any, person: str, number: int, record: str, meaning: str) -> None:
    signature = site.sign(person, record, number, meaning)
    evidence.actual(f"{signature.meaning} by {signature.printed_name} at {signature.signed_at}")
    assert signature.meaning == meaning


@given(parsers.parse('revision {number:d} of "{record}" bears valid signatures with the meanings "{meanings}"'))
def bears_signatures(site: Any, evidence: Any, number: int, record: str, meanings: str) -> None:
    wanted = [] if meanings == "none" else meanings.split(", ")
    signers = {"authored": "A. Keller", "reviewed": "B. Meier", "approved": "C. Wong"}
    for meaning in wanted:
        site.sign(signers[meaning], record, number, meaning)
    found = [one.meaning for one, result in site.vault.signatures(site.record(record), number) if result == "valid"]
    evidence.actual("valid signatures: " + (", ".join(found) or "none"))
    assert found == wanted


@given(parsers.parse('the account "{user}" is never created'))
def never_created(site: Any, evidence: Any, user: str) -> None:
    evidence.actual(f"accounts: {', '.join(sorted(one for one, _ in ROSTER.values()))}")
    assert user not in {one for one, _ in ROSTER.values()}


@given(parsers.parse('the account "{user}" is deactivated by "{person}"'))
def deactivated(site: Any, evidence: Any, user: str, person: str) -> None:
    site.vault.deactivate_account(user_of(person), user)
    entry = site.vault.trail.entries("ACCOUNTS")[-1]
    evidence.actual(f"{entry.act}: {entry.reason}, by {entry.printed_name}")
    assert (entry.act, entry.reason) == ("account deactivated", user)


@given(parsers.parse('"{person}" was given the role "{role}" by "{administrator}"'))
def role_given(site: Any, evidence: Any, person: str, role: str, administrator: str) -> None:
    site.vault.change_role(user_of(administrator), user_of(person), Role(role))
    found = site.accounts.get(user_of(person)).role
    evidence.actual(f"role of {person}: {found}")
    assert found == role


@when(parsers.parse('"{person}" stores revision {number:d} of "{record}" with the reason "{reason}"'))
def stores_with_reason(site: Any, evidence: Any, person: str, number: int, record: str, reason: str) -> None:
    revision = site.store(person, record, number=number, reason=reason)
    site.answer = revision
    evidence.actual(f"revision {revision.number} of {revision.record} at the address {revision.address}")


@when(parsers.parse('"{person}" stores {count:d} revisions of "{record}" one after the other'))
def stores_several(site: Any, evidence: Any, person: str, count: int, record: str) -> None:
    site.answer = [site.store(person, record) for _ in range(count)]
    evidence.table([{"Revision": one.number, "Address": one.address} for one in site.answer])


@when(
    parsers.re(r'"(?P<person>[^"]+)" tries to store revision (?P<number>\d+) of "(?P<record>[^"]+)"'),
    converters={"number": int},
)
def tries_to_store(site: Any, evidence: Any, person: str, number: int, record: str) -> None:
    readme, files = contents_of(site.record(record), 9)
    site.attempt(
        lambda: site.vault.store(
            user_of(person),
            site.record(record),
            "KRAS G12C assay",
            readme,
            files,
            "second writer",
            expected_number=number,
        )
    )
    evidence.actual(site.outcome())


@when(parsers.parse('"{person}" tries to store "{record}" with {content}'))
def tries_to_store_with(site: Any, evidence: Any, person: str, record: str, content: str) -> None:
    readme, files = contents_of(site.record(record), 1)
    reason = "analytical run 1 completed"
    if content == "an empty README":
        readme = ""
    elif content == "no record file":
        files = []
    elif content == "one path twice":
        files = [files[0], files[0]]
    elif content == "a blank reason":
        reason = "   "
    elif content.startswith("the path "):
        files = [RecordFile(path=content.removeprefix("the path "), data=b"x")]
    elif content.startswith("a reason of "):
        reason = "r" * int(re.findall(r"\d+", content)[0])
    elif content == "a record file of 0 bytes":
        files = [RecordFile(path="empty.csv", data=b"")]
    else:
        raise ValueError(f"no such content: {content}")
    site.attempt(lambda: site.vault.store(user_of(person), site.record(record), "KRAS", readme, files, reason))
    evidence.actual(site.outcome())


@when(
    parsers.re(
        r'"(?P<person>[^"]+)" (?:with the role "(?P<role>[a-z]+)" )?tries to '
        r"(?P<what>read|verify|export|store|release|sign as author|sign as reviewer|sign as approver|"
        r'set a legal hold on) revision (?P<number>\d+) of "(?P<record>[^"]+)"'
    )
)
def tries(site: Any, evidence: Any, person: str, role: str | None, what: str, number: str, record: str) -> None:
    if role:
        found = site.accounts.get(user_of(person)).role
        evidence.actual(f"role of {person}: {found}")
        assert found == role
    act(site, person, what, record, int(number))
    evidence.actual(site.outcome())


@when(parsers.parse('"{person}" tries {count:d} times to sign revision {number:d} of "{record}" with a wrong password'))
@given(
    parsers.parse('"{person}" tried {count:d} times to sign revision {number:d} of "{record}" with a wrong password')
)
def wrong_passwords(site: Any, evidence: Any, person: str, count: int, number: int, record: str) -> None:
    rows = []
    for attempt in range(1, count + 1):
        site.attempt(
            lambda: site.vault.sign(user_of(person), wrong_password(), site.record(record), number, Meaning.REVIEWED)
        )
        rows.append({"Attempt": attempt, "Answer": site.outcome()})
    evidence.table(rows)
    assert all("AuthenticationFailed" in str(row["Answer"]) for row in rows)


@when(parsers.parse('"{person}" unlocks the account of "{locked}"'))
def unlocks(site: Any, evidence: Any, person: str, locked: str) -> None:
    site.attempt(lambda: site.vault.unlock_account(user_of(person), user_of(locked)))
    evidence.actual(f"{site.outcome()}; failed attempts now {site.accounts.get(user_of(locked)).failed_attempts}")


@when(parsers.parse('"{person}" tries to create an account "{user}" for "{name}"'))
def creates_account(site: Any, evidence: Any, person: str, user: str, name: str) -> None:
    site.attempt(lambda: site.vault.create_account(user_of(person), user, name, Role.CONTRIBUTOR, wrong_password()))
    evidence.actual(site.outcome())


@when(parsers.parse('"{person}" reads revision {number:d} of "{record}"'))
def reads(site: Any, evidence: Any, person: str, number: int, record: str) -> None:
    site.contents = site.vault.read(user_of(person), site.record(record), number)
    evidence.table(
        [
            {"File": path, "Bytes": len(data), "SHA-256": sha256_hex(data)}
            for path, data in sorted(site.contents.files.items())
        ]
    )


@when(parsers.parse('"{person}" verifies revision {number:d} of "{record}"'))
def verifies(site: Any, evidence: Any, person: str, number: int, record: str) -> None:
    site.findings = site.vault.verify(user_of(person), site.record(record), number)
    evidence.actual("; ".join(site.findings) or "unaltered")


@then("the act is done")
def done(site: Any, evidence: Any) -> None:
    evidence.actual(site.outcome())
    assert site.refusal is None, f"the act was {site.outcome()}"


@then(parsers.parse('the act is refused with "{code}"'))
def refused(site: Any, evidence: Any, code: str) -> None:
    evidence.actual(site.outcome())
    assert site.refusal is not None, "the act was done and not refused"
    assert site.refusal.code == code


@then(parsers.parse('the refusal says "{text}"'))
def refusal_says(site: Any, evidence: Any, text: str) -> None:
    evidence.expected(f"a message that contains: {text}")
    evidence.actual(site.refusal.detail)
    assert text in site.refusal.detail


@then(parsers.parse('the verification reports "{report}"'))
def verification_reports(site: Any, evidence: Any, report: str) -> None:
    evidence.actual("; ".join(site.findings) or "unaltered")
    assert (site.findings or ["unaltered"]) == [report]


@then(parsers.parse('the revisions have the numbers "{numbers}"'))
def numbers_are(site: Any, evidence: Any, numbers: str) -> None:
    found = ", ".join(str(one.number) for one in site.answer)
    evidence.actual(found)
    assert found == numbers


@then("the manifest of each revision names the address of the revision before it")
def manifests_chain(site: Any, evidence: Any) -> None:
    store = site.vault_store()
    rows, before = [], ""
    for one in site.answer:
        named = json.loads(store.get(f"packages/{one.address}/manifest.json"))["previous"]
        rows.append(
            {"Revision": one.number, "Address before": before or "none", "Named in the manifest": named or "none"}
        )
        before = one.address
    evidence.table(rows)
    assert all(row["Address before"] == row["Named in the manifest"] for row in rows)


@then(parsers.parse('"{record}" has exactly {count:d} revision, stored by "{person}"'))
def has_revisions(site: Any, evidence: Any, record: str, count: int, person: str) -> None:
    found = site.vault.revisions(site.record(record))
    evidence.actual(f"{len(found)} revisions, stored by {', '.join(one.author for one in found)}")
    assert [one.author for one in found] == [user_of(person)] * count


@then(parsers.parse('"{record}" has no revision'))
def has_none(site: Any, evidence: Any, record: str) -> None:
    found = site.vault.revisions(site.record(record))
    evidence.actual(f"{len(found)} revisions")
    assert found == []


@then(parsers.parse('revision {number:d} of "{record}" leads to the address that was stored first'))
def leads_to_first(site: Any, evidence: Any, number: int, record: str) -> None:
    found = site.vault.revision(site.record(record), number).address
    evidence.expected(site.address(record, number))
    evidence.actual(found)
    assert found == site.address(record, number)


@then(parsers.parse("each file read equals the bytes that were handed in for revision {number:d}"))
def read_equals(site: Any, evidence: Any, number: int) -> None:
    handed_in = site.stored["KRAS-001", number]
    evidence.table(
        [
            {"File": path, "SHA-256 handed in": sha256_hex(handed_in[path]), "SHA-256 read": sha256_hex(data)}
            for path, data in sorted(site.contents.files.items())
        ]
    )
    assert site.contents.files == handed_in


def incompressible(size: int) -> bytes:
    """Return bytes that do not compress and are the same every time."""
    import random

    return random.Random(210).randbytes(size)
