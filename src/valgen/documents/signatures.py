"""Signatures as rows and sentences: who signed what, when, with what meaning, and how to check it.

Printed name, date and time, and meaning stand on every rendering, because all renderings are made from these blocks.
A signature that does not count stands there too, with the reason; so does every rejection.

Source: 21 CFR 11.50; domain/documents.md b.0 (approval page); design.md §5; integrity.md S-5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from valgen.documents.blocks import (
    Block,
    Cell,
    Column,
    Facts,
    Notice,
    Paragraph,
    Row,
    Run,
    Table,
    Tone,
    cell,
    paragraph,
)
from valgen.documents.common import moment
from valgen.model.project import SignatureStep
from valgen.model.signature import (
    SINGLE_ADMINISTRATOR,
    Approval,
    DocumentStatus,
    LedgerFacts,
    Signature,
    Uncounted,
)

MEANINGS: Mapping[str, str] = {
    "authored": "prepared, content is correct",
    "reviewed": "technically correct, complete and testable",
    "approved": "content is accepted",
    "executed": "as recorded",
    "witnessed": "execution was as recorded",
    "verified copy": "the copy was compared with its original",
    "closed": "nothing is left to be done",
}
"""What a signature says, by meaning."""
APPROVALS: Mapping[str, str] = {
    "technical_reviewer": "technically correct, complete and testable",
    "process_owner": "fits the intended use",
    "system_owner": "fit for operation and support",
    "qa": "complies with procedures and regulations",
}
"""What an approval says, by role."""

DRAFT_SENTENCE = "It is a draft and releases nothing."
UNSIGNED = f"This version has not been signed. {DRAFT_SENTENCE}"
UNSIGNED_CONTENT = f"This content has not been signed. {DRAFT_SENTENCE}"
_SHORT_KEY = 16
_SHORTEST_KEY = 8
_VERIFY = "valgen verify, or python valgen_verify.py without valgen"


def signature_table(rows: tuple[Row, ...], empty: str, caption: str = "") -> Table:
    """Return a table of signatures, given or still to be given."""
    columns = (
        Column("Role", 14),
        Column("Printed name", 18),
        Column("Title, function", 18),
        Column("Meaning of signature", 24),
        Column("Signature", 24),
        Column("Date and time, UTC", 20),
    )
    return Table(columns, rows, caption=caption, role="approvals", empty=empty)


def signature_row(role: str, meaning: str, blank: str = "not signed") -> Row:
    """Return a row without a signature; ``blank`` stands where name, function, signature and date will be."""
    return Row(
        (
            cell(role),
            *(cell(blank, Tone.MUTED) for _ in range(2)),
            cell(meaning),
            *(cell(blank, Tone.MUTED) for _ in range(2)),
        )
    )


def signed_row(one: Signature, meaning: str = "") -> Row:
    """Return the row of a signature or rejection.

    Args:
        one: as recorded.
        meaning: what it says, where that is not what its meaning and role say everywhere.
    """
    said = "Rejected" if one.rejected else meaning or meaning_text(one.meaning, one.role)
    tone = Tone.BAD if one.rejected else Tone.NEUTRAL
    what = "rejected electronically" if one.rejected else "signed electronically"
    mark: list[Block] = [
        Paragraph((Run(f"{what}\nrecord {one.record}\nkey "), Run(one.key[:_SHORT_KEY], code=True))),
    ]
    if one.key_note:
        mark.append(paragraph(one.key_note, Tone.WARN))
    when: list[Block] = [paragraph(moment(one.time))]
    if one.zone:
        when.append(paragraph(f"zone {one.zone}", Tone.MUTED))
    return Row(
        (
            cell(role_name(one.role)),
            cell(one.name, bold=True),
            cell(one.function or "not stated"),
            Cell((paragraph(said, bold=one.rejected), paragraph(f"Reason: {one.reason}", Tone.MUTED)), tone),
            Cell(tuple(mark), tone),
            Cell(tuple(when)),
        )
    )


def meaning_text(meaning: str, role: str = "") -> str:
    """Return the printed word of a meaning and what it says; an approval says what the role answers for."""
    said = APPROVALS.get(role, "") if meaning == "approved" else ""
    said = said or MEANINGS.get(meaning, "")
    return f"{role_name(meaning)}: {said}" if said else role_name(meaning)


def role_name(name: str) -> str:
    """Return a role or meaning of the settings as printed, such as ``System owner``."""
    return {"qa": "QA"}.get(name, name.replace("_", " ").capitalize())


def step_name(step: SignatureStep) -> str:
    """Return a step of the workflow in words, such as ``QA (approved)``."""
    return f"{role_name(step.role)} ({step.meaning})"


def signature_page(approval: Approval, ledger: LedgerFacts | None, *, compact: bool = False) -> tuple[Block, ...]:
    """Return everything that a document says about its own signatures.

    Args:
        approval: what they make of it.
        ledger: that holds them; None where the project has none.
        compact: for a document that stays on one page; what others list stands in a sentence.
    """
    found: list[Block] = list(_warnings(approval, ledger))
    found += _compact_table(approval) if compact and approval.signatures else _table(approval)
    if approval.uncounted or approval.elsewhere:
        # No caption: a signature must not shift the numbers of other tables.
        found += (paragraph("Signatures that do not count for this content", bold=True), _uncounted(approval))
    if ledger is not None or approval.signatures or approval.rejections:
        found += _proof(approval, ledger, compact=compact)
    return tuple(found)


def standing_sentence(approval: Approval) -> str:
    """Return how far a version has come, in words."""
    valid = f" Version {approval.in_force} is approved and stays valid until this one is." if approval.in_force else ""
    match approval.status:
        case DocumentStatus.APPROVED:
            return (
                f"Version {approval.version} is approved with every signature that the workflow asks for, and "
                f"effective from {_when(approval.effective)} on, the time of the last one."
            )
        case DocumentStatus.SUPERSEDED:
            return (
                f"Version {approval.version} was approved on {_when(approval.effective)} and is superseded by version "
                f"{approval.superseded_by}. It is kept as a record and is not to be used any more."
            )
        case DocumentStatus.REJECTED:
            last = approval.rejections[-1]
            return f"This content was rejected by {last.name} on {_when(last.time)}. {DRAFT_SENTENCE}{valid}"
        case DocumentStatus.IN_REVIEW:
            if approval.hindrance:
                return f"Every signature was given, but {approval.hindrance}. {DRAFT_SENTENCE}{valid}"
            missing = ", ".join(map(step_name, approval.missing))
            return (
                f"This version is in review: {len(approval.steps) - len(approval.missing)} of {len(approval.steps)} "
                f"signatures are given. Missing: {missing}. {DRAFT_SENTENCE}{valid}"
            )
        case _:
            return f"{UNSIGNED_CONTENT if approval.elsewhere else UNSIGNED}{valid}"


def after_rows(steps: Sequence[tuple[str, str]], report: Approval | None, blank: str) -> tuple[Row, ...]:
    """Return the rows of signatures after execution: those given on the report, and room for the others.

    Args:
        steps: role and meaning that the workflow asks for.
        report: what the signatures make of the report; None where there is none.
        blank: what stands where nobody has signed.
    """
    given = report.signatures if report is not None else ()
    rows: list[Row] = []
    executed = [one for one in given if one.meaning in ("executed", "witnessed")]
    rows += [signed_row(one) for one in executed] or [signature_row("Tester", meaning_text("executed"), blank)]
    reviewed = [one for one in given if one.meaning == "reviewed"]
    rows += [signed_row(one, REVIEWED) for one in reviewed] or [signature_row(_REVIEWER, REVIEWED, blank)]
    for role, meaning in steps:
        if meaning != "approved":
            continue
        found = next((one for one in given if (one.role, one.meaning) == (role, meaning)), None)
        rows.append(signed_row(found, ACCEPTED) if found else signature_row(role_name(role), ACCEPTED, blank))
    return tuple(rows)


REVIEWED = "Reviewed: results are complete and correct"
ACCEPTED = "Approved: results and deviations are accepted"
_REVIEWER = "Reviewer, who executed none of the tests"


def single_administrator_notice(ledger: LedgerFacts | None) -> tuple[Block, ...]:
    """Return what every document of a ledger in single-administrator mode says; nothing in another one."""
    if ledger is None or not ledger.single_administrator:
        return ()
    text = "One person can reset the account of another and could then sign in their name."
    return (Notice(SINGLE_ADMINISTRATOR, (paragraph(text),), Tone.WARN),)


def _warnings(approval: Approval, ledger: LedgerFacts | None) -> Iterator[Block]:
    if approval.elsewhere and not approval.approved:
        last = approval.elsewhere[-1]
        did = "rejected" if last.rejected else "signed"
        text = (
            f"Version {approval.version} was {did} with other content: record {last.record}, {last.name}, content "
            f"digest {last.content[:_SHORT_KEY]}. The content that stands here has the digest "
            f"{approval.content[:_SHORT_KEY]}, and those signatures do not count for it."
        )
        yield Notice("Signed with other content", (paragraph(text),), Tone.BAD)
    if approval.status is DocumentStatus.SUPERSEDED:
        text = f"Version {approval.superseded_by} is approved and takes the place of this one."
        yield Notice("Superseded", (paragraph(text),), Tone.BAD)
    yield from single_administrator_notice(ledger)


def _uncounted(approval: Approval) -> Table:
    other = (Uncounted(signature=one, why=_other_content(one)) for one in approval.elsewhere)
    listed = sorted((*approval.uncounted, *other), key=lambda one: one.signature.record)
    rows = tuple(
        Row(
            (
                cell(f"record {one.signature.record}"),
                cell(f"{one.signature.name}, {role_name(one.signature.role)}"),
                cell("Rejected" if one.signature.rejected else role_name(one.signature.meaning)),
                cell(moment(one.signature.time)),
                cell(one.why, Tone.WARN),
            )
        )
        for one in listed
    )
    columns = (
        Column("Record", 12),
        Column("Who, as what", 26),
        Column("Meaning", 14),
        Column("Date and time, UTC", 18),
        Column("Why it does not count", 40),
    )
    return Table(columns, rows, role="plain")


def _other_content(one: Signature) -> str:
    return f"it covers other content, with the digest {one.content[:_SHORT_KEY]}"


def _proof(approval: Approval, ledger: LedgerFacts | None, *, compact: bool) -> Iterator[Block]:
    """Yield what was signed and how anybody checks it."""
    signed = (*approval.signatures, *approval.rejections)
    if signed and not compact:
        yield paragraph(
            "Each signature covers the content of this document, named by its digest; the file that the signer was "
            "shown; meaning, reason and printed name; and the ledger as it was. What stands on this page, the status "
            "and the mark DRAFT follow from the signatures and are no part of what was signed."
        )
    size, head = ledger.head_after(approval.last_record) if ledger is not None else (0, "")
    if compact:
        if ledger is not None:
            known = approval.last_record >= 0
            text = f"{ledger.root_fingerprint}\n{head}" if known else ledger.root_fingerprint
            label = f"Ledger: root; head at {size}" if known else "Root fingerprint, SHA-256"
            yield Facts(((label, (paragraph(text, code=True),)),))
        return
    rows: list[tuple[str, tuple[Block, ...]]] = []
    if signed:
        rows.append(("Content signed, SHA-256", (paragraph(approval.content, code=True),)))
        rows += _shown(signed)
    if ledger is not None:
        rows.append(("Ledger", (paragraph(ledger.origin),)))
        rows.append(("Root fingerprint, SHA-256", (paragraph(ledger.root_fingerprint, code=True),)))
        if signed or approval.elsewhere:
            rows.append((f"Ledger head at {size} records", (paragraph(head, code=True),)))
            rows.append(("Anchored outside to", (paragraph(ledger.anchored_to or "nothing yet"),)))
    rows.append(("To be checked with", (paragraph(_VERIFY),)))
    yield Facts(tuple(rows))


def _shown(signed: Sequence[Signature]) -> Iterator[tuple[str, tuple[Block, ...]]]:
    """Yield each file that was shown, once; where there are several, with the records of those who saw it."""
    held: dict[tuple[str, str], list[int]] = {}
    for one in sorted(signed, key=lambda one: one.record):
        if one.rendition:
            held.setdefault((one.rendition_name, one.rendition), []).append(one.record)
    for (name, digest), records in held.items():
        numbers = ", ".join(map(str, records))
        label = "File shown to the signers" if len(held) == 1 else f"File shown for record {numbers}"
        text = Paragraph((*((Run(f"{name}\n"),) if name else ()), Run(digest, code=True)))
        yield label, (text,)


def _compact_table(approval: Approval) -> Iterator[Block]:
    """Yield the signatures in two lines each; reasons stand in the records, and digests in the control block."""
    rows: list[Row] = []
    given = [(one.step.role, one.step.meaning, one.signature) for one in approval.steps]
    given += [(one.role, one.meaning, one) for one in (*approval.further, *approval.rejections)]
    for role, meaning, one in given:
        rejected = one is not None and one.rejected
        meant = "Rejected" if rejected else meaning_text(meaning, role)
        said = f"{role_name(role)}; {meant[:1].lower()}{meant[1:]}"
        if one is None:
            rows.append(Row((cell(said), *(cell("not signed", Tone.MUTED) for _ in range(2)))))
            continue
        name = Paragraph((Run(one.name, bold=True), Run(f", {one.function or 'function not stated'}")))
        how = f"{'rejected' if rejected else 'signed'} electronically {_when(one.time)}\n"
        how += f"zone {one.zone or 'not stated'}, record {one.record}, key "
        mark: list[Block] = [Paragraph((Run(how), Run(one.key[:_SHORTEST_KEY], code=True)))]
        if one.key_note:
            mark.append(paragraph(one.key_note, Tone.WARN))
        rows.append(Row((cell(said), Cell((name,)), Cell(tuple(mark), Tone.BAD if rejected else Tone.NEUTRAL))))
    columns = (
        Column("Role, meaning of signature", 36),
        Column("Printed name", 28),
        Column("Signature, date and time", 36),
    )
    yield Table(columns, tuple(rows), role="approvals")
    if not approval.approved:
        yield paragraph(standing_sentence(approval), Tone.MUTED)


def _table(approval: Approval) -> Iterator[Block]:
    rows = [
        signed_row(one.signature)
        if one.signature
        else signature_row(role_name(one.step.role), meaning_text(one.step.meaning, one.step.role))
        for one in approval.steps
    ]
    rows += [signed_row(one) for one in sorted((*approval.further, *approval.rejections), key=lambda one: one.record)]
    yield signature_table(tuple(rows), empty="The workflow asks for no signature.")
    yield paragraph(standing_sentence(approval), Tone.NEUTRAL if approval.approved else Tone.MUTED)


def _when(time: str) -> str:
    return moment(time).replace("\n", ", ")
