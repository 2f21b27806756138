"""Which result counts: the newest run that selected the case, unless something changed since (design.md §4, §5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import case, changed, project, requirement, right_project, run
from valgen.model.judgement import Amendment, Assessment, ChangeSeen, Judgements
from valgen.model.outcome import Outcome, RunMode, RunState
from valgen.model.project import Project
from valgen.model.run import Run
from valgen.model.signature import Signature
from valgen.trace.graph import build_graph
from valgen.trace.results import CaseStatus, case_statuses

CODE = {"test_scripts/conftest.py": "a" * 64, "test_scripts/steps/box.py": "b" * 64, "requirements/urs.yaml": "c" * 64}


def standing(
    world: Project, name: str, *runs: Run, environment: str = "VAL", mode: RunMode = RunMode.FORMAL
) -> CaseStatus:
    return case_statuses(world, build_graph(world), runs, mode)[name, environment]


def test_case_that_was_never_run_is_a_row_as_not_executed() -> None:
    status = standing(right_project(), "OQ-001")
    assert (status.outcome, status.run, status.note) == (Outcome.NOT_EXECUTED, "", "never run in this environment")


@pytest.mark.parametrize("outcome", list(Outcome))
def test_result_of_the_run_counts_as_it_is(outcome: Outcome) -> None:
    world = right_project()
    status = standing(world, "OQ-001", run(1, world, {"OQ-001": outcome}))
    assert (status.outcome, status.earlier, status.run) == (outcome, outcome, "formal-0001")


def test_newest_run_decides() -> None:
    world = right_project()
    runs = [run(1, world, {"OQ-001": Outcome.FAILED}), run(2, world, {"OQ-001": Outcome.PASSED})]
    assert standing(world, "OQ-001", *runs).outcome is Outcome.PASSED
    worse = [run(1, world, {"OQ-001": Outcome.PASSED}), run(2, world, {"OQ-001": Outcome.SKIPPED})]
    assert standing(world, "OQ-001", *worse).outcome is Outcome.SKIPPED


def test_run_that_never_reached_the_case_hides_an_older_pass() -> None:
    world = right_project()
    runs = [run(1, world, {"OQ-001": Outcome.PASSED}), run(2, world, {"OQ-001": None}, state=RunState.ABORTED)]
    status = standing(world, "OQ-001", *runs)
    assert (status.outcome, status.run) == (Outcome.NOT_EXECUTED, "formal-0002")
    assert status.note == "planned in formal-0002, not reached (run aborted)"


def test_run_from_which_the_case_was_left_out_changes_nothing() -> None:
    world = right_project()
    runs = [run(1, world, {"OQ-001": Outcome.PASSED}), run(2, world, {}, left_out=["OQ-001"])]
    assert standing(world, "OQ-001", *runs).outcome is Outcome.PASSED


def test_last_attempt_within_a_run_decides_and_all_are_kept() -> None:
    world = right_project()
    one = run(1, world, {"OQ-001": Outcome.PASSED})
    again = replace(one.attempts[0], number=2, outcome=Outcome.FAILED)
    assert standing(world, "OQ-001", replace(one, attempts=(*one.attempts, again))).outcome is Outcome.FAILED


def test_results_are_per_environment() -> None:
    world = project(requirement("URS-001"), case("OQ-001", verifies=["URS-001"], environments=["VAL", "PROD"]))
    one = run(1, world, {"OQ-001": Outcome.PASSED})
    assert standing(world, "OQ-001", one).outcome is Outcome.PASSED
    assert standing(world, "OQ-001", one, environment="PROD").outcome is Outcome.NOT_EXECUTED


def test_case_of_another_environment_has_no_row_here() -> None:
    world = project(requirement("URS-001"), case("OQ-001", verifies=["URS-001"], environments=["PROD"]))
    one = run(1, world, {"OQ-001": Outcome.PASSED})  # in VAL, where it is not planned
    statuses = case_statuses(world, build_graph(world), [one], RunMode.FORMAL)
    assert list(statuses) == [("OQ-001", "PROD")]
    assert statuses["OQ-001", "PROD"].outcome is Outcome.NOT_EXECUTED


def test_dry_and_formal_results_are_kept_apart() -> None:
    world = right_project()
    runs = [run(1, world, {"OQ-001": Outcome.PASSED}), run(2, world, {"OQ-001": Outcome.FAILED}, mode=RunMode.DRY)]
    assert standing(world, "OQ-001", *runs).outcome is Outcome.PASSED
    assert standing(world, "OQ-001", *runs, mode=RunMode.DRY).outcome is Outcome.FAILED


def test_retired_case_has_no_row() -> None:
    world = right_project(case("OQ-002", verifies=["FS-001"], flags=["retired"]))
    assert not any(name == "OQ-002" for name, _ in case_statuses(world, build_graph(world), [], RunMode.FORMAL))


def test_each_row_of_an_outline_has_its_own_result() -> None:
    world = project(requirement("URS-001"), *(case("OQ-001", verifies=["URS-001"], row=n) for n in (1, 2)))
    one = run(1, world, {"OQ-001[1]": Outcome.PASSED, "OQ-001[2]": Outcome.FAILED})
    assert standing(world, "OQ-001[1]", one).outcome is Outcome.PASSED
    assert standing(world, "OQ-001[2]", one).outcome is Outcome.FAILED


# Freshness


@pytest.mark.parametrize("outcome", [Outcome.PASSED, Outcome.FAILED, Outcome.PASSED_WITH_DEVIATION])
def test_changed_script_makes_the_result_stale(outcome: Outcome) -> None:
    world = right_project()
    one = run(1, world, {"OQ-001": outcome})
    steps = tuple(replace(step, text=f"{step.text} twice") for step in world.cases[1].steps)
    status = standing(changed(world, "OQ-001", steps=steps), "OQ-001", one)
    assert (status.outcome, status.earlier) == (Outcome.NOT_EXECUTED, outcome)
    assert status.stale == ("the test script changed",)
    assert status.note == f"{outcome} in formal-0001 no longer counts: the test script changed"


def test_changed_requirement_makes_the_results_of_its_own_tests_stale() -> None:
    world = right_project()
    one = run(1, world, dict.fromkeys(("IQ-001", "OQ-001", "PQ-001"), Outcome.PASSED))
    later = changed(world, "FS-001", text="The system shall do it twice.")
    assert standing(later, "OQ-001", one).stale == ("FS-001 changed",)
    assert standing(later, "IQ-001", one).outcome is Outcome.PASSED
    assert standing(later, "PQ-001", one).outcome is Outcome.PASSED


def test_requirement_that_is_gone_or_retired_makes_the_result_stale() -> None:
    world = right_project()
    one = run(1, world, {"OQ-001": Outcome.PASSED})
    gone = replace(world, items=tuple(item for item in world.items if item.id != "FS-001"))
    assert standing(gone, "OQ-001", one).stale == ("FS-001 is gone",)
    assert standing(changed(world, "FS-001", retired=True), "OQ-001", one).stale == ("FS-001 changed",)


def test_bookkeeping_and_place_change_nothing() -> None:
    world = right_project()
    one = run(1, world, {"OQ-001": Outcome.PASSED})
    later = changed(world, "FS-001", line=99, path="requirements/other.yaml")
    later = changed(later, "FS-001", fields={**later.items[1].fields, "owner": "Somebody", "comment": "Why."})
    later = changed(later, "OQ-001", line=999, path="test_scripts/oq/other.feature", title="Another title")
    assert standing(later, "OQ-001", one).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("now", "named"),
    [
        ({**CODE, "test_scripts/steps/box.py": "d" * 64}, "test_scripts/steps/box.py"),
        ({**CODE, "test_scripts/steps/new.py": "d" * 64}, "test_scripts/steps/new.py"),
        ({path: digest for path, digest in CODE.items() if "box" not in path}, "test_scripts/steps/box.py"),
        ({"requirements/urs.yaml": "c" * 64}, "test_scripts/conftest.py, test_scripts/steps/box.py"),
    ],
    ids=["changed", "added", "removed", "all removed"],
)
def test_changed_step_code_makes_the_result_stale(now: dict[str, str], named: str) -> None:
    world = right_project(code=CODE)
    one = run(1, world, {"OQ-001": Outcome.PASSED})
    assert standing(right_project(code=now), "OQ-001", one).stale == (f"step code changed ({named})",)


def test_other_files_are_no_step_code() -> None:
    one = run(1, right_project(code=CODE), {"OQ-001": Outcome.PASSED})
    later = right_project(code={**CODE, "requirements/urs.yaml": "e" * 64, "documents/URS.md": "f" * 64})
    assert standing(later, "OQ-001", one).outcome is Outcome.PASSED


def test_case_that_was_not_reached_is_not_stale() -> None:
    world = right_project()
    one = run(1, world, {"OQ-001": None})
    status = standing(changed(world, "FS-001", text="Changed."), "OQ-001", one)
    assert (status.outcome, status.stale) == (Outcome.NOT_EXECUTED, ())


def test_repeating_the_test_makes_it_current_again() -> None:
    world = right_project()
    one = run(1, world, {"OQ-001": Outcome.PASSED})
    later = changed(world, "FS-001", text="The system shall do it twice.")
    two = run(2, later, {"OQ-001": Outcome.PASSED})
    assert standing(later, "OQ-001", one, two).outcome is Outcome.PASSED


def assessment(*changes: ChangeSeen, leaf: str = "e" * 64) -> Assessment:
    signature = Signature(
        record=9, document="assessment/0001", number="", version="1.0", content="", meaning="approved", role="qa",
        reason="", name="Q", function="", account="u-0009", person="u-0009", time="", zone="", key="",
    )  # fmt: skip
    return Assessment(
        id="assessment/0001",
        subject="URS-001",
        changes=frozenset(changes),
        results=frozenset({leaf}),
        cases=(),
        reason="wording only",
        signature=signature,
    )


def test_an_assessment_keeps_the_named_result_current_against_the_named_change_only() -> None:
    world = right_project()
    made = run(1, world, {"OQ-001": Outcome.PASSED})
    made = replace(made, attempts=tuple(replace(one, leaf="e" * 64) for one in made.attempts))
    seen = next(one for one in made.plan if one.id == "OQ-001").items["FS-001"]
    later = changed(world, "FS-001", text="The system shall add numbers.")
    stale = case_statuses(later, build_graph(later), [made], RunMode.FORMAL)["OQ-001", "VAL"]
    assert stale.stale == ("FS-001 changed",)
    (change,) = stale.changes
    assert (change.name, change.before) == ("FS-001", seen)

    def judged(*found: Assessment) -> CaseStatus:
        known = Judgements(assessments=found)
        return case_statuses(later, build_graph(later), [made], RunMode.FORMAL, known)["OQ-001", "VAL"]

    kept = judged(assessment(change))
    assert (kept.outcome, kept.stale, [one.id for one in kept.assessed]) == (Outcome.PASSED, (), ["assessment/0001"])
    assert judged(assessment(change, leaf="f" * 64)).stale  # of another result
    assert judged(assessment(replace(change, after="v1:other"))).stale  # of another change
    assert judged(assessment(replace(change, name="URS-001"))).stale


def test_an_amendment_asks_for_earlier_results_to_be_made_again_and_not_for_later_ones() -> None:
    world = right_project()
    one = replace(run(1, world, {"OQ-001": Outcome.PASSED}), record=20)
    amended = Amendment(
        id="amendment/0001", record=28, content="", protocol="OQ-protocol", version="1.0", protocol_content="",
        case="OQ-002", before="v1:a", after="v1:b", repeat=("OQ-001",),
    )  # fmt: skip

    def judged(made: Amendment, record: int) -> CaseStatus:
        known = Judgements(amendments=(made,))
        runs = [replace(one, record=record)]
        return case_statuses(world, build_graph(world), runs, RunMode.FORMAL, known)["OQ-001", "VAL"]

    in_force = replace(amended, in_force=30)
    assert judged(in_force, 20).stale == ("amendment 0001 asks for it to be executed again",)
    assert judged(in_force, 31).outcome is Outcome.PASSED
    assert judged(amended, 20).outcome is Outcome.PASSED  # nobody has signed it completely
