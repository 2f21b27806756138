"""What signatures make of a document: nothing reads Approved that the workflow did not fully sign."""

from __future__ import annotations

from dataclasses import replace

import pytest

from valgen.model.project import SignatureStep
from valgen.model.signature import Approval, DocumentStatus, Signature
from valgen.trace.approval import approval_of

STEPS = (
    SignatureStep(role="author", meaning="authored"),
    SignatureStep(role="process_owner", meaning="approved"),
    SignatureStep(role="qa", meaning="approved"),
)
CONTENT = "c" * 64


def signature(record: int, who: str, role: str, meaning: str, **more: object) -> Signature:
    base = Signature(
        record=record, document="URS", number="T-URS-001", version="1.0", content=CONTENT, meaning=meaning, role=role,
        reason="checked", name=who.title(), function="engineer", account=f"u-{who}", person=f"p-{who}",
        time=f"2026-03-01T10:00:{record:02}.000000Z", zone="Europe/Berlin +01:00", key=f"{record:064x}",
    )  # fmt: skip
    return replace(base, **more)  # type: ignore[arg-type]


AUTHOR = signature(1, "ada", "author", "authored")
OWNER = signature(2, "bea", "process_owner", "approved")
QA = signature(3, "cem", "qa", "approved")


def derived(*signatures: Signature, content: str = CONTENT, version: str = "1.0") -> Approval:
    return approval_of("URS", version, content, STEPS, signatures)


def whys(found: Approval) -> list[tuple[int, str]]:
    return [(one.signature.record, one.why) for one in found.uncounted]


def test_without_a_signature_it_is_a_draft() -> None:
    found = derived()
    assert (found.status, found.missing, found.effective) == (DocumentStatus.DRAFT, STEPS, "")


def test_every_signature_of_the_workflow_approves_and_the_last_one_makes_it_effective() -> None:
    found = derived(AUTHOR, OWNER, QA)
    assert found.status is DocumentStatus.APPROVED
    assert found.effective == QA.time
    assert found.signatures == (AUTHOR, OWNER, QA)


@pytest.mark.parametrize("given", [(AUTHOR,), (AUTHOR, OWNER), (AUTHOR, QA)])
def test_one_missing_signature_leaves_it_in_review(given: tuple[Signature, ...]) -> None:
    found = derived(*given)
    assert found.status is DocumentStatus.IN_REVIEW
    assert found.missing and not found.approved


def test_approvals_in_a_row_come_in_any_order() -> None:
    assert derived(AUTHOR, replace(QA, record=2), replace(OWNER, record=3)).status is DocumentStatus.APPROVED


def test_an_approval_before_the_author_has_signed_does_not_count() -> None:
    found = derived(replace(OWNER, record=0), AUTHOR, QA)
    assert found.status is DocumentStatus.IN_REVIEW
    assert whys(found) == [(0, "it was given before that of author (authored)")]


@pytest.mark.parametrize("changed", ["content", "version", "document"])
def test_signatures_on_anything_else_never_count(changed: str) -> None:
    others = [replace(one, **{changed: "d" * 64}) for one in (AUTHOR, OWNER, QA)]
    found = derived(*others)
    assert found.status is DocumentStatus.DRAFT
    assert not found.signatures
    assert bool(found.elsewhere) is (changed == "content")


def test_one_signature_on_other_content_spoils_the_approval() -> None:
    found = derived(AUTHOR, OWNER, replace(QA, content="d" * 64))
    assert found.status is DocumentStatus.IN_REVIEW
    assert [one.record for one in found.elsewhere] == [3]


def test_a_person_with_two_accounts_counts_once() -> None:
    found = derived(AUTHOR, OWNER, replace(QA, account="u-other", person=OWNER.person))
    assert found.status is DocumentStatus.IN_REVIEW
    assert whys(found) == [(3, "the same person signed in record 2, and a person counts once")]


def test_an_author_is_never_the_approver() -> None:
    steps = STEPS[:2]
    found = approval_of("URS", "1.0", CONTENT, steps, (AUTHOR, replace(OWNER, person=AUTHOR.person)))
    assert not found.approved


def test_a_workflow_without_an_approval_approves_nothing() -> None:
    found = approval_of("URS", "1.0", CONTENT, STEPS[:1], (AUTHOR,))
    assert (found.status, found.hindrance) == (DocumentStatus.IN_REVIEW, "the workflow asks for no approval")
    assert approval_of("URS", "1.0", CONTENT, (), (AUTHOR,)).status is DocumentStatus.DRAFT


def test_a_rejection_cancels_what_was_signed_before_and_nothing_after() -> None:
    rejection = signature(4, "dan", "qa", "", rejected=True)
    found = derived(AUTHOR, OWNER, QA, rejection)
    assert found.status is DocumentStatus.REJECTED
    assert [record for record, _ in whys(found)] == [1, 2, 3]
    again = [replace(one, record=one.record + 10) for one in (AUTHOR, OWNER, QA)]
    assert derived(AUTHOR, OWNER, QA, rejection, *again).status is DocumentStatus.APPROVED


def test_a_rejection_of_other_content_cancels_nothing() -> None:
    rejection = signature(4, "dan", "qa", "", rejected=True, content="d" * 64)
    assert derived(AUTHOR, OWNER, QA, rejection).status is DocumentStatus.APPROVED


def test_who_executed_neither_reviews_nor_approves() -> None:
    executed = signature(0, "bea", "tester", "executed")
    found = derived(executed, AUTHOR, OWNER, QA)
    assert found.status is DocumentStatus.IN_REVIEW
    assert whys(found) == [(2, "the same person executed tests, and neither reviews nor approves them")]


def test_a_role_or_meaning_that_nobody_asked_for_does_not_count() -> None:
    found = derived(AUTHOR, replace(OWNER, role="system_owner"), replace(QA, meaning="reviewed"))
    assert [record for record, _ in whys(found)] == [2, 3]
    assert len(found.missing) == 2


def test_an_approved_version_is_superseded_by_the_next_approved_one_only() -> None:
    first = (AUTHOR, OWNER, QA)
    second = [replace(one, record=one.record + 10, version="1.10", content="e" * 64) for one in first]
    assert derived(*first, *second[:2]).status is DocumentStatus.APPROVED
    old = derived(*first, *second)
    assert (old.status, old.superseded_by) == (DocumentStatus.SUPERSEDED, "1.10")
    assert old.effective == QA.time
    new = derived(*first, *second, content="e" * 64, version="1.10")
    assert new.status is DocumentStatus.APPROVED


def test_each_version_is_judged_by_what_it_asks_for_itself() -> None:
    second = [replace(one, record=one.record + 10, version="1.1", content="e" * 64) for one in (AUTHOR, OWNER)]
    signatures = (AUTHOR, OWNER, QA, *second)
    assert derived(*signatures).status is DocumentStatus.APPROVED
    asked = {("1.1", "e" * 64): STEPS[:2]}
    found = approval_of("URS", "1.0", CONTENT, STEPS, signatures, asked)
    assert (found.status, found.superseded_by) == (DocumentStatus.SUPERSEDED, "1.1")


def test_a_draft_names_the_version_that_stays_valid() -> None:
    found = derived(AUTHOR, OWNER, QA, content="e" * 64, version="1.1")
    assert (found.status, found.in_force) == (DocumentStatus.DRAFT, "1.0")


def test_the_order_in_which_signatures_come_in_changes_nothing() -> None:
    assert derived(QA, AUTHOR, OWNER) == derived(AUTHOR, OWNER, QA)
