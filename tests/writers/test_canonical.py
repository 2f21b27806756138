"""Digests are taken over exactly the bytes that canonical JSON defines."""

from __future__ import annotations

import dataclasses
import enum
import hashlib
import json
from pathlib import Path

import office_samples
import pytest

from valgen.documents.blocks import Cell, Paragraph, Run, paragraph
from valgen.documents.canonical import canonical_json
from valgen.documents.digests import block_digest


def _plain(part: object) -> object:
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        fields = {
            field.name: _plain(getattr(part, field.name))
            for field in dataclasses.fields(part)
            if getattr(part, field.name) != field.default
        }
        return {"kind": type(part).__name__, **fields}
    if isinstance(part, tuple):
        return [_plain(inner) for inner in part]
    return str(part) if isinstance(part, enum.Enum) else part


def test_document_digest_is_that_of_its_canonical_json_without_media(tmp_path: Path) -> None:
    for made in (office_samples.urs(), office_samples.oq_report(tmp_path), office_samples.risk_assessment()):
        plain = _plain(made.content)
        assert isinstance(plain, dict)
        plain.pop("media", None)
        text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert made.digest == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("text", ["", "a", '"\\/', "\0\x1f\x7f", "\ud800", "ü日🙂\u2028", "%s %d {0}"])
def test_text_is_encoded_as_json_does(text: str) -> None:
    run = Run(text, bold=True, link=text)
    expected = json.dumps(_plain(run), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert canonical_json(run) == expected


def test_one_changed_character_changes_the_digest() -> None:
    assert block_digest(paragraph("a")) != block_digest(paragraph("b"))


def test_value_of_another_type_has_no_canonical_form() -> None:
    with pytest.raises(TypeError):
        canonical_json([1])
    with pytest.raises(TypeError):
        canonical_json(Run(1.5))  # type: ignore[arg-type]


def test_short_lived_values_are_never_taken_for_one_another() -> None:
    for number in range(500):  # the identity of a value that is gone goes to the next one
        made = Cell((Paragraph((Run(f"text {number}"),)),))
        expected = json.dumps(_plain(made), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert canonical_json(made) == expected
        del made
