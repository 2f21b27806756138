"""One value has one spelling (integrity.md I-11, H-14, H-15)."""

from __future__ import annotations

import enum
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valgen.errors import VerificationError
from valgen.ledger.canonical import MAX_INT, MAX_LINE_BYTES, decode_line, encode, storable, strict_base64

KEYS = st.text(st.characters(max_codepoint=127), max_size=8)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SCALARS = st.none() | st.booleans() | st.integers(-MAX_INT, MAX_INT) | TEXT
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4))


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_what_was_written_is_read_back(value: dict[str, Any]) -> None:
    line = encode(value)
    assert decode_line(line) == value
    assert b"\n" not in line


@given(st.dictionaries(KEYS, VALUES, max_size=5), st.randoms())
def test_the_order_of_keys_does_not_matter(value: dict[str, Any], random: Any) -> None:
    shuffled = list(value.items())
    random.shuffle(shuffled)
    assert encode(dict(shuffled)) == encode(value)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        value = decode_line(data)
    except VerificationError:
        return
    assert encode(value) == data


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ({}, b"{}"),
        ({"b": 1, "a": [True, False, None]}, b'{"a":[true,false,null],"b":1}'),
        ({"A": 1, "a": 2, "_": 3}, b'{"A":1,"_":3,"a":2}'),
        (
            {"t": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\u005c\u0022/"},
            b'{"t":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
        ),
        ({"t": "\b\t\n\f\r\x00\x1f\x7f"}, b'{"t":"\\b\\t\\n\\f\\r\\u0000\\u001f\x7f"}'),
        ({"t": "\u2028\u2029\U0001f600"}, '{"t":"\u2028\u2029\U0001f600"}'.encode()),
        ({"n": MAX_INT, "m": -MAX_INT, "z": 0}, b'{"m":-9007199254740991,"n":9007199254740991,"z":0}'),
        ({"t": ("a", "b")}, b'{"t":["a","b"]}'),
    ],
    ids=["empty", "literals", "key order", "RFC 8785 string", "controls", "separators", "limits", "tuple"],
)
def test_canonical_bytes(value: dict[str, Any], line: bytes) -> None:
    assert encode(value) == line


def test_words_of_an_enumeration_are_written_as_their_text() -> None:
    class Word(enum.StrEnum):
        A = "a"

    assert encode({"w": Word.A}) == b'{"w":"a"}'


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"n": 1.5}, "floating-point"),
        ({"n": 1.0}, "floating-point"),
        ({"n": float("nan")}, "floating-point"),
        ({"n": 1 << 53}, "2\\^53"),
        ({"n": -(1 << 53)}, "2\\^53"),
        ({"t": "\ud800"}, "surrogate"),
        ({"ä": 1}, "not ASCII"),
        ({1: 1}, "not text"),
        ({"t": b"x"}, "of type bytes"),
        ({"t": {1, 2}}, "of type set"),
        ({"t": "x" * MAX_LINE_BYTES}, "more than"),
    ],
)
def test_what_cannot_be_written_is_refused_with_its_reason(value: Any, reason: str) -> None:
    with pytest.raises(VerificationError, match=reason):
        encode(value)


def test_nesting_deeper_than_16_is_refused_both_ways() -> None:
    value: Any = {}
    for _ in range(15):
        value = {"a": value}
    assert decode_line(encode(value)) == value
    deeper = json.dumps({"a": value}, separators=(",", ":")).encode()
    with pytest.raises(VerificationError, match="deeper than 16"):
        encode({"a": value})
    with pytest.raises(VerificationError, match="deeper than 16"):
        decode_line(deeper)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[]", "not an object"),
        (b'"a"', "not an object"),
        (b"null", "not an object"),
        (b'{"a":1} ', "differs at byte 7"),
        (b' {"a":1}', "differs at byte 0"),
        (b'{"a": 1}', "differs at byte 5"),
        (b'{"a":1}\r', "differs"),
        (b'{"a":1}\n', "differs"),
        (b'{"b":1,"a":1}', "differs"),
        (b'{"a":1,"a":1}', "'a' is repeated"),
        (b'{"a":1,"a":2}', "'a' is repeated"),
        (b'{"a":{"b":1,"b":1}}', "'b' is repeated"),
        (b'{"a":1.0}', "floating-point"),
        (b'{"a":1e2}', "floating-point"),
        (b'{"a":-0}', "differs"),
        (b'{"a":01}', "not JSON"),
        (b'{"a":+1}', "not JSON"),
        (b'{"a":NaN}', "floating-point"),
        (b'{"a":Infinity}', "floating-point"),
        (b'{"a":-Infinity}', "floating-point"),
        (b'{"a":9007199254740992}', "2\\^53"),
        (b'{"a":' + b"9" * 5000 + b"}", "too large"),
        (b'{"a":"\\u0041"}', "differs"),
        (b'{"a":"\\/"}', "differs"),
        (b'{"a":"\\u000A"}', "differs"),
        (b'{"a":"\\u001F"}', "differs"),
        (b'{"a":"\\ud83d\\ude00"}', "differs"),
        (b'{"a":"\\ud800"}', "surrogate"),
        (b'{"\\u0061":1}', "differs"),
        ('{"ä":1}'.encode(), "not ASCII"),
        (b'{"a":"\t"}', "not JSON"),
        (b'{"a":"\x00"}', "not JSON"),
        (b'{"a":"\xff"}', "not UTF-8"),
        (b'{"a":"\xed\xa0\x80"}', "not UTF-8"),
        (b'{"a":"\xc0\x80"}', "not UTF-8"),
        (b'\xef\xbb\xbf{"a":1}', "not JSON"),
        ('{"a":1}'.encode("utf-16"), "not UTF-8"),
        (b'{"a":1,}', "not JSON"),
        (b'{"a":1}{"b":1}', "not JSON"),
        (b"{'a':1}", "not JSON"),
        (b'{"a":/*x*/1}', "not JSON"),
        (b'{"a":True}', "not JSON"),
        (b'{"a":undefined}', "not JSON"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "deeper than 16"),
        (b"[" * 100_000, "deeper than 16"),
        (b'{"a":"' + b"x" * MAX_LINE_BYTES + b'"}', "more than"),
    ],
    ids=lambda value: repr(value)[:40] if isinstance(value, bytes) else None,
)
def test_any_other_spelling_is_refused_with_its_reason(line: bytes, reason: str) -> None:
    with pytest.raises(VerificationError, match=reason):
        decode_line(line)


def test_text_that_no_file_can_hold_is_made_visible() -> None:
    assert storable("plain ü") == "plain ü"
    assert storable("a\udc80b") == "a\\udc80b"


@pytest.mark.parametrize("text", ["QQ", "QQ==\n", "QR==", "Q-_=", "QQ===", "", "ä", " QQ=="])
def test_base64_has_one_spelling(text: str) -> None:
    with pytest.raises(VerificationError):
        strict_base64(text, 1)


def test_base64_of_another_length_is_refused() -> None:
    assert strict_base64("QQ==", 1) == b"A"
    with pytest.raises(VerificationError, match="1 bytes, not 2"):
        strict_base64("QQ==", 2)
