"""Rules of signing that need formal executions, and the matrix of roles (integrity.md X-11)."""

from __future__ import annotations

import itertools
from dataclasses import replace

from valgen.ledger.registry import Account, Registry
from valgen.model.project import HistoryRow, SignatureStep
from valgen.model.signature import Signature
from valgen.workflow.approve_rules import Subject, authors_named, awaited, objections, step_for

STEPS = tuple(
    SignatureStep(role=role, meaning=meaning)
    for role, meaning in (
        ("author", "authored"),
        ("technical_reviewer", "reviewed"),
        ("system_owner", "approved"),
        ("qa", "approved"),
    )
)
ROW = HistoryRow(version="1.0", date="2026-01-01", author="Anna Author", change_ref="", summary="First")
REPORT = Subject(
    key="OQ-report",
    version="1.0",
    content="c" * 64,
    steps=STEPS,
    row=ROW,
    variant="report",
    protocol="OQ-protocol",
    executed=True,
)
OTHERS = {"OQ-protocol": STEPS}
PROTOCOL = "p" * 64


class People(Registry):
    """A registry that holds whom a test names."""

    def __init__(self, *accounts: Account) -> None:
        super().__init__()
        for one in accounts:
            self._book.accounts[one.id] = one


def account(number: int, name: str, *roles: str, person: int = 0) -> Account:
    return Account(
        id=f"u-{number:04d}",
        person=f"u-{person or number:04d}",
        user=name.lower().replace(" ", "."),
        name=name,
        function="",
        email="",
        service=False,
        roles=roles,
        state="active",
    )


def signed(record: int, who: Account, role: str, meaning: str, document: str, content: str) -> Signature:
    return Signature(
        record=record,
        document=document,
        number="",
        version="1.0",
        content=content,
        meaning=meaning,
        role=role,
        reason="",
        name=who.name,
        function="",
        account=who.id,
        person=who.person,
        time="2026-01-01T00:00:00.000Z",
        zone="",
        key="",
    )


ANNA = account(1, "Anna Author", "author", "qa", "technical_reviewer", "system_owner", "tester")
TESS = account(2, "Tess Technical", "technical_reviewer", "tester", "qa")
SVEN = account(3, "Sven System", "system_owner", "qa")
QUINN = account(4, "Quinn Quality", "qa")
EVERYBODY = People(ANNA, TESS, SVEN, QUINN)


def of_protocol(*, approved: bool = True) -> list[Signature]:
    people = (ANNA, TESS, SVEN, QUINN) if approved else (ANNA, TESS, SVEN)
    return [
        signed(number, who, step.role, step.meaning, "OQ-protocol", PROTOCOL)
        for number, (who, step) in enumerate(zip(people, STEPS, strict=False), 1)
    ]


def codes(subject: Subject, signatures: list[Signature], who: Account, step: SignatureStep) -> list[str]:
    return [one.code for one in objections(subject, signatures, EVERYBODY, who, step, OTHERS)]


def test_a_report_waits_for_the_approval_of_its_protocol() -> None:
    assert codes(REPORT, of_protocol(approved=False), ANNA, STEPS[0]) == ["VG607"]
    assert codes(REPORT, of_protocol(), ANNA, STEPS[0]) == []


def test_results_of_dry_runs_are_never_signed() -> None:
    assert codes(replace(REPORT, dry=True), of_protocol(), ANNA, STEPS[0]) == ["VG608"]
    summary = replace(REPORT, key="VSR", variant="", protocol="", executed=False, dry=True)
    assert codes(summary, [], ANNA, STEPS[0]) == ["VG608"]


def test_a_report_without_formal_execution_is_not_signed() -> None:
    assert codes(replace(REPORT, executed=False), of_protocol(), ANNA, STEPS[0]) == ["VG608"]


def test_a_report_with_results_that_are_out_of_date_is_not_signed() -> None:
    assert codes(replace(REPORT, stale=("OQ-001 in VAL",)), of_protocol(), ANNA, STEPS[0]) == ["VG616"]


def test_whoever_executed_neither_reviews_nor_approves_the_results_with_any_account() -> None:
    other = account(9, "Tess Technical", "qa", person=2)
    subject = replace(REPORT, executors=frozenset({TESS.person}))
    given = [*of_protocol(), signed(10, ANNA, "author", "authored", "OQ-report", REPORT.content)]
    assert codes(subject, given, TESS, STEPS[1]) == ["VG606"]
    given.append(signed(11, SVEN, "technical_reviewer", "reviewed", "OQ-report", REPORT.content))
    assert codes(subject, given, other, STEPS[3]) == ["VG606"]
    assert codes(subject, given, QUINN, STEPS[3]) == []


def test_executed_is_signed_by_those_who_executed() -> None:
    subject = replace(REPORT, executors=frozenset({TESS.person}))
    step = step_for(subject, subject.approval([]), TESS, "executed")
    assert step == SignatureStep(role="tester", meaning="executed")
    assert codes(subject, of_protocol(), TESS, step) == []
    assert codes(subject, of_protocol(), ANNA, step) == ["VG606"]


def test_every_signature_of_an_approval_is_of_another_person() -> None:
    subject = replace(REPORT, key="FS", variant="", protocol="")
    roles = tuple(step.role for step in STEPS)
    able = {one.id: replace(one, roles=roles) for one in EVERYBODY.accounts.values()}
    everything = People(*able.values())
    for people in itertools.product(able.values(), repeat=4):
        given: list[Signature] = []
        for number, (who, step) in enumerate(zip(people, STEPS, strict=True), 1):
            if objections(subject, given, everything, who, step, OTHERS):
                break
            given.append(signed(number, who, step.role, step.meaning, "FS", subject.content))
        different = len({one.person for one in people}) == 4
        assert subject.approval(given).approved is different is (len(given) == 4), [one.name for one in people]


def test_authors_of_a_row_are_found_by_name_and_user_id() -> None:
    for said in ("Anna Author", "ANNA  author", "anna.author", "Ｓven System, Anna Author", "X / Anna Author"):
        assert ANNA.person in authors_named(replace(ROW, author=said), EVERYBODY)
    assert authors_named(replace(ROW, author=""), EVERYBODY) == frozenset()


def test_steps_of_one_meaning_in_a_row_are_awaited_together() -> None:
    given = [
        signed(1, ANNA, "author", "authored", "FS", REPORT.content),
        signed(2, TESS, "technical_reviewer", "reviewed", "FS", REPORT.content),
    ]
    subject = replace(REPORT, key="FS", variant="", protocol="")
    assert awaited(subject.approval(given[:1])) == (STEPS[1],)
    assert awaited(subject.approval(given)) == STEPS[2:]


def test_a_protocol_is_approved_after_its_specifications_and_not_before() -> None:
    protocol = replace(REPORT, key="OQ-protocol", variant="protocol", protocol="", before=("URS", "FS"))
    given = [signed(1, ANNA, "author", "authored", "OQ-protocol", "c" * 64)]
    reviewed = [*given, signed(2, TESS, "technical_reviewer", "reviewed", "OQ-protocol", "c" * 64)]
    assert codes(protocol, [], ANNA, STEPS[0]) == []  # writing and reviewing may go before
    assert codes(protocol, given, TESS, STEPS[1]) == []
    assert codes(protocol, reviewed, SVEN, STEPS[2]) == ["VG649"]
    assert codes(replace(protocol, before=()), reviewed, SVEN, STEPS[2]) == []


def test_a_certificate_is_approved_after_the_summary_report() -> None:
    certificate = replace(REPORT, key="CERT", variant="", protocol="", executed=False, before=("VSR",))
    given = [
        signed(1, ANNA, "author", "authored", "CERT", "c" * 64),
        signed(2, TESS, "technical_reviewer", "reviewed", "CERT", "c" * 64),
    ]
    assert codes(certificate, given, SVEN, STEPS[2]) == ["VG649"]
    (said,) = objections(certificate, given, EVERYBODY, SVEN, STEPS[2], OTHERS)
    assert said.what == "CERT 1.0 rests on VSR, and that is not approved"
