"""New passwords: keyboard walks, doubled letters and rows do not make up for a word (S-9: guessing must not pay)."""

from __future__ import annotations

import pytest

from valgen.records.passwords import LONGEST, SHORTEST, password_problems


@pytest.mark.parametrize(
    "password",
    [
        "asdf1234zxcv",
        "qweasdzxc123",
        "zaq12wsxcde3",
        "1q2w3e4r5t6y",
        "q1w2e3r4t5y6",
        "abcd1234efgh",
        "aabbccddeeff",
        "aaaaaaaaaaaabcde",
        "111122223333",
        "orange123456",
        "\u043f\u0430\u0440\u043e\u043b\u044c123456",
        "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff441234",
    ],
)
def test_s9_password_of_short_runs_along_keys_or_alphabet_is_refused(password: str) -> None:
    assert password_problems(password)


@pytest.mark.parametrize(
    "password", ["first understand the power", "purple-monkey-dishwasher", "Mississippi boots 4 free", "k3#Vq9!tRz2m"]
)
def test_words_with_a_few_letters_in_a_row_are_taken(password: str) -> None:
    assert password_problems(password, ("jane.roe", "Jane Roe", "Records vault")) == []


def test_length_counts_after_normalisation() -> None:
    ligature = "\ufb03"  # one character as typed, three after NFKC
    assert not any("characters" in one for one in password_problems(ligature + "zg harbour"))
    assert any("characters" in one for one in password_problems("e\u0301" * (SHORTEST - 1)))
    assert any("more than" in one for one in password_problems(ligature * (LONGEST // 3 + 1)))


def test_no_reason_shows_the_password() -> None:
    for password in ("asdf1234zxcv", "Roe!", "jane.roe.2026", "secret\nsecret", "x" * 2000):
        for reason in password_problems(password, ("jane.roe", "Jane Roe")):
            assert password not in reason
