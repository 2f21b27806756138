"""Answers of the GxP screening: read beside the clauses, each mistake with its place."""

from __future__ import annotations

import pytest

from valgen.readers.applicability import read_applicability, read_screening

PATH = "requirements/applicability.yaml"


def test_answers_stand_beside_the_clauses() -> None:
    text = (
        "applicability:\n  - {clause: 21CFR11.30, applicable: no, rationale: Closed}\n"
        "screening:\n  - {question: calculates, answer: yes, rationale: Means}\n"
        "  - {question: own_one, text: Is it used abroad?, answer: no, rationale: One site}\n"
    )
    clauses, findings = read_applicability(PATH, text)
    assert [one.clause for one in clauses] == ["21CFR11.30"]
    answers, more = read_screening(PATH, text)
    assert not findings and not more
    assert [(one.question, one.yes, one.text, one.impact) for one in answers] == [
        ("calculates", True, "", "direct"), ("own_one", False, "Is it used abroad?", "indirect"),
    ]  # fmt: skip
    assert str(answers[0].location) == f"{PATH}:4:16"


def test_file_with_answers_alone_is_whole() -> None:
    text = "screening:\n  - {question: calculates, answer: no, rationale: R}\n"
    assert read_applicability(PATH, text) == ([], [])
    assert len(read_screening(PATH, text)[0]) == 1


def test_file_of_clauses_alone_has_no_answers() -> None:
    assert read_screening(PATH, "- {clause: A, applicable: no, rationale: x}\n") == ([], [])


WRONG = {
    "unknown question": ("{question: calculate, answer: yes, rationale: R}", [("VG351", 16)]),
    "own question with a bad name": ("{question: Own One, text: T, answer: yes, rationale: R}", [("VG351", 16)]),
    "other words for a shipped one": ("{question: calculates, text: T, answer: yes, rationale: R}", [("VG351", 34)]),
    "no rationale": ("{question: calculates, answer: yes}", [("VG311", 16)]),
    "no answer": ("{question: calculates, rationale: R}", [("VG302", 5)]),
    "bare NO": ("{question: calculates, answer: NO, rationale: R}", [("VG304", 36)]),
    "unknown key": ("{question: calculates, answer: no, reason: R, rationale: R}", [("VG301", 40)]),
    "text": ("calculates", [("VG303", 5)]),
}


@pytest.mark.parametrize(("row", "expected"), WRONG.values(), ids=WRONG.keys())
def test_mistake_in_an_answer_has_a_code_and_a_place(row: str, expected: list[tuple[str, int]]) -> None:
    _, findings = read_screening(PATH, f"screening:\n  - {row}\n")
    assert [(one.code, one.location.column) for one in findings if one.location] == expected


def test_question_answered_twice_keeps_the_first_answer() -> None:
    text = (
        "screening:\n  - {question: calculates, answer: no, rationale: R}\n"
        "  - {question: calculates, answer: yes, rationale: R}\n"
    )
    answers, findings = read_screening(PATH, text)
    assert ([one.yes for one in answers], [one.code for one in findings]) == ([False], ["VG355"])


def test_wrong_name_of_a_question_is_mended() -> None:
    _, (found,) = read_screening(PATH, "screening:\n  - {question: calculate, answer: no, rationale: R}\n")
    assert found.fix == "did you mean calculates?"
