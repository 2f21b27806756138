"""GxP assessment, assessment of clauses, summary report and certificate: conclusions follow from data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from stage_runs import run_of
from valgen.documents import assessment, certificate, clause_assessment, matrix, release, summary
from valgen.documents.blocks import Block, Notice, Table, plain_text, walk
from valgen.documents.catalog import plan_documents
from valgen.documents.context import Context
from valgen.documents.shipped import find_template
from valgen.documents.template import assemble
from valgen.model.deviation import Acceptability, Deviation, DeviationClass, DeviationStatus
from valgen.model.outcome import Outcome, RunMode
from valgen.regulations.library import library_clauses
from valgen.workflow.check import clause_facts

Make = Callable[..., Context]
APPLICABILITY = "requirements/applicability.yaml"


def toml(impact: str = "direct", regulations: str = '"21-cfr-part-11"', acceptance: str = "") -> dict[str, str]:
    stated = f'gxp_impact = "{impact}"' if impact else ""
    text = f"""
[project]
id = "T"
gamp_category = 5
{stated}
regulations = [{regulations}]
[system]
name = "Tiny"
version = "1.0"
supplier = "in-house"
[environments.VAL]
title = "Validation"
[acceptance]
{acceptance}
"""
    return {"valgen.toml": text}


def screening(**given: str) -> dict[str, str]:
    rows = "".join(f"  - {{question: {name}, answer: {word}, rationale: R}}\n" for name, word in given.items())
    return {APPLICABILITY: f"screening:\n{rows}"}


def notice(blocks: tuple[Block, ...]) -> str:
    return next(one.title for one in walk(blocks) if isinstance(one, Notice))


def release_document(context: Context, key: str) -> str:
    spec = next(one for one in plan_documents(context) if one.key == key)
    made, findings = assemble(find_template(spec, {}), spec, context)
    assert findings == ()
    return plain_text(made.sections)


CONCLUSIONS = {
    "stated": ("direct", {}, "Validation required: Yes"),
    "screened": ("", {"calculates": "yes"}, "Validation required: Yes"),
    "none": ("none", {}, "Validation required: No"),
    "open": ("", {"calculates": "no"}, "No conclusion yet"),
    "contradiction": ("none", {"calculates": "yes"}, "No conclusion: contradicting statements"),
}


@pytest.mark.parametrize(("impact", "answers", "title"), CONCLUSIONS.values(), ids=CONCLUSIONS.keys())
def test_conclusion_follows_from_settings_and_answers(
    context: Make, impact: str, answers: dict[str, str], title: str
) -> None:
    files = {**toml(impact), **(screening(**answers) if answers else {})}
    assert notice(assessment.conclusion(context(files), None)) == title


def test_question_that_nobody_answered_is_a_row_that_says_so(context: Make) -> None:
    table = assessment.screening(context({**toml(), **screening(calculates="yes")}), None)[0]
    assert isinstance(table, Table)
    assert [plain_text(row.cells[1].blocks) for row in table.rows].count("not answered") == 6


def test_criticality_rests_on_the_impact_of_requirements(context: Make) -> None:
    assert "Criticality: Low" in plain_text(assessment.criticality(context(toml()), None))
    items = (
        "items:\n  - {id: URS-001, title: A, text: The system shall add., impact: [patient_safety]}\n"
        "  - {id: FS-001, title: F, text: Adds., satisfies: [URS-001]}\n"
    )
    found = plain_text(assessment.criticality(context({**toml(), "requirements/items.yaml": items}), None))
    assert "Criticality: High. At least one requirement concerns patient safety." in found


ANSWERED = {
    "requirements/more.yaml": "items:\n"
    "  - {id: URS-010, title: Trail, text: The system shall log., regulations: ['21CFR11.10(e)', '21CFR11.10(a)'],"
    " priority: must}\n"
    "  - {id: URS-011, title: Train, text: People shall be trained., regulations: ['21CFR11.10(i)'],"
    " verification: procedure, priority: must}\n"
    "  - {id: SOP-001, title: Training, satisfies: [URS-011], number: P-1, version: '1',"
    " regulations: ['21CFR11.10(i)']}\n",
    APPLICABILITY: "applicability:\n  - {clause: '21CFR11.30', applicable: no, rationale: Closed.}\n"
    "  - {clause: '21CFR11.50(a)', applicable: yes, rationale: Signed.}\n",
}


def test_every_clause_that_asks_for_evidence_has_one_row(context: Make) -> None:
    made = context({**toml(), **ANSWERED})
    found = clause_assessment.assess(made, "21-cfr-part-11")
    asked = [one.id for one in library_clauses("21-cfr-part-11") if one.counts]
    assert [one.clause.id for one in found if one.clause.counts] == asked
    assert len({one.clause.id for one in found}) == len(found)


def test_counts_agree_with_the_rules_of_check(context: Make) -> None:
    from valgen.trace.rules.clauses import check_clauses

    made = context({**toml(), **ANSWERED})
    found = clause_assessment.assess(made, "21-cfr-part-11")
    told = {one.code: set(one.ids) for one in check_clauses(made.project, made.graph, clause_facts())}
    assert {one.clause.id for one in found if one.unanswered} == told["VG171"]
    assert {one.clause.id for one in found if one.undecided} == told["VG173"]


def test_coverage_of_each_clause_is_that_of_the_regulation_matrix(context: Make) -> None:
    made = context({**toml(), **ANSWERED})
    table = next(one for one in walk(matrix.regulations(made, None)) if isinstance(one, Table))
    titles = [one.title for one in table.columns]
    place = titles.index("Coverage (formal)")
    printed = {row.anchor.removeprefix("clause-"): plain_text(row.cells[place].blocks) for row in table.rows}
    found = clause_assessment.assess(made, "21-cfr-part-11")
    assert {one.clause.id: one.formal.value if one.formal else "no requirement" for one in found} == printed


def test_responsible_part_comes_from_the_library_and_its_control_from_the_items(context: Make) -> None:
    made = context({**toml(), **ANSWERED})
    text = plain_text(clause_assessment.clauses(made, None))
    assert "Organisation (procedure): SOP-001" in text
    assert "Supplier: none named" in text
    assert "System (technical): SOP-001" not in text


def test_excluded_clause_is_no_gap_and_shows_its_rationale(context: Make) -> None:
    made = context({**toml(), **ANSWERED})
    table = next(one for one in walk(clause_assessment.clauses(made, None)) if isinstance(one, Table))
    row = next(one for one in table.rows if one.anchor == "eres-21CFR11.30")
    texts = [plain_text(one.blocks) for one in row.cells]
    assert (texts[2], texts[-1]) == ("No: Closed.", "none: not applicable")
    gaps = plain_text(clause_assessment.gaps(made, None))
    assert "21CFR11.30\n" not in gaps
    assert "21CFR11.50(a)\n" in gaps


def test_draft_is_shown_for_information_and_counted_nowhere(context: Make) -> None:
    made = context(toml(regulations='"21-cfr-part-11", "eu-annex-11-draft-2025"'))
    assert [one.name for one in clause_assessment.assessed_libraries(made)] == ["21-cfr-part-11"]
    text = plain_text(clause_assessment.informative(made, None))
    assert "It is a draft and not in force." in text
    assert "Annex11D2025.1" in text
    assert "Draft" not in plain_text(clause_assessment.summary(made, None))


def deviation(**given: object) -> Deviation:
    values = {
        "id": "DEV-001", "opened_at": "2026-01-01T00:00:00Z", "opened_by": "T", "phase": "OQ", "environment": "VAL",
        "expected": "a", "observed": "b", "classification": DeviationClass.MINOR, "acceptability": Acceptability.B,
        "owner": "O", "due": "2026-06-01", "resolution": "Workaround.",
    }  # fmt: skip
    return Deviation(**{**values, **given})  # type: ignore[arg-type]


BLOCKING = {
    "critical": ({"classification": DeviationClass.CRITICAL}, True),
    "unclassified": ({"classification": None}, True),
    "major": ({"classification": DeviationClass.MAJOR}, True),
    "minor, not judged": ({"acceptability": None}, True),
    "minor, unacceptable": ({"acceptability": Acceptability.C}, True),
    "minor without owner": ({"owner": ""}, True),
    "minor without date": ({"due": ""}, True),
    "minor, acceptable": ({}, False),
    "closed": ({"classification": DeviationClass.CRITICAL, "status": DeviationStatus.CLOSED}, False),
}


@pytest.mark.parametrize(("given", "blocks"), BLOCKING.values(), ids=BLOCKING.keys())
def test_open_deviation_keeps_the_system_from_release(context: Make, given: dict[str, object], blocks: bool) -> None:
    made = replace(context(toml()), deviations=(deviation(**given),))
    assert any("DEV-001" in one for one in release.obstacles(made)) is blocks


def test_open_minor_deviation_is_a_condition_with_owner_and_date(context: Make) -> None:
    made = replace(context(toml()), deviations=(deviation(),))
    assert "DEV-001: Workaround. (owner O, due 2026-06-01)" in release.conditions(made)


def test_unclassified_deviation_is_counted_as_critical_and_said_to_be_unclassified(context: Make) -> None:
    made = replace(context(toml()), deviations=(deviation(classification=None),))
    table = summary.deviation_counts(made, None)[0]
    assert isinstance(table, Table)
    assert [plain_text(one.blocks) for one in table.rows[0].cells] == [
        "Critical, 1 of them unclassified",
        "1",
        "0",
        "1",
    ]


def accepted(made: Context) -> Context:
    """The same project, every test formally passed and every other obstacle of the small world removed."""
    formal = {key: replace(one, outcome=Outcome.PASSED) for key, one in made.matrix.formal.items()}
    rows = tuple(replace(one, status=one.dry_status.PASSED) for one in made.matrix.rows)
    return replace(made, matrix=replace(made.matrix, formal=formal, rows=rows))


def test_nothing_reads_released_while_anything_speaks_against_it(
    context: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = context({**toml(), "documents/CERT.md": "# Planned go-live date\n\n2026-05-04\n"})
    text = release_document(made, "CERT")
    assert "Not released" in text
    assert "Go-live" not in text or "is released" not in text.lower()
    assert notice(release.release(made, None)) == "Not released"
    monkeypatch.setattr(certificate, "obstacles", lambda context: ("one reason",))
    assert notice(certificate.certificate(accepted(made), None)) == "Not released"


def test_certificate_is_ready_only_when_no_obstacle_is_left(context: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    made = context(toml())
    for module in (release, certificate):
        monkeypatch.setattr(module, "obstacles", lambda context: ())
    assert notice(certificate.certificate(made, None)) == "Ready for signature"
    monkeypatch.setattr(release, "conditions", lambda context: ("one",))
    assert notice(release.release(made, None)) == "Ready for signature, with conditions"
    monkeypatch.setattr(release, "conditions", lambda context: ())
    assert notice(release.release(made, None)) == "Ready for signature"


OBSTACLES = {
    "unapproved documents": ({}, "no document of the pack is approved"),
    "dry runs": ({}, "OQ in VAL has no formal execution"),
    "clauses": ({}, "21 CFR Part 11, Electronic Records; Electronic Signatures without accepted evidence"),
    "contradiction": (screening(calculates="no", exchanges_data="no", creates_records="no", supports_release="no",
                                controls_workflow="no", stores_records="no", signatures="no"),
                      "the GxP impact is stated as direct and screened as none"),
    "criterion": ({}, "criterion not met: No critical or major deviation is open (no formal execution yet; "
                      "dry runs open no deviation)"),
}  # fmt: skip


@pytest.mark.parametrize(("files", "text"), OBSTACLES.values(), ids=OBSTACLES.keys())
def test_each_obstacle_is_named(context: Make, files: dict[str, str], text: str) -> None:
    assert any(text in one for one in release.obstacles(context({**toml(), **files})))


def test_formal_results_that_are_not_accepted_are_an_obstacle_even_when_most_pass(context: Make) -> None:
    made = context(toml())
    assert made.matrix.counts("URS", mode=RunMode.FORMAL)
    assert "is not released" in plain_text(release.release(accepted(made), None))


def test_report_and_certificate_name_one_baseline(context: Make) -> None:
    items = "items:\n  - {id: CS-001, title: Lock, satisfies: [FS-001], parameter: lock, value: 'on'}\n"
    made = context({**toml(), "requirements/cs.yaml": items})
    from valgen.documents.configuration import baseline_digest

    digest = baseline_digest(made)
    assert digest in plain_text(summary.environment_baseline(made, None))
    assert digest in release_document(made, "CERT")


def test_report_has_the_sections_of_a_summary_report(context: Make) -> None:
    made = context(toml())
    spec = next(one for one in plan_documents(made) if one.key == "VSR")
    document, _ = assemble(find_template(spec, {}), spec, made)
    assert [one.title for one in document.sections] == [
        "Introduction", "Scope", "Deliverables", "Deviations from the plan", "Results by phase",
        "Traceability and coverage", "Deviations", "Risks", "Regulations", "Suppliers", "Data migration",
        "Training and procedures", "Production baseline and environments", "Known limitations",
        "Operational controls", "Acceptance criteria", "Conclusion and release statement", "Location and retention",
        "Document control",
    ]  # fmt: skip


SUPPLIER = {
    "approved": ("**Approved.** Good.", False, False),
    "conditional": ("Conditional, as stated.", False, True),
    "rejected": ("Rejected.", True, False),
    "nothing stated": ("We shall see.", True, False),
}


@pytest.mark.parametrize(("text", "blocks", "conditional"), SUPPLIER.values(), ids=SUPPLIER.keys())
def test_conclusion_on_the_supplier_reaches_the_release_statement(
    context: Make, text: str, blocks: bool, conditional: bool
) -> None:
    register = "documents:\n  - {type: SUP, number: T-SUP}\n"
    files = {"requirements/documents.yaml": register, "documents/SUP.md": f"# Conclusion\n\n{text}\n"}
    made = context({**toml(), **files})
    assert any("T-SUP" in one for one in release.obstacles(made)) is blocks
    assert any("T-SUP" in one for one in release.conditions(made)) is conditional


@pytest.mark.verifies("FS-070")
def test_a_procedure_counts_for_a_clause_once_it_states_its_effective_date(context: Make) -> None:
    def standing(more: str) -> tuple[bool, str]:
        items = f"""
items:
  - id: SOP-001
    title: Signing
    text: Who signs, and who answers for it.
    regulations: ["21CFR11.10(j)"]
{more}"""
        made = context({**toml(), "requirements/sop/sop.yaml": items})
        found = {one.clause.id: one for one in clause_assessment.assess(made, "21-cfr-part-11")}
        table = next(one for one in walk(clause_assessment.gaps(made, None)) if isinstance(one, Table))
        gap = [
            plain_text(row.cells[2].blocks) for row in table.rows if "21CFR11.10(j)" in plain_text(row.cells[0].blocks)
        ]
        return found["21CFR11.10(j)"].met, "".join(gap)

    assert standing("") == (False, "procedure not in force")
    assert standing("    effective_date: 2026-03-20\n") == (True, "")


@pytest.mark.verifies("FS-070")
def test_results_stand_beside_the_tests_of_a_clause_and_those_of_dry_runs_apart(context: Make) -> None:
    files = {
        **toml(),
        "requirements/items.yaml": "items:\n"
        "  - {id: URS-001, title: A, text: The system shall add., regulations: ['21CFR11.10(a)']}\n"
        "  - {id: FS-001, title: F, text: Adds., satisfies: [URS-001]}\n",
    }
    base = context(files)

    def cells(outcome: Outcome, mode: RunMode) -> list[str]:
        made = context(files, runs=(run_of(base, {"OQ-001": outcome}, mode=mode),))
        table = next(one for one in walk(clause_assessment.clauses(made, None)) if isinstance(one, Table))
        row = next(one for one in table.rows if one.anchor == "eres-21CFR11.10(a)")
        return [plain_text(one.blocks) for one in row.cells[-3:-1]]

    tests, coverage = cells(Outcome.PASSED, RunMode.DRY)
    assert tests.splitlines() == ["OQ-001", "1 Not executed", "Dry run: 1 Passed"]
    assert coverage.splitlines() == ["Covered-Not executed", "Dry run: Covered-Passed"]
    tests, coverage = cells(Outcome.FAILED, RunMode.FORMAL)
    assert tests.splitlines() == ["OQ-001", "1 Failed (OQ-001)"]
    assert coverage == "Covered-Failed"
