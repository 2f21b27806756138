"""The Sphinx extension in real builds: blocks, links between projects, what is built again, mistakes."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

Build = Callable[..., tuple[Path, list[str]]]

INDEX = """
    Start
    =====

    .. toctree::

       specs

    See :valgen:item:`URS-001` and :valgen:ref:`the lock <URS-002>`.
"""
SPECS = """
    Specifications
    ==============

    Requirements
    ------------

    .. valgen:items:: URS
"""
PAGES = {"index": INDEX, "specs": SPECS}


class Read(HTMLParser):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.hrefs: list[str] = []
        self.tags: list[str] = []
        self.inside: list[str] = []
        self.text = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name == "href":
                self.hrefs.append(value or "")

    def handle_data(self, data: str) -> None:
        self.text += data


def test_items_stand_on_the_page_under_their_id_and_roles_lead_there(project: Path, sphinx: Build) -> None:
    out, warnings = sphinx(PAGES)
    assert warnings == []
    specs = Read(out / "specs.html")
    assert {"URS-001", "URS-002"} <= set(specs.ids)
    assert len(specs.ids) == len(set(specs.ids))
    assert {"specs.html#URS-001", "specs.html#URS-002"} <= set(Read(out / "index.html").hrefs)


def test_requirement_text_never_becomes_markup(project: Path, sphinx: Build) -> None:
    out, _ = sphinx(PAGES)
    specs = Read(out / "specs.html")
    assert "Locks <script>alert(1)</script>" in specs.text
    assert not [href for href in specs.hrefs if href.lower().startswith("javascript")]
    assert "<script>alert" not in (out / "specs.html").read_text(encoding="utf-8")


def test_categories_are_sections_in_the_contents(project: Path, sphinx: Build) -> None:
    out, _ = sphinx(PAGES)
    assert any(href.startswith("#URS-category") for href in Read(out / "specs.html").hrefs)


def test_search_of_sphinx_knows_words_and_titles_of_items(project: Path, sphinx: Build) -> None:
    out, _ = sphinx(PAGES)
    index = (out / "searchindex.js").read_text(encoding="utf-8")
    assert "URS-001 Audit trail" in index
    assert '"record":' in index


def test_general_index_lists_the_ids(project: Path, sphinx: Build) -> None:
    out, _ = sphinx(PAGES)
    assert "specs.html#URS-001" in Read(out / "genindex.html").hrefs


def test_another_project_links_to_a_requirement_through_the_inventory(project: Path, sphinx: Build) -> None:
    out, _ = sphinx(PAGES)
    conf = f"""
        extensions += ["sphinx.ext.intersphinx"]
        intersphinx_mapping = {{"vault": ("https://docs.example.org/", {str(out / "objects.inv")!r})}}
        valgen_project = ""
    """
    other, warnings = sphinx(
        {"index": "Other\n=====\n\n:valgen:item:`URS-001` and :valgen:ref:`that <URS-002>`.\n"}, name="other", conf=conf
    )
    page = Read(other / "index.html")
    assert "https://docs.example.org/specs.html#URS-001" in page.hrefs
    assert "https://docs.example.org/specs.html#URS-002" in page.hrefs
    assert "URS-001 and that." in page.text
    assert [line for line in warnings if "valgen.duplicate" in line or "no page shows" in line] == []


def test_another_project_links_to_the_site_of_a_pack(project: Path, sphinx: Build, tmp_path: Path) -> None:
    from valgen.documents.blocks import Document, Entry, Section
    from valgen.writers.html import build_site

    entries = (Entry("URS-001", "URS-001", "Audit", "URS", ()), Entry("OQ-001", "OQ-001", "Change", "OQ", ()))
    pack = Document(key="URS", type="URS", number="1", title="URS", version="1", status="Draft", system="s", marks=(),
                    control=(), sections=(Section("a", "a", entries),))  # fmt: skip
    build_site([pack], tmp_path / "pack", title="Pack")
    conf = f"""
        extensions += ["sphinx.ext.intersphinx"]
        intersphinx_mapping = {{"pack": ("https://pack.example.org/html", {str(tmp_path / "pack" / "objects.inv")!r})}}
    """
    text = "Other\n=====\n\n:valgen:item:`URS-001`, :valgen:case:`OQ-001`\n"
    other, warnings = sphinx({"index": text}, name="other", conf=conf)
    page = Read(other / "index.html")
    assert "https://pack.example.org/html/URS.html#URS-001" in page.hrefs
    assert "https://pack.example.org/html/URS.html#OQ-001" in page.hrefs
    assert warnings == []


def test_block_links_into_other_projects_too(project: Path, sphinx: Build) -> None:
    out, _ = sphinx(PAGES)
    conf = f"""
        extensions += ["sphinx.ext.intersphinx"]
        intersphinx_mapping = {{"vault": ("https://docs.example.org/", {str(out / "objects.inv")!r})}}
    """
    other, _ = sphinx({"index": "Other\n=====\n\n.. valgen:overview:: URS\n"}, name="other", conf=conf)
    assert "https://docs.example.org/specs.html#URS-001" in Read(other / "index.html").hrefs


# Mistakes


def test_mistakes_are_warnings_with_their_place_and_a_note_on_the_page(project: Path, sphinx: Build) -> None:
    text = """
        Start
        =====

        .. valgen:items:: NOPE

        .. valgen:history::
           :document: XX

        .. valgen:items:: URS
           :bogus: 1

        .. valgen:nosuch::

        See :valgen:item:`URS-999`.
    """
    out, warnings = sphinx({"index": text})
    said = "\n".join(warnings)
    assert "index.rst:4: WARNING: valgen:items: NOPE is no item type" in said
    assert "index.rst:6: WARNING: valgen:history: no document XX" in said
    assert 'index.rst:9: ERROR: Error in "valgen:items" directive' in said
    assert "index.rst:12: ERROR: Unknown directive type" in said
    assert "index.rst:14: WARNING: no page shows the item URS-999" in said
    assert "Traceback" not in said
    assert "Missing: valgen:items NOPE" in Read(out / "index.html").text


def test_item_shown_twice_is_warned_about_and_keeps_one_address(project: Path, sphinx: Build) -> None:
    out, warnings = sphinx({**PAGES, "again": "Again\n=====\n\n.. valgen:items:: URS\n"})
    assert any("URS-001 is shown twice; links lead to the one in again" in line for line in warnings)
    assert "again.html#URS-001" in Read(out / "index.html").hrefs


def test_mistakes_of_the_project_are_warnings_and_every_block_says_it_is_missing(project: Path, sphinx: Build) -> None:
    (project / "requirements" / "urs.yaml").write_text(
        "type: URS\nitems:\n  - id: URS-001\n    titel: x\n", encoding="utf-8"
    )
    out, warnings = sphinx(PAGES)
    said = "\n".join(warnings)
    assert "requirements/urs.yaml:4" in said
    assert "Traceback" not in said
    assert "Missing: valgen:items URS" in Read(out / "specs.html").text


@pytest.mark.parametrize(
    ("conf", "reason"),
    [
        ('valgen_project = ""', "set valgen_project"),
        ('valgen_project = "../nowhere"', "the valgen project cannot be used"),
    ],
)
def test_project_that_is_not_there_is_a_warning(project: Path, sphinx: Build, conf: str, reason: str) -> None:
    (project / "valgen.toml").rename(project / "x")
    _, warnings = sphinx(PAGES, conf=conf)
    assert any(reason in line for line in warnings), warnings


# Building again


def test_page_is_read_again_exactly_when_its_blocks_changed(project: Path, sphinx: Build) -> None:
    pages = {**PAGES, "plain": ":orphan:\n\nPlain\n=====\n\nText.\n"}
    out, _ = sphinx(pages)
    before = {name: (out / f"{name}.html").stat().st_mtime_ns for name in pages}
    sphinx(pages)
    assert {name: (out / f"{name}.html").stat().st_mtime_ns for name in pages} == before
    file = project / "requirements" / "urs.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("who changed", "who altered"), encoding="utf-8")
    sphinx(pages)
    assert "who altered a record" in Read(out / "specs.html").text
    assert (out / "plain.html").stat().st_mtime_ns == before["plain"]


def test_parallel_readers_give_the_same_pages(project: Path, sphinx: Build) -> None:
    pages = {**PAGES, **{f"page{n}": f":orphan:\n\nPage {n}\n======\n\n.. valgen:overview:: URS\n" for n in range(8)}}
    one, first = sphinx(pages)
    text = {path.name: path.read_text(encoding="utf-8") for path in one.glob("*.html")}
    inventory = (one / "objects.inv").read_bytes()
    import shutil

    shutil.rmtree(one)
    shutil.rmtree(one.with_name("docs-trees"))
    two, second = sphinx(pages, parallel=2)
    assert first == second == []
    assert {path.name: path.read_text(encoding="utf-8") for path in two.glob("*.html")} == text
    assert (two / "objects.inv").read_bytes() == inventory


# Other builders


def test_text_builder_gets_every_word_and_no_opaque_node(project: Path, sphinx: Build) -> None:
    out, warnings = sphinx({**PAGES, "matrix": ":orphan:\n\nMatrix\n======\n\n.. valgen:matrix::\n"}, builder="text")
    assert warnings == []
    specs = (out / "specs.txt").read_text(encoding="utf-8")
    assert "URS-001 Audit trail" in specs
    assert "The system shall record who changed a record." in specs
    assert "URS-001" in (out / "matrix.txt").read_text(encoding="utf-8")


def test_latex_builder_gets_targets_and_links(project: Path, sphinx: Build) -> None:
    out, warnings = sphinx({**PAGES, "matrix": ":orphan:\n\nMatrix\n======\n\n.. valgen:matrix::\n"}, builder="latex")
    assert warnings == []
    text = (out / "docs.tex").read_text(encoding="utf-8")
    assert r"\label{\detokenize{specs:URS-001}}" in text
    assert r"\hyperref[\detokenize{specs:URS-001}]" in text


def test_epub_is_well_formed(project: Path, sphinx: Build) -> None:
    out, _ = sphinx(PAGES, builder="epub", conf='version = "1"\ncopyright = "x"\n')
    (book,) = out.glob("*.epub")
    with zipfile.ZipFile(book) as archive:
        ElementTree.fromstring(archive.read("specs.xhtml"))


@pytest.mark.parametrize(
    ("builder", "page", "href"),
    [("dirhtml", "index.html", "specs/#URS-001"), ("singlehtml", "index.html", "#URS-001")],
)
def test_other_html_builders_link_to_the_id(project: Path, sphinx: Build, builder: str, page: str, href: str) -> None:
    index = INDEX + "\n    .. valgen:overview:: URS\n"
    out, warnings = sphinx({"index": index, "specs": SPECS}, builder=builder)
    assert warnings == []
    assert href in Read(out / page).hrefs


def test_theme_of_the_pack_serves_ordinary_projects(project: Path, sphinx: Build) -> None:
    out, warnings = sphinx(PAGES, conf='html_theme = "valgen"\n')
    assert warnings == []
    text = (out / "specs.html").read_text(encoding="utf-8")
    for name in ("valgen.css", "valgen-site.css", "valgen-site.js", "valgen-tables.js"):
        assert f"_static/{name}" in text
        assert (out / "_static" / name).is_file()
    assert "searchindex.js" in (out / "search.html").read_text(encoding="utf-8")
