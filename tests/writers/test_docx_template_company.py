"""A second company's template gives documents in its look: cover, heads, feet, styles, paper, every text filled."""

# ruff: noqa: E501
from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import office_samples
import pytest
from company_template import GREEN, company_template, cut, field, logo, paragraph, run
from hostile_texts import HOSTILE
from office import R, W, document, outside, parts, styles_of, text, xml

from valgen.documents.blocks import Column, Row, Section, Table, cell
from valgen.documents.blocks import paragraph as plain
from valgen.documents.visible import visible
from valgen.writers.docx import check_template, write_docx
from valgen.writers.docx.shipped import word_template
from valgen.writers.package import pack

VALUES = {"project.name": "Vault project", "system.name": "Vault"}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company's template."""
    return company_template(tmp_path_factory.mktemp("template") / "company.docx")


@pytest.fixture(scope="module")
def report(template: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An OQ report on it, with landscape pages."""
    return write_docx(_report(tmp_path_factory.mktemp("media")), template=template, values=VALUES)


def _report(folder: Path) -> Any:
    made = office_samples.oq_report(folder)
    wide = Table((Column("Id"), Column("Text")), (Row((cell("1"), cell("2"))),), wide=True)
    return replace(made, sections=(*made.sections, Section("Wide", "wide", (wide,))))


def _heads(data: bytes) -> dict[str, Any]:
    return {name: xml(data, name) for name in parts(data) if re.match(r"word/valgen-(header|footer)", name)}


def _everything(data: bytes) -> str:
    return "\n".join(
        text(xml(data, name)) for name in parts(data) if name.startswith("word/") and name.endswith(".xml")
    )


def test_template_of_a_company_passes_its_check(template: Path) -> None:
    assert [one for one in check_template(template) if one.severity == "error"] == []


def test_no_placeholder_is_left_and_every_text_is_filled(report: bytes) -> None:
    shown = _everything(report)
    assert "{{" not in shown and "}}" not in shown
    lines = text(xml(report)).split("\n")
    for value in (
        "S3V-OQR-001 – Draft",
        "Vault",
        "Vault project",
        "Operational Qualification Report",
        "DRAFT · DRY RUN",
    ):
        assert value in lines
    assert "Version 0.1 DRAFT" in lines  # in the text box
    assert "Click to enter the title" not in shown and "Entwurf" not in shown


def test_line_that_the_document_lacks_is_a_dash(report: bytes) -> None:
    lines = text(xml(report)).split("\n")
    assert lines[lines.index("Supplier") + 1] == "–"


def test_styles_table_look_paper_and_colour_are_those_of_the_company(report: bytes) -> None:
    root = xml(report)
    tables = {one.get(f"{W}val") for one in root.iter(f"{W}tblStyle")}
    assert "FirmaTabelle" in tables
    assert ("berschrift1", "1\tApproval") in styles_of(root)
    sizes = {(one.get(f"{W}w"), one.get(f"{W}h"), one.get(f"{W}orient")) for one in root.iter(f"{W}pgSz")}
    assert sizes == {("12240", "15840", None), ("15840", "12240", "landscape")}
    styles = {one.get(f"{W}styleId"): one for one in xml(report, "word/styles.xml").iter(f"{W}style")}
    assert styles["Heading4"].find(f"{W}basedOn").get(f"{W}val") == "berschrift3"
    assert styles["ValgenTableHeader"].find(f"{W}rPr/{W}color").get(f"{W}val") == "FFFFFF"
    assert styles["ValgenReference"].find(f"{W}rPr/{W}color").get(f"{W}val") == GREEN


def test_section_number_stands_once_where_the_heading_style_numbers_by_itself(report: bytes) -> None:
    for one in xml(report).iter(f"{W}p"):
        style = one.find(f"{W}pPr/{W}pStyle")
        if style is not None and style.get(f"{W}val") == "berschrift1":
            number = one.find(f"{W}pPr/{W}numPr/{W}numId")
            if text(one) in ("Control of this document", "Distribution list"):
                assert number is None
            else:
                assert number.get(f"{W}val") == "0"
                assert one.find(f"{W}pPr/{W}ind").get(f"{W}hanging") == "700"


def test_contents_made_by_word_hold_the_lines_of_the_document_and_of_the_template(report: bytes) -> None:
    root = xml(report)
    listed = [line for style, line in styles_of(root) if style.startswith("TOC") and style != "TOCHeading"]
    assert listed[0] == "Control of this document" and listed[-1] == "Distribution list" and "1\tApproval" in listed
    assert "Old chapter" not in text(root) and "Another old line" not in text(root)
    code = "".join(node.text for node in root.iter(f"{W}instrText") if "TOC" in node.text)
    assert '"1-2"' in code
    names = [one.get(f"{W}name") for one in root.iter(f"{W}bookmarkStart")]
    assert len(names) == len(set(names))
    assert {one.get(f"{W}anchor") for one in root.iter(f"{W}hyperlink")} - {None} <= set(names)


def test_text_after_the_content_stays_behind_it_on_upright_pages(report: bytes) -> None:
    body = list(xml(report).find(f"{W}body"))
    shown = [text(one) for one in body]
    assert shown.index("Distribution list") > shown.index("5\tWide")
    turned = [one.find(f"{W}pgSz").get(f"{W}orient") for one in xml(report).iter(f"{W}sectPr")]
    assert turned == [None, None, "landscape", None]


def test_every_section_names_its_heads_and_only_the_cover_has_a_first_page(report: bytes) -> None:
    sections = list(xml(report).iter(f"{W}sectPr"))
    for number, one in enumerate(sections):
        kinds = {ref.get(f"{W}type") for ref in one.findall(f"{W}headerReference")}
        assert kinds == ({"default", "first", "even"} if number == 0 else {"default", "even"})
        assert (one.find(f"{W}titlePg") is not None) is (number == 0)


def test_heads_hold_the_facts_of_the_document_and_the_logo(report: bytes) -> None:
    heads = _heads(report)
    shown = {name: text(root) for name, root in heads.items()}
    odd = shown["word/valgen-header-portrait-2.xml"]
    assert "S3V-OQR-001\tOperational Qualification Report\t" in odd and "DRAFT · DRY RUN" in odd
    assert "S3V-OQR-001 OQ-report" in shown["word/valgen-header-even-portrait.xml"]
    foot = shown["word/valgen-footer-portrait-2.xml"]
    assert "Version 0.1 DRAFT, Draft" in foot and "Page 1 / 1" in foot
    for name in ("word/valgen-header-portrait-2.xml", "word/valgen-header-landscape.xml"):
        rel = next(heads[name].iter("{http://schemas.openxmlformats.org/drawingml/2006/main}blip")).get(f"{R}embed")
        target = next(one for one in xml(report, _rels(name)) if one.get("Id") == rel).get("Target")
        assert parts(report)[f"word/{target.removeprefix('/word/')}"] == logo()
    assert outside(report) == []


def _rels(name: str) -> str:
    folder, _, file = name.rpartition("/")
    return f"{folder}/_rels/{file}.rels"


def test_pages_are_counted_over_the_whole_document(report: bytes) -> None:
    codes = [
        node.text.strip()
        for name, root in _heads(report).items()
        if "footer" in name
        for node in root.iter(f"{W}instrText")
    ]
    assert "NUMPAGES" in codes and "SECTIONPAGES" not in codes


def test_marks_are_a_watermark_on_every_head_even_where_the_template_has_none(report: bytes) -> None:
    for name, root in _heads(report).items():
        if "header" in name:
            words = [
                one.get("string") for one in root.iter("{urn:schemas-microsoft-com:vml}textpath") if one.get("string")
            ]
            assert words == ["DRAFT", "DRY RUN"]
            assert "DRAFT · DRY RUN" in text(root)


def test_tab_stops_and_tables_of_landscape_heads_reach_the_right_margin(report: bytes) -> None:
    heads = _heads(report)
    width = 15840 - 2 * 1440
    stops = {
        (one.get(f"{W}val"), int(one.get(f"{W}pos")))
        for one in heads["word/valgen-header-landscape.xml"].find(f"{W}p").iter(f"{W}tab")
        if one.get(f"{W}pos")
    }
    kept = {kind: at for kind, at in stops if kind != "clear"}
    # The stops of the head style stand at 4680 and 9360 twips, the middle and the right margin of upright pages.
    assert kept["right"] == width and kept["center"] == width // 2
    assert {("clear", 9360), ("clear", 4680)} <= stops
    grid = [int(one.get(f"{W}w")) for one in heads["word/valgen-footer-landscape.xml"].iter(f"{W}gridCol")]
    assert abs(sum(grid) - width) < 4


def test_properties_of_the_company_stay_and_those_of_the_document_are_set(report: bytes) -> None:
    custom = parts(report)["docProps/custom.xml"].decode()
    assert 'name="Department"><vt:lpwstr>Quality &amp; IT<' in custom
    assert custom.count('name="Status"') == 1 and 'name="Status"><vt:lpwstr>Draft<' in custom
    assert "Firma Tabelle" not in custom


def test_equal_input_gives_equal_bytes_on_a_company_template(template: Path, tmp_path: Path) -> None:
    made = office_samples.urs()
    other = tmp_path / "renamed.docx"
    other.write_bytes(template.read_bytes())
    assert write_docx(made, template=template) == write_docx(made, template=other)


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_value_in_a_placeholder_is_literal_text(template: Path, name: str) -> None:
    bad = HOSTILE[name]
    made = document(
        plain("x"), number=bad, title=bad, version=bad, status=bad, system=bad, key="URS", confidentiality=bad,
        control=(("Effective date", bad),),
    )  # fmt: skip
    data = write_docx(made, template=template, values={"project.name": bad, "system.name": bad})
    for part in parts(data):
        if part.endswith((".xml", ".rels")):
            xml(data, part)
    if bad.strip():
        assert visible(bad) in text(xml(data))
    assert outside(data) == []


def test_value_that_looks_like_a_placeholder_or_field_is_not_filled_again(template: Path) -> None:
    made = document(plain("x"), title="{{document.number}} {{content}}", number="<?valgen content?><w:p/>")
    shown = text(xml(write_docx(made, template=template)))
    assert "{{document.number}} {{content}}" in shown and "<?valgen content?><w:p/> – Approved" in shown


def test_shipped_template_gives_the_same_document_as_no_template(tmp_path: Path) -> None:
    path = tmp_path / "word.docx"
    path.write_bytes(word_template())
    picture = logo()
    (tmp_path / "logo.png").write_bytes(picture)
    digest = hashlib.sha256(picture).hexdigest()
    made = _report(tmp_path)
    made = replace(made, logo=digest, media=(*made.media, (digest, str(tmp_path / "logo.png"))), controlled="pdf")
    without, shipped = parts(write_docx(made)), parts(write_docx(made, template=path))
    assert without == shipped
    assert any(name.startswith("word/media/") and data == picture for name, data in without.items())
    assert "Copy; the controlled file is the PDF file" in text(xml(write_docx(made), "word/valgen-footer-portrait.xml"))


def _template(tmp_path: Path, *body: Any, head: str = "", foot: str = "") -> Path:
    made = docx.Document()
    end = made.element.body.sectPr
    for one in body:
        end.addprevious(one)
    for part, inner in ((made.sections[0].header, head), (made.sections[0].footer, foot)):
        if inner:
            old = part.paragraphs[0]._p
            old.addprevious(paragraph(inner))
            old.getparent().remove(old)
    path = tmp_path / "made.docx"
    made.save(path)
    return path


def test_approvals_stand_where_the_template_asks_and_nowhere_else(tmp_path: Path) -> None:
    path = _template(
        tmp_path, paragraph(run("{{control}}")), paragraph(run("{{approvals}}")), paragraph(run("{{contents}}")),
        paragraph(run("{{content}}")),
    )  # fmt: skip
    table = Table((Column("Role"), Column("Signature")), (Row((cell("Author"), cell("pending"))),), role="approvals")
    data = write_docx(document(sections=(Section("Approval", "approval", (table,)),)), template=path)
    shown = text(xml(data))
    assert shown.count("pending") == 1 and shown.index("pending") < shown.index("1\tApproval")
    assert "The table of approvals stands on the first pages" in shown


def test_content_mark_may_end_a_section_or_stand_in_a_content_control(tmp_path: Path) -> None:
    section = (
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1440" w:bottom="1440" '
        'w:left="1440" w:header="720" w:footer="720" w:gutter="0"/></w:sectPr>'
    )
    ends = _template(tmp_path, paragraph(run("{{content}}"), extra=section), paragraph(run("Back cover")))
    made = document(plain("inside"), Table((Column("A"),), (Row((cell("b"),)),), wide=True))
    data = write_docx(made, template=ends)
    shown = [line for line in text(xml(data)).split("\n") if line]
    assert shown[-1] == "Back cover" and "inside" in shown
    turned = [one.find(f"{W}pgSz").get(f"{W}orient") for one in xml(data).iter(f"{W}sectPr")]
    assert turned == ["landscape", None]
    control = docx.oxml.parse_xml(
        '<w:sdt xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:sdtPr><w:tag w:val="content"/>'
        "</w:sdtPr><w:sdtContent><w:p><w:r><w:t>Content comes here</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    shown = text(xml(write_docx(document(plain("inside")), template=_template(tmp_path, control))))
    assert "inside" in shown and "Content comes here" not in shown


def test_comments_changes_and_identities_of_the_template_do_not_reach_documents(tmp_path: Path) -> None:
    edited = paragraph(
        '<w:commentRangeStart w:id="1"/><w:ins w:id="2" w:author="A. Meier">'
        f'{run("kept {{document.key}}")}</w:ins><w:del w:id="3" w:author="A. Meier"><w:r><w:delText>gone</w:delText></w:r>'
        '</w:del><w:commentRangeEnd w:id="1"/><w:r><w:commentReference w:id="1"/></w:r>'
    )
    edited.set("{http://schemas.microsoft.com/office/word/2010/wordml}paraId", "12345678")
    path = _template(tmp_path, edited, paragraph(run("{{content}}")))
    assert "VG726" in [one.code for one in check_template(path)]
    raw = parts(write_docx(document(plain("x")), template=path))["word/document.xml"]
    assert b"kept URS" in raw
    for word in (b"A. Meier", b"gone", b"comment", b"paraId"):
        assert word not in raw


def test_fields_of_the_template_show_facts_of_the_document(tmp_path: Path) -> None:
    simple = '<w:fldSimple w:instr=" TITLE "><w:r><w:t>Old</w:t></w:r></w:fldSimple>'
    empty = (
        '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText xml:space="preserve"> DOCPROPERTY "Effective date" '
        '</w:instrText><w:fldChar w:fldCharType="end"/></w:r>'
    )
    path = _template(
        tmp_path, paragraph(simple), paragraph(empty), paragraph(field("docproperty Version", "0")),
        paragraph(run("{{content}}")),
    )  # fmt: skip
    made = document(plain("x"), control=(("Effective date", "01-MAR-2025"),))
    data = write_docx(made, template=path)
    assert text(xml(data)).split("\n")[:3] == ["User Requirements", "01-MAR-2025", "1.0"]
    assert b'name="Effective date"><vt:lpwstr>01-MAR-2025<' in parts(data)["docProps/custom.xml"]


def test_line_feeds_in_values_become_breaks_and_empty_values_leave_the_text_around(tmp_path: Path) -> None:
    path = _template(
        tmp_path, paragraph(cut("{{document.title}}")), paragraph(run("Class: {{confidentiality}}.")), paragraph(run("{{content}}")),
    )  # fmt: skip
    lines = text(xml(write_docx(document(plain("x"), title="one\ntwo\tthree"), template=path)))
    assert lines.startswith("one\ntwo\tthree\nClass: .")


def test_text_of_a_template_without_a_content_mark_is_not_used(tmp_path: Path) -> None:
    path = _template(tmp_path, paragraph(run("Instructions for authors")))
    data = write_docx(document(plain("inside")), template=path)
    assert "Instructions" not in text(xml(data)) and "inside" in text(xml(data))
    assert "VG716" in [one.code for one in check_template(path)]


def test_documents_in_another_language_are_marked_so_on_every_paragraph(tmp_path: Path) -> None:
    path = _template(tmp_path, paragraph(run("{{content}}")))
    changed = parts(path.read_bytes())
    styles = changed["word/styles.xml"].replace(
        b'w:styleId="Normal">', b'w:styleId="Normal"><w:rPr><w:lang w:val="en-US"/></w:rPr>', 1
    )
    path.write_bytes(pack(changed | {"word/styles.xml": styles}))
    root = xml(write_docx(document(plain("x"), language="de"), template=path), "word/styles.xml")
    assert {one.get(f"{W}val") for one in root.iter(f"{W}lang")} == {"de-DE"}


@pytest.mark.real
def test_validator_and_libreoffice_accept_documents_on_a_company_template(
    template: Path, report: bytes, tmp_path: Path, repository: Path
) -> None:
    made = {"report": report, "risks": write_docx(office_samples.risk_assessment(), template=template)}
    for name, data in made.items():
        (tmp_path / f"{name}.docx").write_bytes(data)
    found = shutil.which("ooxml-validator") or repository / "tests/real/node_modules/.bin/ooxml-validator"
    if Path(found).exists():
        for file in (template, *tmp_path.glob("*.docx")):
            done = subprocess.run([str(found), str(file)], capture_output=True, text=True, timeout=120)
            result = json.loads(done.stdout)
            assert result["ok"], (file.name, result["errors"][:5])
    program = shutil.which("soffice")
    if program is None or shutil.which("pdftotext") is None:
        pytest.skip("LibreOffice or poppler-utils is not installed")
    profile = (tmp_path / "profile").as_uri()
    files = [str(path) for path in sorted(tmp_path.glob("*.docx"))]
    subprocess.run(
        [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), *files],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    for name, number in (("report", "S3V-OQR-001"), ("risks", "S3V-RA-001")):
        done = subprocess.run(
            ["pdftotext", "-layout", str(tmp_path / f"{name}.pdf"), "-"], capture_output=True, text=True
        )
        pages = done.stdout.rstrip("\f").split("\f")
        assert len(pages) > 3
        for count, page in enumerate(pages, 1):
            assert number in page and re.search(rf"[Pp]age {count} (/|of) {len(pages)}", page), (name, count)
        assert "{{" not in done.stdout


def test_python_docx_reads_a_document_on_a_company_template(report: bytes) -> None:
    opened = docx.Document(io.BytesIO(report))
    assert opened.sections[1].header.paragraphs[0].text.startswith("S3V-OQR-001")


def test_page_break_beside_the_content_mark_is_kept(tmp_path: Path) -> None:
    breaks = '<w:r><w:br w:type="page"/></w:r>'
    for body in (
        (paragraph(run("Cover")), paragraph(breaks + run("{{content}}"))),
        (paragraph(run("Cover")), paragraph(run("{{control}}") + breaks), paragraph(run("{{content}}"))),
        (paragraph(run("Cover")), paragraph(run("{{content}}"), extra="<w:pageBreakBefore/>")),
    ):
        root = xml(write_docx(document(plain("x")), template=_template(tmp_path, *body)))
        first = next(one for one in root.iter(f"{W}p") if text(one) == "1\tContent")
        assert first.find(f"{W}pPr/{W}pageBreakBefore") is not None
        assert not [one for one in root.iter(f"{W}br") if one.get(f"{W}type") == "page"]
    root = xml(write_docx(document(plain("x")), template=_template(tmp_path, paragraph(run("{{content}}")))))
    assert next(root.iter(f"{W}pageBreakBefore"), None) is None


def test_template_that_names_no_default_style_is_taken_as_it_is(tmp_path: Path) -> None:
    path = _template(tmp_path, paragraph(run("{{content}}")))
    changed = parts(path.read_bytes())
    styles = changed["word/styles.xml"].replace(b'w:default="1" ', b"").replace(b' w:default="1"', b"")
    path.write_bytes(pack(changed | {"word/styles.xml": styles}))
    root = xml(write_docx(document(plain("x")), template=path), "word/styles.xml")
    names = [one.find(f"{W}name").get(f"{W}val") for one in root.iter(f"{W}style")]
    assert names.count("Normal") == 1 and "Normal 2" not in names


def test_caption_stays_with_its_table_whatever_the_style_of_the_company_says(template: Path) -> None:
    table = Table((Column("A"),), (Row((cell("1"),)),), caption="Results")
    root = xml(write_docx(document(table), template=template))
    caption = next(one for one in root.iter(f"{W}p") if text(one) == "Table 1  Results")
    assert caption.find(f"{W}pPr/{W}keepNext") is not None


def test_document_of_one_page_keeps_the_order_of_the_schema_in_headings_that_number_themselves(template: Path) -> None:
    root = xml(write_docx(document(plain("x"), compact=True), template=template))
    properties = [one for one in root.iter(f"{W}pPr") if one.find(f"{W}spacing") is not None]
    spaced = [[child.tag for child in one] for one in properties if one.find(f"{W}ind") is not None]
    assert spaced
    assert all(tags.index(f"{W}spacing") < tags.index(f"{W}ind") for tags in spaced)
