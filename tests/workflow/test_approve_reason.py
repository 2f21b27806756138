"""Reasons that say nothing are refused (integrity.md X-12)."""

from __future__ import annotations

import pytest

from valgen.workflow.approve_reason import MANY, MOST_CHARS, reason_problem

EMPTY = [
    "",
    "   ",
    "\t\n",
    ".",
    "...",
    "…",
    "-",
    "--- / ---",
    "?!",
    "123",
    "2026-03-02",
    "n/a",
    "N/A.",
    "n. a.",
    "na",
    "ｎ／ａ",
    "none",
    "None.",
    "nil",
    "- not applicable -",
    "ok",
    "OK!",
    "okay",
    "yes",
    "done",
    "test",
    "asdf",
    "tbd",
    "ditto",
    "as above",
    "see above",
    "keine",
    "aaaa",
    "xxxxxxxxxxxx",
    "abababab",
    "a b c",
    "CR",
    "\u200b\u200b\u200b",
    "\u200d\u2060\ufeff",
    "\u202e\u202d",
    "\u3164\u3164\u3164\u3164",
    "\u115f\u1160\u2800\u034f",
    "n\u200b/\u200ba",
    "o\u0301k",
    "\ue000\ue001\ue002\ue003\ue004",
]
SAID = [
    "Content compared with the workshop minutes",
    "approved for use",
    "Erstausgabe",
    "CR-2026-041 is implemented as agreed",
    "初版发布",
    "первый выпуск",
    "ελέγχθηκε",
    "OK: every comment of 2026-03-02 is answered",
    "n/a fields were checked with the supplier",
    "checked\nline by line",
]


@pytest.mark.parametrize("reason", EMPTY, ids=ascii)
def test_a_reason_that_says_nothing_is_refused(reason: str) -> None:
    assert reason_problem(reason)


@pytest.mark.parametrize("reason", SAID, ids=ascii)
def test_a_reason_in_any_language_is_taken(reason: str) -> None:
    assert reason_problem(reason) == ""


def test_the_same_text_twenty_times_is_refused_however_it_is_spelled() -> None:
    earlier = ["Content is complete.", "content is  complete", "CONTENT IS COMPLETE!"] * 6
    assert len(earlier) == MANY - 2
    assert reason_problem("content is complete", earlier) == ""
    assert "19 times" in reason_problem("content\u200b is complete", [*earlier, "content is complete"])
    assert reason_problem("content is complete and correct", earlier * 3) == ""


def test_a_reason_that_no_record_holds_is_refused() -> None:
    assert reason_problem("ab" * 3 + "c" + "d " * MOST_CHARS)
