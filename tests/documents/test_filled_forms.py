"""Forms that the ledger fills: who executed a protocol, who approved a change; amendments behind the signatures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from valgen.documents.blocks import Document, plain_text
from valgen.documents.catalog import item_type_of, plan_documents
from valgen.documents.context import Context
from valgen.documents.issue import Beside, approvals_of, issued, registered_version
from valgen.documents.shipped import find_template
from valgen.documents.template import assemble
from valgen.documents.versions import document_parts, making_of
from valgen.model.execution import Execution, LogEntry
from valgen.model.judgement import Amendment, Judgements
from valgen.model.outcome import Stage
from valgen.model.signature import LedgerFacts, Signature
from valgen.model.version import FrozenVersion

Make = Callable[..., Context]
REGISTER = """
documents:
  - {type: OQ, number: T-OQ-001, history: [{version: "1.0", date: "2026-03-01", author: A, summary: B}]}
  - {type: CR, number: T-CR-001, history: [{version: "1.0", date: "2026-03-01", author: A, summary: B}]}
"""
CHANGE = "items:\n  - {id: CR-001, title: Colour, text: x, affects: [URS-001], kind: minor, reason: y%s}\n"
DONE = ", implementation: done, closed: 2026-03-09"
LEDGER = LedgerFacts(origin="valgen:x/T", root_fingerprint="ab" * 32, size=90, head="cd" * 32)


def made(context: Context, key: str) -> Document:
    (spec,) = [one for one in plan_documents(context) if one.key == key]
    document, found = assemble(find_template(spec, {}, item_type_of(spec.entry.type, context)), spec, context)
    assert not found
    return document


def signature(document: Document, record: int, role: str, meaning: str, name: str) -> Signature:
    return Signature(
        record=record, document=document.key, number=document.number, version=registered_version(document),
        content=document.digest, meaning=meaning, role=role, reason="compared", name=name, function="", account=role,
        person=f"p-{role}", time=f"2026-03-02T10:00:{record:02}.000Z", zone="", key="ef" * 32,
    )  # fmt: skip


def shown(context: Context, document: Document, signatures: list[Signature], beside: Beside | None = None) -> str:
    """Return the words of a document as it is issued."""
    contents = {document.key: document.digest}
    known = approvals_of([document], contents, context.project.settings.workflow, signatures, context.versions)
    approval = known[document.key, registered_version(document)]
    given = issued(document, approval, LEDGER, known, *((beside,) if beside else ()))
    assert given.digest == document.digest  # what fills a form is no part of what was signed
    return " ".join(plain_text(given.sections).split())


def execution(document: Document, *log: LogEntry) -> Execution:
    return Execution(
        id="exec-0001", record=20, stage=Stage.OQ, environment="VAL", protocol=document.key, number="", version="1.0",
        content=document.digest, system=("T", "1.0"), log=log,
    )  # fmt: skip


def test_the_log_of_testers_is_a_form_until_somebody_executed_this_very_version(context: Make) -> None:
    base = context({"requirements/documents.yaml": REGISTER})
    document = made(base, "OQ-protocol")
    blank = shown(base, document, [])
    assert "Everybody who executes, witnesses or reviews signs here" in blank
    tess = LogEntry(
        name="Tess Tester", user="tess", function="Analyst", time="2026-03-03T08:00:00Z", record=33, session=31
    )
    rig = LogEntry(name="Test rig", user="rig7", function="", time="2026-03-04T08:00:00Z", record=50)
    done = execution(document, tess, replace(tess, record=44), rig)
    filled = shown(base, document, [], Beside(executions=(done,)))
    assert "signs here before the first entry" not in filled
    for said in ("Tess Tester", "Analyst", "signed in electronically, record 31", "record 33", "a service"):
        assert said in filled
    assert "record 44" not in filled  # one row for each account, from when it began
    other = shown(base, document, [], Beside(executions=(replace(done, content="0" * 64),)))
    assert "Tess Tester" not in other


def test_amendments_stand_behind_the_signatures_of_the_version_that_they_amend(context: Make) -> None:
    base = context({"requirements/documents.yaml": REGISTER})
    document = made(base, "OQ-protocol")
    one = Amendment(
        id="amendment/0001", record=40, content="", protocol="OQ-protocol", version="1.0",
        protocol_content=document.digest, case="OQ-001", before="v1:a", after="v1:b",
        changes=(("steps", "Given <a>", "Given <b>"),), reason="another number", missing=("process_owner", "qa"),
    )  # fmt: skip
    words = shown(base, document, [], Beside(judgements=Judgements(amendments=(one,))))
    for said in (
        "Amendment 0001",
        "Before: Given <a>",
        "After: Given <b>",
        "another number",
        "waits for Process owner",
    ):
        assert said in words
    strange = replace(one, protocol_content="0" * 64)
    assert "Amendment 0001" not in shown(base, document, [], Beside(judgements=Judgements(amendments=(strange,))))


def test_a_change_shows_who_approved_it_before_and_after_and_nobody_else(context: Make) -> None:
    base = context({"requirements/documents.yaml": REGISTER, "requirements/cr.yaml": CHANGE % ""})
    document = made(base, "CR")
    assert shown(base, document, []).count("not signed") >= 3
    asked = [(step.role, step.meaning) for step in base.project.settings.workflow["CR"]]
    names = {"author": "Ann", "system_owner": "Sol", "process_owner": "Bea", "qa": "Cem", "technical_reviewer": "Tom"}
    given = [
        signature(document, number, role, meaning, names.get(role, role))
        for number, (role, meaning) in enumerate(asked, 1)
    ]
    words = shown(base, document, given)
    record = words[words.index("CR-001") :]
    approvers = [names[role] for role, meaning in asked if meaning == "approved"]
    assert approvers
    for name in approvers:
        assert f"{name}, signed electronically" in record
    assert "N/A: no version of this document holds the change in this state" in record  # not closed yet

    # In a later version the change is closed: the first version still tells who approved it before.
    (spec,) = [one for one in plan_documents(base) if one.key == "CR"]
    frozen = FrozenVersion(
        project="T", key="CR", type="CR", number=document.number, title="", version="1.0", history=spec.entry.history,
        parts=(), content_sha256=document.digest,
    )  # fmt: skip
    making = making_of("CR", spec.entry, "", find_template(spec, {}, "CR"))
    frozen = replace(frozen, parts=document_parts(replace(base, making=making), making))
    later_register = REGISTER.replace(
        'T-CR-001, history: [{version: "1.0", date: "2026-03-01", author: A, summary: B}]',
        'T-CR-001, history: [{version: "1.0", date: "2026-03-01", author: A, summary: B}, '
        '{version: "1.1", date: "2026-03-09", author: A, summary: Closed}]',
    )
    later = context({"requirements/documents.yaml": later_register, "requirements/cr.yaml": CHANGE % DONE})
    later = replace(later, versions={"CR": (frozen,)})
    second = made(later, "CR")
    words = shown(later, second, given)
    record = words[words.index("CR-001") :]
    assert f"{approvers[0]}, signed electronically" in record and "version 1.0 of CR" in record
    closing = [signature(second, 50 + number, role, meaning, "Zoe") for number, (role, meaning) in enumerate(asked)]
    assert "Zoe, signed electronically" in shown(later, second, [*given, *closing])
