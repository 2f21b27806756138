"""What a QA reviewer sends back is named before anybody executes a test."""

from __future__ import annotations

import dataclasses

import pytest

from builders import case, codes_of, findings_of, project, requirement, right_project
from valgen.model.project import DocumentEntry, SignatureStep

GIVEN_WHEN = ("Given a thing", "When it is used")


def test_right_project_has_none_of_them() -> None:
    assert not {code for code in codes_of(right_project()) if code[2:5] in ("182", "183", "184", "240", "241", "345")}


@pytest.mark.parametrize("word", ["TBD", "TODO", "???", "to be defined"])
def test_text_that_is_still_to_be_written_is_a_warning(word: str) -> None:
    (found,) = findings_of(project(requirement("URS-001", text=f"The system shall keep it {word} years.")), "VG184")
    assert f'"{word}"' in found.message


def test_two_requirements_with_one_statement_are_named_together() -> None:
    world = project(
        requirement("URS-001", text="The system shall add."), requirement("URS-002", text="The  system SHALL add.")
    )
    (found,) = findings_of(world, "VG182")
    assert found.ids == ("URS-002", "URS-001")


def test_three_demands_in_one_requirement_are_remarked_and_two_are_not() -> None:
    text = "It shall do a, it shall do b"
    assert "VG183" not in codes_of(project(requirement("URS-001", text=f"{text}.")))
    assert "VG183" in codes_of(project(requirement("URS-001", text=f"{text} and shall do c.")))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "VG240"),
        ("the result is as expected", "VG241"),
        ("the report is printed correctly", "VG242"),
        ("the import ends successfully.", "VG242"),
    ],
)
def test_expected_result_that_proves_nothing_is_named_once(text: str, code: str) -> None:
    found = findings_of(
        project(requirement("URS-001"), case("OQ-001", verifies=["URS-001"], steps=(*GIVEN_WHEN, f"Then {text}"))), code
    )
    assert len(found) == 1


def test_measurable_expected_result_is_left_alone() -> None:
    steps = (*GIVEN_WHEN, "Then 5 is correctly rounded to 2")
    world = project(requirement("URS-001"), case("OQ-001", verifies=["URS-001"], steps=steps))
    assert not {"VG240", "VG241", "VG242"} & codes_of(world)


def test_document_that_only_its_author_approves_is_a_warning() -> None:
    world = project(requirement("URS-001"))
    settings = dataclasses.replace(
        world.settings, workflow={"URS": (SignatureStep(role="author", meaning="approved"),)}
    )
    world = dataclasses.replace(world, settings=settings, documents=(DocumentEntry(key="URS", type="URS"),))
    (found,) = findings_of(world, "VG345")
    assert "anybody but the author" in found.message
