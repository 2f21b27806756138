"""What nobody can see is spelled out."""

from __future__ import annotations

import unicodedata

import pytest

from valgen.documents.visible import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("line\nfeed\tand tab", "line\nfeed\tand tab"),
        ("windows\r\nline", "windows\nline"),
        ("a\rb", "a\\x0db"),
        ("a\0b", "a␀b"),
        ("\x0b\x1b[31m", "\\x0b\\x1b[31m"),
        ("\x85", "\\x85"),
        ("gpj\u202eexe", "gpjU+202Eexe"),
        ("zero\u200bwidth", "zeroU+200Bwidth"),
        ("\ud800", "U+D800"),
        ("\ufffe\uffff", "U+FFFEU+FFFF"),
        ("\U000e0041", "U+E0041"),
        ("\u2028", "U+2028"),
        ("soft\u00adhyphen", "softU+00ADhyphen"),
        ("Grüße, 日本語, עברית, 🙂", "Grüße, 日本語, עברית, 🙂"),
    ],
)
def test_character_without_a_shape_is_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_every_character_is_kept_or_spelled_out_and_legal_in_xml() -> None:
    for code in range(0x110000):
        shown = visible(chr(code))
        assert shown
        for char in shown:
            assert char in "\t\n" or (ord(char) >= 32 and not 0xD800 <= ord(char) < 0xE000)
            assert ord(char) & 0xFFFE != 0xFFFE
        if unicodedata.category(chr(code)) in ("Cs", "Zl", "Zp"):
            assert shown == f"U+{code:04X}"


def test_showing_twice_shows_the_same() -> None:
    text = "a\0\u202e\x07"
    assert visible(visible(text)) == visible(text)
