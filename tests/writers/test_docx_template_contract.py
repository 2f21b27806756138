"""The check of a company's template names what is missing, wrong or unusual, and what will be used."""

# ruff: noqa: E501
from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from company_template import company_template, field, paragraph, run
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.shared import Cm
from office import document, parts, text, xml

from valgen.documents.blocks import paragraph as plain
from valgen.errors import Finding
from valgen.writers.docx import check_template, report_template, write_docx
from valgen.writers.docx.contract import _USES
from valgen.writers.docx.placeholders import CONTROL_LABELS, TEXTS, Values
from valgen.writers.docx.styles import STYLES

HEAD = "{{document.number}} {{document.title}}"
FOOT = f"{run('{{document.version}} {{document.status}} {{document.digest}} ')}{field('PAGE', '1')}{field('NUMPAGES', '1')}"


class Made:
    """A template in the making: python-docx's own with a head and foot that say everything."""

    def __init__(self, *body: str, head: str = HEAD, foot: str = FOOT) -> None:
        self.docx = docx.Document()
        for inner in body or ("{{control}}", "{{contents}}", "{{content}}"):
            self.add(paragraph(run(inner)))
        self.write(self.docx.sections[0].header, run(head) if head and not head.startswith("<") else head)
        self.write(self.docx.sections[0].footer, foot)

    def add(self, element: Any) -> Made:
        """Add an element to the body."""
        self.docx.element.body.sectPr.addprevious(element)
        return self

    def write(self, part: Any, inner: str) -> None:
        """Write a head or foot; nothing for none."""
        if inner:
            old = part.paragraphs[0]._p
            old.addprevious(paragraph(inner))
            old.getparent().remove(old)

    def check(self, folder: Path, **options: str) -> tuple[Finding, ...]:
        """Return findings."""
        return check_template(self.save(folder), **options)

    def save(self, folder: Path) -> Path:
        """Write the file."""
        path = folder / "company.docx"
        self.docx.save(path)
        return path


def _of(found: tuple[Finding, ...], code: str) -> list[str]:
    return [one.message for one in found if one.code == code]


def test_template_that_says_everything_has_no_error(tmp_path: Path) -> None:
    found = Made().check(tmp_path)
    assert {one.code for one in found} == {"VG713"}
    assert all(one.severity == "warning" and one.location.path == "company.docx" for one in found if one.location)


@pytest.mark.parametrize(
    ("head", "foot", "missing"),
    [
        ("{{document.number}}", FOOT, "title"),
        (HEAD, FOOT.replace("document.version", "document.type"), "version"),
        (HEAD, FOOT.replace("NUMPAGES", "DATE"), "number of pages"),
        (HEAD, FOOT.replace("document.digest", "system"), "content digest"),
        ("{{project.name}}", FOOT, "document number, title"),
    ],
    ids=["title", "version", "pages", "digest", "number"],
)
def test_fact_that_no_page_shows_is_named_and_written_into_the_foot(
    tmp_path: Path, head: str, foot: str, missing: str
) -> None:
    made = Made(head=head, foot=foot)
    found = made.check(tmp_path)
    assert _of(found, "VG710") == [f"every page: head and foot do not show {missing}"]
    shown = document(plain("x"))
    data = write_docx(shown, template=made.save(tmp_path))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        foots = [archive.read(name).decode() for name in archive.namelist() if "footer" in name and "rels" not in name]
    wanted = {
        "title": [shown.title],
        "version": [f"Version {shown.version}"],
        "number of pages": ["NUMPAGES"],
        "content digest": [f"Content digest {shown.digest[:4]}"],
        "document number": [shown.number],
    }
    assert foots
    for foot_xml in foots:
        assert all(part in foot_xml for name in missing.split(", ") for part in wanted[name])


def test_facts_may_be_shown_by_fields_controls_and_text_boxes(tmp_path: Path) -> None:
    box = (
        '<w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:rect><v:textbox><w:txbxContent><w:p>'
        f"{run('{{document.version}}')}</w:p></w:txbxContent></v:textbox></v:rect></w:pict></w:r>"
    )
    control = (
        '<w:sdt><w:sdtPr><w:tag w:val="document.status"/></w:sdtPr><w:sdtContent>'
        + run("x")
        + "</w:sdtContent></w:sdt>"
    )
    head = field('DOCPROPERTY "Document number"', "1") + field("TITLE", "x") + box + control
    foot = field('DOCPROPERTY "Content digest SHA-256"', "x") + field("PAGE", "1") + field("SECTIONPAGES", "1")
    assert _of(Made(head=head, foot=foot).check(tmp_path), "VG710") == []


def test_first_and_even_pages_are_looked_at_too(tmp_path: Path) -> None:
    made = Made()
    section = made.docx.sections[0]
    section.different_first_page_header_footer = True
    made.docx.settings.odd_and_even_pages_header_footer = True
    made.write(section.first_page_header, run("Cover {{document.number}}"))
    made.write(section.first_page_footer, run("Cover foot"))
    section.even_page_header.is_linked_to_previous = False
    made.write(section.even_page_header, run("{{document.number}}"))
    found = _of(made.check(tmp_path), "VG710")
    # The control block on the first page shows what its head and foot do not, except the page.
    assert "the first page: head and foot do not show page number, number of pages" in found
    assert "even pages: head and foot do not show title" in found
    assert not any(one.startswith("odd pages") for one in found)


def test_valgens_own_head_and_foot_stand_in_where_there_are_none(tmp_path: Path) -> None:
    made = Made(head="", foot="")
    assert _of(made.check(tmp_path), "VG728") == ["every page: valgen's own head and foot are used"]
    found = parts(write_docx(document(plain("x")), template=made.save(tmp_path)))
    assert "T-URS-001\tVersion 1.0" in text(xml(_zip(found), "word/valgen-header-portrait.xml"))
    only_foot = Made(head=HEAD + " {{document.version}} {{document.status}}", foot="")
    assert _of(only_foot.check(tmp_path), "VG728") == ["every page: valgen's own foot is used"]


def _zip(found: dict[str, bytes]) -> bytes:
    from valgen.writers.package import pack

    return pack(found)


def test_unknown_placeholder_is_named_with_place_text_and_guess(tmp_path: Path) -> None:
    made = Made(
        "Of {{documnet.title}} here", "{{contents}}", "{{control}}", "{{content}}", head=HEAD + " {{document.verison}}"
    )
    found = [one for one in made.check(tmp_path) if one.code == "VG711"]
    assert [one.message for one in found] == [
        "unknown placeholder {{documnet.title}} in the body: “Of {{documnet.title}} here”",
        "unknown placeholder {{document.verison}} in header1.xml: “{{document.number}} {{document.title}} {{document.verison}}”",
    ]
    assert [one.fix for one in found] == ["did you mean {{document.title}}?", "did you mean {{document.version}}?"]


def test_misspelt_content_mark_is_found_although_nothing_is_printed_then(tmp_path: Path) -> None:
    found = Made("{{contnet}}").check(tmp_path)
    assert _of(found, "VG711") and _of(found, "VG716")


def test_braces_that_do_not_close_are_named(tmp_path: Path) -> None:
    assert _of(Made("{{document.title}", "{{content}}").check(tmp_path), "VG711") == [
        "braces that do not close in the body: “{{document.title}”"
    ]


def test_unknown_line_of_the_control_block_is_a_warning_with_a_guess(tmp_path: Path) -> None:
    found = [one for one in Made("{{control.Efective date}}", "{{content}}").check(tmp_path) if one.code == "VG729"]
    assert found[0].severity == "warning" and found[0].fix == "did you mean {{control.Effective date}}?"


def test_unknown_tag_of_a_content_control_is_named(tmp_path: Path) -> None:
    control = parse_xml(
        '<w:sdt xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:sdtPr><w:tag w:val="document.nummer"/>'
        "</w:sdtPr><w:sdtContent><w:p/></w:sdtContent></w:sdt>"
    )
    found = Made().add(control).check(tmp_path)
    assert _of(found, "VG711") == [
        "unknown placeholder {{document.nummer}} as the tag of a content control in the body"
    ]


def test_block_placeholder_in_a_table_in_text_in_a_head_or_twice_is_an_error(tmp_path: Path) -> None:
    made = Made("See {{contents}} below", "{{control}}", "{{content}}", "{{content}}", head=HEAD + " {{content}}")
    made.docx.add_table(1, 1).cell(0, 0).text = "{{approvals}}"
    found = _of(made.check(tmp_path), "VG712")
    assert "{{contents}} does not stand alone in its paragraph: “See {{contents}} below”" in found
    assert "{{content}} stands in header1.xml" in found
    assert "{{content}} stands 2 times in the body" in found
    assert "{{approvals}} stands in a table or a text box" in found


def test_style_of_the_wrong_kind_is_an_error(tmp_path: Path) -> None:
    made = Made()
    made.docx.styles.add_style("valgen Table", WD_STYLE_TYPE.PARAGRAPH)
    assert _of(made.check(tmp_path), "VG714") == [
        "style “valgen Table” is a paragraph style, but a table style is needed for “valgen Table”"
    ]


def test_property_that_names_no_style_is_an_error(tmp_path: Path) -> None:
    path = company_template(tmp_path / "company.docx")
    from valgen.writers.package import pack

    found = parts(path.read_bytes())
    found["docProps/custom.xml"] = found["docProps/custom.xml"].replace(b"Firma Tabelle", b"Firma Gitter")
    path.write_bytes(pack(found))
    assert _of(check_template(path), "VG714")[0].startswith("style “Firma Gitter” is named for “valgen Table”")


def test_missing_styles_are_named_with_their_use(tmp_path: Path) -> None:
    made = Made()
    for level in (8, 9):
        element = made.docx.styles[f"Heading {level}"].element
        element.getparent().remove(element)
    found = _of(made.check(tmp_path), "VG713")
    assert "styles “heading 8”, “heading 9” are missing; they are used for headings" in found
    assert "style “valgen Table” is missing; it is used for tables" in found


def test_every_style_has_a_use_in_words() -> None:
    named = [style.name for style in STYLES if not style.name.startswith(("heading ", "toc "))]
    assert [name for name in named if name not in _USES] == []


def test_style_of_word_is_found_in_another_language_and_by_its_id(tmp_path: Path) -> None:
    made = Made()
    for name, other, key in (("Heading 1", "Überschrift 1", "berschrift1"), ("Title", "Firmentitel", "Title")):
        element = made.docx.styles[name].element
        element.find("{*}name").set("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}val", other)
        element.set("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}styleId", key)
    path = made.save(tmp_path)
    rows = dict(report_template(path).found)
    assert rows["Style “heading 1”"] == "“Überschrift 1”" and rows["Style “Title”"] == "“Firmentitel”"
    root = xml(write_docx(document(plain("x")), template=path))
    assert any(node.get(f"{W_}val") == "berschrift1" for node in root.iter(f"{W_}pStyle"))


W_ = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def test_page_without_room_is_an_error(tmp_path: Path) -> None:
    made = Made()
    made.docx.sections[0].page_width = Cm(14)
    assert _of(made.check(tmp_path), "VG715") == ["the page leaves 7.6 cm between the margins"]


@pytest.mark.parametrize(
    ("code", "part"),
    [
        ("DATE", "the day of printing"),
        ("FILENAME \\p", "the name of the file"),
        ("STYLEREF 1", "until Word updates it"),
        ('DOCPROPERTY "Abteilung"', "which neither the template nor valgen has"),
        ('TOC \\h \\z \\c "Table"', "list of tables or figures"),
    ],
)
def test_field_that_would_show_something_else_is_a_warning(tmp_path: Path, code: str, part: str) -> None:
    found = Made().add(paragraph(field(code, "x"))).check(tmp_path)
    assert len(_of(found, "VG718")) == 1 and part in _of(found, "VG718")[0]


def test_parts_that_reviewers_expect_are_asked_for(tmp_path: Path) -> None:
    found = _of(Made("{{content}}").check(tmp_path), "VG717")
    assert len(found) == 2 and "{{contents}}" in found[0] and "{{control}}" in found[1]


def test_language_of_the_template_is_compared_with_that_of_the_project(tmp_path: Path) -> None:
    made = Made()
    assert _of(made.check(tmp_path, language="en"), "VG725") == []
    assert "documents are marked as de-DE" in _of(made.check(tmp_path, language="de"), "VG725")[0]


def test_numbering_of_headings_is_told(tmp_path: Path) -> None:
    path = company_template(tmp_path / "company.docx")
    assert _of(check_template(path), "VG719") == ["heading 1 to 3 have a numbering of their own"]


def test_report_says_what_will_be_used(tmp_path: Path) -> None:
    rows = dict(report_template(company_template(tmp_path / "company.docx")).found)
    assert rows["Text"] == "kept around {{content}}"
    assert rows["Page"].startswith("21.6 cm by 27.9 cm, 16.5 cm between the margins")
    assert rows["Head"] == "odd pages header1.xml with 1 picture, even pages header2.xml"
    assert rows["Style “valgen Table”"] == "“Firma Tabelle” (by property)"
    assert rows["Font"] == "DejaVu Serif"


def test_strict_file_is_refused_with_a_way_out(tmp_path: Path) -> None:
    from valgen.writers.package import pack

    path = Made().save(tmp_path)
    found = parts(path.read_bytes())
    found["word/document.xml"] = found["word/document.xml"].replace(
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    path.write_bytes(pack(found))
    one = check_template(path)[0]
    assert one.code == "VG701" and "Strict" in one.message and one.fix


def test_every_placeholder_has_a_value(tmp_path: Path) -> None:
    values = Values(document(plain("x")), "d" * 64, {})
    assert [name for name in TEXTS if values.text(name) is None] == []
    assert all(values.text(f"control.{label}") is not None for label in CONTROL_LABELS)
    assert values.text("  Document.NUMBER ") == "T-URS-001"
    assert values.text("document") is None
