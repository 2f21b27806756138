"""User ids and printed names that imitate others (S-11)."""

from __future__ import annotations

import pytest

from valgen.records.names import clashes, skeleton, user_id_problem


@pytest.mark.parametrize(
    ("name", "imitates"),
    [
        ("\u0410nna Roe", "Anna Roe"),
        ("\u0397elen \u039cay", "Helen May"),
        ("\u041delen May", "Helen May"),
        ("\u13abane Roe", "Jane Roe"),
        ("\u037fane Roe", "Jane Roe"),
        ("\uff2aane Roe", "Jane Roe"),
        ("\U0001d409ane Roe", "Jane Roe"),
        ("Jane\u200bRoe", "Jane Roe"),
        ("Jane\u202eRoe", "Jane Roe"),
        ("JANE  R0E", "Jane Roe"),
        ("Jos\u00e9 Silva", "Jose Silva"),
        ("A. Mi11er", "A. Miller"),
        ("Adarn VVest", "Adam West"),
        ("\u0141ukasz Br\u00f8d", "Lukasz Brod"),
    ],
)
def test_s11_printed_name_that_reads_as_another_is_told(name: str, imitates: str) -> None:
    assert clashes(name, ["Bert Kahn", imitates]) == [imitates]


@pytest.mark.parametrize(("one", "other"), [("Anna Roe", "Anne Roe"), ("Li Wei", "Lu Wei"), ("王伟", "王芳")])
def test_other_names_are_other_names(one: str, other: str) -> None:
    assert clashes(one, [other]) == []


def test_skeleton_of_a_skeleton_is_itself() -> None:
    for name in ("Anna M\u00fcller", "\u0397elen", "rnrn vvvv", "r.n", "I1l|0O", "\u13ab", ""):
        assert skeleton(skeleton(name)) == skeleton(name)


@pytest.mark.parametrize("user", ["anna.", "anna-", "an.na", "anna_"])
def test_s11_dots_and_hyphens_make_no_other_id(user: str) -> None:
    assert "looks like anna" in user_id_problem(user, ["anna"])


def test_s11_id_of_somebody_who_left_is_not_given_again() -> None:
    assert "never used again" in user_id_problem("anna", ["anna"])


@pytest.mark.parametrize(
    "user", ["ANNA", "anna ", " anna", "anna\t", "\u0430nna", "ann\u0430", "anna\u0301", "\uff41nna"]
)
def test_s11_case_space_and_other_scripts_are_refused(user: str) -> None:
    assert user_id_problem(user, [])
