"""Secrets are found in every form that text takes, and nothing else is changed."""

from __future__ import annotations

import base64
import html
import json
import urllib.parse

import pytest

from valgen.recorder.redact import Redactor

VALUE = 'p"ä ss/w&rd+1'
FORMS = {
    "as it stands": VALUE,
    "json": json.dumps(VALUE),
    "json in unicode": json.dumps(VALUE, ensure_ascii=False),
    "python": repr(VALUE),
    "html": html.escape(VALUE),
    "url path": urllib.parse.quote(VALUE),
    "url query": urllib.parse.quote_plus(VALUE),
    "base64": base64.b64encode(VALUE.encode()).decode(),
    "basic authentication": base64.b64encode(b"user:" + VALUE.encode()).decode(),
    "basic authentication, other offset": base64.b64encode(b"me:" + VALUE.encode() + b"!").decode(),
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_value_is_redacted_in_every_form(text):
    redacted = Redactor({"KEY": VALUE}).text(f"before {text} after")
    assert "[secret KEY]" in redacted
    assert redacted.startswith("before ")
    assert redacted.endswith(" after")


def test_secret_that_begins_with_another_is_replaced_whole():
    assert Redactor({"A": "abcd", "B": "abcdef"}).text("abcdef abcd") == "[secret B] [secret A]"


def test_values_of_tables_are_redacted_keys_included():
    value = {"rows": [["k", VALUE], {VALUE: 1}], "n": None}
    assert Redactor({"KEY": VALUE}).value(value) == {"rows": [["k", "[secret KEY]"], {"[secret KEY]": 1}], "n": None}


def test_bytes_without_the_secret_are_returned_unchanged():
    redactor = Redactor({"KEY": VALUE})
    for data in (b"\x89PNG\r\n\x1a\n\x00", b"plain \xc3\xa4", b"", "ä".encode("utf-16")):
        assert redactor.data(data) == data


def test_bytes_that_are_no_text_and_hold_the_secret_cannot_be_kept():
    assert Redactor({"KEY": VALUE}).data(b"\xff\x00" + VALUE.encode() + b"\xff") is None


def test_without_secrets_nothing_is_changed():
    assert Redactor({}).value({"a": ["b"]}) == {"a": ["b"]}
