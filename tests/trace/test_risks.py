"""Risks: what lowers them, what challenges the control, what remains (domain/documents.md b.7)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import case, codes_of, findings_of, item, places, project, requirement, right_project, risk
from valgen.model.project import Project, RiskMethod
from valgen.readers.settings_declared import DEFAULT_RISK
from valgen.trace.risk import initial_score, residual_score

RSK = "requirements/rsk.yaml"
NEGATIVE = case("OQ-002", verifies=["FS-001"], risks=["RSK-002"], flags=["negative"])


def test_risk_without_a_control_is_reported() -> None:
    world = right_project(risk("RSK-002", assesses=["URS-001"], scores="medium medium medium"))
    (found,) = findings_of(world)
    assert (found.code, str(found.location)) == ("VG160", f"{RSK}:2:5")
    assert "medium priority" in found.message


def test_low_risk_needs_no_control() -> None:
    assert findings_of(right_project(risk("RSK-002", assesses=["URS-001"], scores="low low high"))) == []


def test_decision_to_accept_a_risk_stands_for_a_control() -> None:
    accepted = risk("RSK-002", assesses=["URS-001"], scores="medium medium medium", decision="Accepted by QA.")
    assert findings_of(right_project(accepted)) == []


def test_retired_control_is_none() -> None:
    world = right_project(
        requirement("FS-002", parents=["URS-001"], retired=True),
        risk("RSK-002", assesses=["URS-001"], controls=["FS-002"], scores="medium medium medium"),
    )
    assert places(world, "VG160") == [(RSK, 2, 5)]


def test_test_that_challenges_a_risk_is_a_control() -> None:
    world = right_project(risk("RSK-002", assesses=["URS-001"], scores="medium medium medium"), NEGATIVE)
    assert findings_of(world) == []


def test_high_risk_that_no_test_challenges_is_reported() -> None:
    world = right_project(risk("RSK-002", assesses=["URS-001"], controls=["FS-001"]))
    assert places(world, "VG161") == [(RSK, 2, 5)]


def test_test_named_under_mitigated_by_challenges_the_risk() -> None:
    world = right_project(risk("RSK-002", assesses=["URS-001"], controls=["OQ-001"]))
    assert findings_of(world) == []


def test_retired_test_challenges_nothing() -> None:
    retired = case("OQ-002", verifies=["FS-001"], risks=["RSK-002"], flags=["negative", "retired"])
    world = right_project(risk("RSK-002", assesses=["URS-001"], controls=["FS-001"]), retired)
    assert places(world, "VG161") == [(RSK, 2, 5)]


def test_high_risk_tested_on_the_good_path_alone_is_reported() -> None:
    good = case("OQ-002", verifies=["FS-001"], risks=["RSK-002"], flags=["positive"])
    world = right_project(risk("RSK-002", assesses=["URS-001"], controls=["FS-001"]), good)
    assert places(world, "VG162") == [(RSK, 2, 5)]


@pytest.mark.parametrize("kind", ["negative", "boundary", "stress"])
def test_one_test_off_the_good_path_suffices(kind: str) -> None:
    tests = [case("OQ-002", verifies=["FS-001"], risks=["RSK-002"]),
             case("OQ-003", verifies=["FS-001"], risks=["RSK-002"], flags=[kind])]  # fmt: skip
    assert findings_of(right_project(risk("RSK-002", assesses=["URS-001"], controls=["FS-001"]), *tests)) == []


def test_scores_that_fall_without_a_control_are_reported() -> None:
    world = right_project(
        risk("RSK-002", assesses=["URS-001"], scores="medium medium medium", decision="Accepted.",
             residual={"probability": "low", "detectability": "high"})
    )  # fmt: skip
    assert places(world, "VG163") == [(RSK, 2, 29)]


def test_scores_may_fall_when_a_control_works() -> None:
    world = right_project(
        risk("RSK-002", assesses=["URS-001"], controls=["FS-001"], residual={"detectability": "high"}), NEGATIVE
    )
    assert findings_of(world) == []


def test_residual_risk_that_stays_high_needs_a_decision() -> None:
    high = {"assesses": ["URS-001"], "controls": ["FS-001"], "residual": {"probability": "medium"}}
    assert places(right_project(risk("RSK-002", **high), NEGATIVE), "VG164") == [(RSK, 2, 29)]
    decided = risk("RSK-002", **high, decision="Accepted by the process owner.")
    assert findings_of(right_project(decided, NEGATIVE)) == []


def test_retired_risk_is_left_in_peace() -> None:
    assert findings_of(right_project(risk("RSK-002", assesses=["URS-001"], retired=True))) == []


def test_risk_with_a_missing_score_is_left_to_the_reader() -> None:
    assert "VG160" not in codes_of(right_project(item("RSK-002", severity="high")))


def test_residual_scores_that_are_not_given_are_as_before() -> None:
    one = risk("RSK-001", scores="high medium low", residual={"probability": "low"})
    found = residual_score(one, DEFAULT_RISK)
    assert found and (found.severity, found.probability, found.detectability) == ("high", "low", "low")
    assert residual_score(risk("RSK-001"), DEFAULT_RISK) is None


def test_every_combination_of_scores_has_a_priority() -> None:
    words = ("low", "medium", "high")
    for severity in words:
        for probability in words:
            for detectability in words:
                assert initial_score(
                    risk("RSK-001", scores=f"{severity} {probability} {detectability}"), DEFAULT_RISK
                ).complete


RPN = RiskMethod(method="rpn", bands={"low": 1, "medium": 16, "high": 40})


@pytest.mark.parametrize(
    ("scores", "priority"),
    [("1 1 1", "low"), ("3 5 1", "low"), ("4 4 1", "medium"), ("2 4 5", "high"), ("5 5 5", "high")],
)
def test_risk_priority_number_falls_into_its_band(scores: str, priority: str) -> None:
    found = initial_score(risk("RSK-001", scores=scores), RPN)
    assert found.priority == priority


def test_word_where_a_number_belongs_gives_no_priority() -> None:
    assert not initial_score(risk("RSK-001", scores="high 4 5"), RPN).complete


def _with_rpn(world: Project) -> Project:
    return replace(world, settings=replace(world.settings, risk=RPN))


def test_rules_follow_the_method_of_the_project() -> None:
    world = project(
        requirement("URS-001"),
        case("OQ-001", verifies=["URS-001"]),
        risk("RSK-001", assesses=["URS-001"], scores="2 4 5"),
    )
    assert {"VG160", "VG161"} <= codes_of(_with_rpn(world))
    assert not {"VG160", "VG161"} & codes_of(world)
