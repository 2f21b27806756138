"""The assessment of valgen itself: every clause of Part 11 and Annex 11 that asks for evidence has its answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from valgen.documents.clause_assessment import Assessed, assess
from valgen.documents.context import Context
from valgen.regulations.library import library_clauses
from valgen.workflow.load import Executed, load, make_context

ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = ("21-cfr-part-11", "eu-annex-11")
_ITEM = re.compile(r"\b(?:URS|FS|DS|RSK|SOP)-\d{3}\b")
_RECORDS_AND_SIGNATURES = re.compile(r"21CFR11\.(10|50|70|100|200|300)\b|Annex11\.(5|7|8\.1|9|12|14|16|17)\b")


@pytest.fixture(scope="module")
def context() -> Context:
    return make_context(load(ROOT), Executed())


@pytest.fixture(scope="module")
def assessed(context: Context) -> dict[str, Assessed]:
    return {one.clause.id: one for name in LIBRARIES for one in assess(context, name)}


def test_the_project_names_both_regulations(context: Context) -> None:
    assert set(LIBRARIES) <= set(context.project.settings.regulations)


@pytest.mark.verifies("URS-017")
def test_no_clause_that_asks_for_evidence_is_without_assessment(assessed: dict[str, Assessed]) -> None:
    asked = {clause.id for name in LIBRARIES for clause in library_clauses(name) if clause.counts}
    assert len(asked) > 70
    assert asked <= assessed.keys()
    open_ones = [name for name in sorted(asked) if assessed[name].undecided or assessed[name].unanswered]
    assert open_ones == []


def test_each_clause_cites_items_that_exist_and_are_in_force(context: Context, assessed: dict[str, Assessed]) -> None:
    active = {item.id for item in context.project.items if not item.retired}
    cited = {
        (name, item)
        for name, one in assessed.items()
        for item in (
            *(answer.item.id for answer in one.answers),
            *(_ITEM.findall(one.stated.rationale) if one.stated else ()),
        )
    }
    assert cited
    assert [one for one in sorted(cited) if one[1] not in active] == []


def test_prose_of_the_assessment_and_of_the_specification_cites_items_that_exist(context: Context) -> None:
    active = {item.id for item in context.project.items if not item.retired}
    for name in ("ERES.md", "URS.md", "VSR.md"):
        text = (ROOT / "documents" / name).read_text(encoding="utf-8")
        assert [one for one in _ITEM.findall(text) if one not in active] == [], name


def test_each_clause_is_answered_by_tests_or_by_a_procedure(context: Context, assessed: dict[str, Assessed]) -> None:
    """No answer is a requirement that nothing verifies."""
    poor = []
    for name, one in assessed.items():
        procedures = [answer.item.id for answer in one.answers if answer.item.type == "SOP"]
        if one.applies and not one.tests and not procedures:
            poor.append(name)
    assert poor == []


def test_what_is_stated_not_to_apply_has_a_reason_and_concerns_no_control_of_records(
    assessed: dict[str, Assessed],
) -> None:
    excluded = {name: one.stated.rationale for name, one in assessed.items() if one.excluded and one.stated}
    assert [name for name, why in excluded.items() if len(why.split()) < 5] == []
    # Of the clauses on records and signatures only these do not apply; another one needs a decision, not an entry.
    assert [name for name in excluded if _RECORDS_AND_SIGNATURES.match(name)] == ["21CFR11.200(b)"]


def test_where_the_organisation_alone_is_responsible_the_answer_names_what_it_has_to_do(
    context: Context, assessed: dict[str, Assessed]
) -> None:
    graph = context.graph
    lacking = []
    for name, one in assessed.items():
        if one.applies and "system" not in one.clause.responsible:
            below = {part for answer in one.answers for part in (answer.item.id, *graph.below(answer.item.id))}
            if not any(graph.items[part].type == "SOP" for part in below):
                lacking.append(name)
    assert lacking == []


def test_no_clause_counts_as_met_by_a_procedure_that_is_not_in_force(assessed: dict[str, Assessed]) -> None:
    """Procedures belong to the organisation that uses valgen; the supplier cannot call one effective."""
    resting = [one for one in assessed.values() if any(answer.item.type == "SOP" for answer in one.answers)]
    assert resting
    assert [one.clause.id for one in resting if one.met] == []
