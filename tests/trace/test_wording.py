"""Words that nobody can test, and demands that nobody can read as one."""

from __future__ import annotations

import pytest

from builders import codes_of, findings_of, project, requirement, right_project

URS = "requirements/urs.yaml"


WORDS = (
    "fast", "Fast", "user-friendly", "User friendly", "as needed", "etc.", "and/or", "sufficient", "sufficiently",
    "quickly", "easy", "easily", "appropriate", "appropriately", "adequate", "adequately", "if possible",
    "state of the art", "robust", "FLEXIBLE", "efficient", "efficiently",
)  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_word_that_cannot_be_tested_is_remarked(word: str) -> None:
    world = project(requirement("URS-001", text=f"The system shall be {word}, at least."))
    (found,) = findings_of(world, "VG180")
    assert str(found.location) == f"{URS}:1:21"
    assert f'"{word.rstrip(".")}"' in found.message


@pytest.mark.parametrize(
    "text", ["The system shall breakfast.", "It shall be steadfast.", "It shall be inflexible; robustness: 3."]
)
def test_word_within_another_word_is_not_remarked(text: str) -> None:
    assert "VG180" not in codes_of(project(requirement("URS-001", text=text)))


def test_requirement_without_a_demand_is_remarked() -> None:
    world = project(requirement("URS-001", text="Audit trail of all changes."))
    (found,) = findings_of(world, "VG181")
    assert str(found.location) == f"{URS}:1:21"


@pytest.mark.parametrize("text", ["It shall do it.", "It MUST do it.", "Le système enregistre chaque modification."])
def test_demand_in_english_and_text_in_other_languages_are_not_remarked(text: str) -> None:
    assert "VG181" not in codes_of(project(requirement("URS-001", text=text)))


def test_only_user_requirements_are_judged_by_their_wording() -> None:
    assert findings_of(right_project(requirement("CR-001", text="Fast and easy, etc."))) == []
