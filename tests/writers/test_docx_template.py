"""Company templates: used by style name, refused when they could do harm."""

# ruff: noqa: E501
from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from office import W, document, parts, styles_of, xml

from valgen.documents.blocks import Column, ListBlock, Row, Table, cell, paragraph
from valgen.errors import RenderError, Severity
from valgen.writers.docx import check_template, write_docx
from valgen.writers.docx.shipped import word_template
from valgen.writers.docx.styles import STYLES
from valgen.writers.package import pack


def _company(path: Path) -> Path:
    made = docx.Document()
    made.styles["Heading 1"].font.name = "Georgia"
    made.add_heading("Text of the template", 1)
    made.add_paragraph("with a list", style="List Number")
    made.sections[0].page_width, made.sections[0].page_height = 7772400, 10058400  # US letter
    made.sections[0].header.paragraphs[0].text = "Company head {{document.number}} {{document.title}}"
    made.sections[0].footer.paragraphs[0].text = "{{document.version}} {{document.status}} {{document.digest}} page "
    for code in ("PAGE", "NUMPAGES"):
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), code)
        made.sections[0].footer.paragraphs[0]._p.append(field)
    made.save(path)
    return path


def _errors(path: Path) -> list[str]:
    return [one.code for one in check_template(path) if one.severity is Severity.ERROR]


def _changed(path: Path, change: dict[str, bytes]) -> Path:
    path.write_bytes(pack(parts(path.read_bytes()) | change))
    return path


def test_styles_fonts_and_page_come_from_the_template(tmp_path: Path) -> None:
    lists = ListBlock(((paragraph("a"),),), ordered=True)
    table = Table((Column("A"), Column("B")), (Row((cell("1"), cell("2"))),))
    data = write_docx(document(lists, table), template=_company(tmp_path / "company.docx"))
    opened = docx.Document(io.BytesIO(data))
    assert opened.styles["Heading 1"].font.name == "Georgia"
    assert "valgen Table Text" in [style.name for style in opened.styles]
    assert opened.sections[0].page_width == 7772400
    shown = [line for _, line in styles_of(xml(data))]
    assert "Text of the template" not in shown and "1\tContent" in shown
    for part in parts(data):
        if part.endswith((".xml", ".rels")):
            xml(data, part)


def test_numbering_definitions_stand_in_the_order_of_the_schema(tmp_path: Path) -> None:
    lists = ListBlock(((paragraph("a"),),), ordered=True)
    data = write_docx(document(lists), template=_company(tmp_path / "company.docx"))
    tags = [child.tag for child in xml(data, "word/numbering.xml")]
    abstract, num = f"{W}abstractNum", f"{W}num"
    assert max(i for i, tag in enumerate(tags) if tag == abstract) < min(i for i, tag in enumerate(tags) if tag == num)


def test_finished_document_is_refused_as_a_template_because_its_head_names_another_one(tmp_path: Path) -> None:
    path = tmp_path / "first.docx"
    path.write_bytes(write_docx(document(paragraph("first"))))
    with pytest.raises(RenderError, match="is the finished document"):
        write_docx(document(paragraph("second")), template=path)


def test_dotx_is_taken_as_it_is(tmp_path: Path) -> None:
    path = _company(tmp_path / "company.dotx")
    types = parts(path.read_bytes())["[Content_Types].xml"].replace(b"document.main+xml", b"template.main+xml")
    _changed(path, {"[Content_Types].xml": types})
    assert _errors(path) == []
    data = write_docx(document(paragraph("x")), template=path)
    assert b"document.main+xml" in parts(data)["[Content_Types].xml"]
    docx.Document(io.BytesIO(data))


_RELS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" '
    b'Target="http://evil.example/x" TargetMode="External"/></Relationships>'
)


_FIELD = (
    '<w:hdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml">'
    "<w:p>%s</w:p></w:hdr>"
)
_CUT = (
    '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>INCLUDE</w:instrText></w:r><w:r><w:instrText>TEXT x</w:instrText>'
    '<w:fldChar w:fldCharType="end"/></w:r>'
)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"word/vbaProject.bin": b"x"}, "VG702"),
        ({"word/embeddings/oleObject1.bin": b"x"}, "VG702"),
        ({"word/activeX/activeX1.xml": b"<x/>"}, "VG702"),
        ({"word/extra.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'}, "VG702"),
        ({"word/_rels/settings.xml.rels": _RELS % b"attachedTemplate"}, "VG703"),
        ({"word/_rels/header1.xml.rels": _RELS % b"image"}, "VG703"),
        ({"word/_rels/header1.xml.rels": (_RELS % b"image").replace(b'"', b"'")}, "VG703"),
        ({"word/_rels/header1.xml.rels": (_RELS % b"image").replace(b"External", b"&#69;xternal")}, "VG703"),
        ({"word/_rels/header1.xml.rels": (_RELS % b"hyperlink").replace(b"http://evil", b"file://evil")}, "VG703"),
        ({"word/_rels/header1.xml.rels": (_RELS % b"aFChunk").replace(b"External", b"Internal")}, "VG702"),
        ({"word/header9.xml": (_FIELD % _CUT).encode()}, "VG703"),
        (
            {"word/header9.xml": (_FIELD % '<w:fldSimple w:instr="HYPERLINK &quot;file://x/y&quot;"/>').encode()},
            "VG703",
        ),
        ({"word/header9.xml": (_FIELD % '<v:shape href="http://x/"/>').encode()}, "VG703"),
        ({"word/footer9.xml": b"<w:p><w:instrText>INCLUDEPICTURE http://x</w:instrText></w:p>"}, "VG703"),
    ],
    ids=[
        "macros",
        "ole",
        "activex",
        "doctype",
        "attached",
        "remote-image",
        "single-quotes",
        "character-reference",
        "file-link",
        "html-part",
        "field-in-runs",
        "file-field",
        "drawing",
        "field",
    ],
)
def test_harmful_template_is_refused(tmp_path: Path, change: dict[str, bytes], code: str) -> None:
    path = _changed(_company(tmp_path / "company.docx"), change)
    assert code in [one.code for one in check_template(path)]
    with pytest.raises(RenderError) as caught:
        write_docx(document(), template=path)
    assert caught.value.code == code and "company.docx" in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"not a zip", pack({"a.txt": b"x"}), pack({"[Content_Types].xml": b"<x/>"})])
def test_file_that_is_no_word_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.docx"
    path.write_bytes(content)
    assert [one.code for one in check_template(path)] == ["VG701"]


def test_missing_template_is_refused(tmp_path: Path) -> None:
    assert [one.code for one in check_template(tmp_path / "none.docx")] == ["VG701"]
    with pytest.raises(RenderError):
        write_docx(document(), template=tmp_path / "none.docx")


def test_broken_parts_of_a_template_are_an_error_with_a_way_out(tmp_path: Path) -> None:
    path = _changed(_company(tmp_path / "company.docx"), {"word/styles.xml": b"<broken"})
    with pytest.raises(RenderError, match=r"company\.docx") as caught:
        write_docx(document(), template=path)
    assert caught.value.fix


def test_zip_bomb_is_refused_without_unpacking(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("word/document.xml", bytes(120 * 1024 * 1024))
    assert [one.code for one in check_template(path)] == ["VG704"]


def test_shipped_template_is_what_the_generator_makes(repository: Path) -> None:
    shipped = (repository / "templates/word/valgen.docx").read_bytes()
    assert parts(shipped) == parts(word_template()), (
        "run: python -m valgen.writers.docx.shipped templates/word/valgen.docx"
    )


def test_shipped_template_has_every_style_and_passes_its_own_check(repository: Path) -> None:
    path = repository / "templates/word/valgen.docx"
    assert check_template(path) == ()
    names = {
        style.find(f"{W}name").get(f"{W}val") for style in xml(path.read_bytes(), "word/styles.xml").iter(f"{W}style")
    }
    assert {style.name for style in STYLES} <= names
