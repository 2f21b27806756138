"""Fonts: what is covered, what is not, and how a project adds its own."""

from __future__ import annotations

import struct
from pathlib import Path

import pikepdf
import pytest
from office import document
from pdf_files import one, opened, result, text

from valgen.codes import CODES
from valgen.documents.blocks import Column, Entry, Row, Run, Section, Table, cell, paragraph
from valgen.errors import RenderError
from valgen.writers.pdf import writer
from valgen.writers.pdf.faces import MONO, SANS, SHIPPED, NotAFont, _tables, advances, find_faces, read_face
from valgen.writers.pdf.glyphs import needs_kerning

SAMPLES = {
    "Latin": "Prüfung ấ ł ﬁ ſ", "Greek": "Έλεγχος", "Cyrillic": "Проверка", "Hebrew": "בדיקה", "Arabic": "اختبار",
    "Armenian": "Փորձարկում", "Georgian": "შემოწმება", "Devanagari": "परीक्षण", "Thai": "การทดสอบ", "Lao": "ການທົດສອບ",
    "Bengali": "পরীক্ষা", "Tamil": "சோதனை", "Telugu": "పరీక్ష", "Kannada": "ಪರೀಕ್ಷೆ", "Malayalam": "പരിശോധന",
    "Gujarati": "પરીક્ષણ", "Gurmukhi": "ਟੈਸਟ", "Khmer": "តេស្ត", "symbols": "✓✗☐☑→⇒≤≥±°µ™№…␀", "mathematics": "∑∫√∞ℝ𝔘",
    "boxes": "│┌─┐█",
}  # fmt: skip


def _with(data: bytes, family: str, codes: tuple[int, ...]) -> bytes:
    """Return a font of another family name whose only characters are ``codes``."""
    tables = _tables(data)
    groups = b"".join(struct.pack(">LLL", code, code, 5 + at) for at, code in enumerate(sorted(codes)))
    tables["cmap"] = struct.pack(">HHHHL", 0, 1, 3, 10, 12) + struct.pack(
        ">HHLLL", 12, 0, 16 + len(groups), 0, len(codes)
    ) + groups  # fmt: skip
    names = {1: family, 2: "Regular", 4: family, 6: family.replace(" ", "")}
    held = {key: name.encode("utf-16-be") for key, name in names.items()}
    record, at = b"", 0
    for key, name in held.items():
        record += struct.pack(">HHHHHH", 3, 1, 0x409, key, len(name), at)
        at += len(name)
    tables["name"] = struct.pack(">HHH", 0, len(held), 6 + len(record)) + record + b"".join(held.values())
    start = 12 + 16 * len(tables)
    directory, body = b"", b""
    for tag, table in sorted(tables.items()):
        directory += struct.pack(">4sLLL", tag.encode("ascii"), 0, start + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    return data[:4] + struct.pack(">HHHH", len(tables), 128, 3, 16) + directory + body


def _thai(name: str = "NotoSansThai-Regular.ttf") -> bytes:
    return (SHIPPED / name).read_bytes()


def test_shipped_fonts_come_with_their_licence() -> None:
    assert {path.suffix for path in SHIPPED.iterdir()} == {".ttf", ".txt"}
    for path in SHIPPED.glob("*.ttf"):
        licence = SHIPPED / f"OFL-{'Noto' if path.name.startswith('Noto') else 'Liberation'}.txt"
        assert "SIL OPEN FONT LICENSE" in licence.read_text(encoding="utf-8")


def test_families_are_asked_in_a_fixed_order() -> None:
    families = find_faces().families
    assert families[0] == "Noto Sans" and families[-1] == "Noto Sans Symbols2"
    assert SANS not in families and MONO not in families


def test_widths_are_those_of_the_font() -> None:
    assert advances(False)["A"] == 666 and advances(True)["A"] == 722 and advances(False)["i"] == 222


@pytest.mark.parametrize("script", sorted(SAMPLES))
def test_script_is_covered(script: str) -> None:
    made = result(document(*(paragraph(SAMPLES[script], bold=bold) for bold in (False, True))))
    assert made.findings == ()


def test_all_fonts_are_embedded() -> None:
    file = opened(one(document(*(paragraph(sample) for sample in SAMPLES.values()))))
    described = [item for item in file.objects if _kind(item) == "/FontDescriptor"]
    assert len(described) > 10
    assert all("/FontFile2" in item or "/FontFile3" in item for item in described)


def _kind(item: object) -> str:
    return str(item.get("/Type", "")) if isinstance(item, pikepdf.Dictionary) else ""


@pytest.mark.real
def test_character_without_a_font_is_printed_as_its_code_point(tmp_path: Path) -> None:
    table = Table((Column("見出し"),), (Row((cell("中"),)),))
    made = document(
        sections=(
            Section("Content", "c", (paragraph("a中b🙂"), Entry("URS-1", "URS-1", "題", "URS", (table,)))),
            Section("Plain", "p", (paragraph("nothing"),)),
        ),
        title="T中",
    )
    written = result(made)
    shown = text(written.volumes[0], tmp_path)
    assert "U+4E2D" in shown and "U+1F642" in shown and "中" not in shown
    (found,) = written.findings
    assert found.code == "VG730" and found.code in CODES
    assert "U+4E2D 中" in found.message and "the cover, section 1 Content, URS-1" in found.message
    assert "templates/fonts" in found.fix


def test_one_finding_however_many_characters() -> None:
    many = "".join(map(chr, range(0x4E00, 0x4F00)))
    (found,) = result(document(*(paragraph(many) for _ in range(3)))).findings
    assert "and 244 more" in found.message and len(found.message) < 600


def test_invisible_characters_are_no_missing_ones() -> None:
    assert result(document(paragraph("a\u202e\u200d\ufeff\ud800\U000e0001b"))).findings == ()


def test_font_of_the_project_is_used(tmp_path: Path) -> None:
    (tmp_path / "my.ttf").write_bytes(_with(_thai(), "Test Han", (0x4E2D, 0x6587)))
    (tmp_path / "readme.txt").write_text("no font", encoding="utf-8")
    made = result(document(paragraph("中文 text"), paragraph("中", code=True, bold=True)), fonts=tmp_path)
    assert made.findings == ()
    names = {str(item.FontName) for item in opened(made.volumes[0]).objects if _kind(item) == "/FontDescriptor"}
    assert any("TestHan" in name for name in names)


def test_order_of_font_files_does_not_matter(tmp_path: Path) -> None:
    written = []
    for order in (("a.ttf", "b.otf"), ("b.otf", "a.ttf")):
        folder = tmp_path / order[0]
        folder.mkdir()
        for name in order:
            (folder / name).write_bytes(_with(_thai(), f"Test {name[0]}", (0x4E2D,)))
        written.append(result(document(paragraph("中")), fonts=folder).volumes)
    assert written[0] == written[1]


@pytest.mark.parametrize("kind", ["text", "cut", "empty", "restricted", "no characters"])
def test_font_file_that_cannot_be_used_is_a_finding(kind: str, tmp_path: Path) -> None:
    data = {
        "text": b"hello", "cut": _thai()[:5000], "empty": b"", "restricted": _restricted(_thai()),
        "no characters": _with(_thai(), "Test", ()),
    }[kind]  # fmt: skip
    (tmp_path / "bad.ttf").write_bytes(data)
    made = result(document(paragraph("text")), fonts=tmp_path)
    assert [(one.code, "bad.ttf" in one.message) for one in made.findings] == [("VG731", True)]
    with pytest.raises(NotAFont):
        read_face(data)


def _restricted(data: bytes) -> bytes:
    at = data.index(_tables(data)["OS/2"])
    return data[: at + 8] + b"\x00\x02" + data[at + 10 :]


def test_what_only_typst_finds_missing_is_left_out_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "missing_characters", lambda *_: frozenset())
    made = result(document(paragraph("a中b"), paragraph("あ", bold=True)))
    assert [one.code for one in made.findings] == ["VG730"]
    assert "U+4E2D" in made.findings[0].message and "U+3042" in made.findings[0].message


def test_accent_that_only_typst_finds_missing_is_left_out_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "missing_characters", lambda *_: frozenset())
    (found,) = result(document(paragraph("a\u1bad b"))).findings
    assert "U+1BAD" in found.message


def test_word_of_two_looks_breaks_between_them() -> None:
    runs = (Run("x" * 50, bold=True), Run("y" * 50, code=True))
    opened(one(document(*(type(paragraph("a"))(runs) for _ in range(3)))))


def test_mixed_scripts_in_every_look_are_set() -> None:
    line = " ".join(SAMPLES.values())
    blocks = [paragraph(line, **{look: True}) for look in ("bold", "italic", "code")]
    assert result(document(*blocks, Entry("e", line[:80], line, "URS", (paragraph(line),)), title=line)).findings == ()


def test_latin_greek_and_cyrillic_need_no_kerning() -> None:
    assert not needs_kerning("Prüfung – Έλεγχος Проверка ✓ ≤ 5 µm")
    assert needs_kerning("בדיקה") and needs_kerning("a परीक्षण")


class PanicException(BaseException):
    """As the one of Typst, which is no Exception."""


def test_mistake_of_typst_is_an_error_that_names_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    def panic(*_: object, **__: object) -> None:
        raise PanicException("byte range")

    monkeypatch.setattr("typst.compile_with_warnings", panic)
    with pytest.raises(RenderError) as caught:
        result(document(paragraph("text")))
    assert caught.value.code == "VG732" and "document URS" in caught.value.what
