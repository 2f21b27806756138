"""Hostile text in every field that people write, and in what steps observe, is text in every file of the pack."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from valgen.documents.visible import visible
from valgen.workflow.load import load_context
from valgen.workflow.publish import assemble_documents

for folder in (Path(__file__).parent, Path(__file__).parents[1] / "writers", Path(__file__).parents[2] / "tools"):
    sys.path.insert(0, str(folder))

import outputs  # noqa: E402
from company_template import company_template  # noqa: E402
from guard import environment, guarded  # noqa: E402
from hostile_project import PAYLOADS, PUNCTUATION, HostileProject  # noqa: E402

from tagged_pdf import TaggedPdf  # noqa: E402

_MARK = re.compile(r"QS(\d{4})")
# Gherkin's descriptions of what is no scenario, and names of tables of examples, are remarks for those who write.
# Documents of these items print no more of an item that was retired than its title and the reason.
_NOT_PRINTED = re.compile(r"variable|feature description|examples name|[A-Z]+-002 (?!title|reason).*")
# No font of valgen has these, so a PDF file shows their code points, which is told in a finding.
_NO_GLYPH = str.maketrans({"\U0001f642": "U+1F642", "\U00020000": "U+20000"})


class Made:
    """The hostile project, executed and built."""

    def __init__(self, base: Path) -> None:
        self.env = environment(VALGEN_CACHE=str(base / "cache"), VALGEN_KEYSTORE=str(base / "keys"))
        self.project = HostileProject(base / "project")
        self.root = self.project.root
        self.project.write()
        self.marks = self.project.marks
        self.ran = self.valgen("run", "oq")
        assert self.ran.returncode == 1, self.ran.stderr
        self.outside, _ = guarded(self.root, ("build",), self.env)
        self.pack = self.root / "build/pack"

    def valgen(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "valgen", *arguments], cwd=self.root, env=self.env, capture_output=True, text=True,
            encoding="utf-8", check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stdout + done.stderr
        assert "VG999" not in done.stdout + done.stderr, done.stderr
        return done

    def found(self, text: str) -> Iterator[tuple[str, str, str]]:
        """Yield number, what should follow and what does, wherever a mark stands in a text; blanks do not count."""
        text = solid(text)
        for match in _MARK.finditer(text):
            wanted = solid(visible(self.marks.payload[match[1]])) + f"QE{match[1]}"
            yield match[1], wanted, text[match.end() : match.end() + len(wanted)]

    def altered(self, text: str) -> list[tuple[str, str, str]]:
        return [
            (self.marks.where[number], wanted[:200], got[:200])
            for number, wanted, got in self.found(text)
            if wanted != got
        ]

    def numbers(self, text: str) -> set[str]:
        return set(_MARK.findall(text))


def solid(text: str) -> str:
    return "".join(text.split())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def html(made: Made) -> dict[str, str]:
    return {path.stem: outputs.html_text(path) for path in sorted((made.pack / "html").glob("*.html"))}


@pytest.fixture(scope="module")
def word(made: Made) -> dict[str, str]:
    return {path.stem: outputs.docx_text(path) for path in sorted((made.pack / "word").glob("*.docx"))}


def test_nothing_outside_of_the_project_is_read_and_nothing_is_connected_or_started(made: Made) -> None:
    assert made.outside == []


def test_every_text_is_literal_and_whole_in_every_page(made: Made, html: dict[str, str]) -> None:
    assert {name: wrong for name, text in html.items() if (wrong := made.altered(text))} == {}


def test_every_text_is_literal_and_whole_in_every_word_file(made: Made, word: dict[str, str]) -> None:
    assert {name: wrong for name, text in word.items() if (wrong := made.altered(text))} == {}


@pytest.mark.real
def test_every_text_is_literal_and_whole_in_every_pdf_file(made: Made, word: dict[str, str]) -> None:
    said: dict[str, str] = {}
    for path in sorted((made.pack / "pdf").glob("*.pdf")):
        key = path.stem.split(".")[0]
        said[key] = said.get(key, "") + TaggedPdf(path).text()
    assert said.keys() == word.keys()
    for key, text in said.items():
        wrong = [
            (made.marks.where[number], wanted[:200], got[:200])
            for number, wanted, got in made.found(text)
            if got != wanted
            and sorted(got) != sorted(wanted)  # a PDF file holds right-to-left text as it is seen
            and f"QS{number}{wanted.translate(_NO_GLYPH)}" not in solid(text)
        ]
        assert wrong == [], key
        assert made.numbers(word[key]) == made.numbers(text), key


def test_every_field_that_people_write_stands_in_some_document(made: Made, html: dict[str, str]) -> None:
    printed = set().union(*(made.numbers(text) for text in html.values()))
    missing = [where for number, where in made.marks.where.items() if number not in printed]
    assert [where for where in missing if not _NOT_PRINTED.fullmatch(where)] == []


def test_page_and_word_file_of_a_document_say_the_same(made: Made, html: dict[str, str], word: dict[str, str]) -> None:
    navigation = made.numbers(html["search"])
    for key, text in word.items():
        assert made.numbers(html[key]) - navigation == made.numbers(text) - navigation, key


def test_forty_thousand_characters_are_all_there(made: Made, html: dict[str, str], word: dict[str, str]) -> None:
    pdf = TaggedPdf(made.pack / "pdf/OQ-protocol.pdf").text()
    for text in (html["OQ-protocol"], word["OQ-protocol"], html["OQ-report"], word["OQ-report"], pdf):
        assert "M" * 40_000 in text


def test_workbook_and_tables_hold_text_and_no_formula(made: Made) -> None:
    import openpyxl

    path = made.pack / "excel/RTM.xlsx"
    assert made.altered(outputs.xlsx_text(path)) == []
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows():
            assert {cell.data_type for cell in row} <= {"s", "n"}
            assert not [cell.coordinate for cell in row if cell.hyperlink and "QS0" in str(cell.hyperlink.target)]
    for path in (made.pack / "data").glob("*.csv"):
        cells = outputs.csv_cells(path)
        assert not [cell for cell in cells if re.match(r"[=+@\t\r\n]|-.", cell)], path.name
        assert made.altered("\n".join(cells)) == [], path.name


def test_data_for_programs_hold_every_text_as_it_was_written(made: Made) -> None:
    for path in (made.pack / "data").glob("*.json"):
        text = solid(outputs.json_text(path))
        for match in _MARK.finditer(text):
            if ".html.txt" in text[match.end() : match.end() + 80].split("QS")[0]:
                continue  # the name of a file in the pack
            payload = made.marks.payload[match[1]]
            wanted = [solid(one) + f"QE{match[1]}" for one in (payload, visible(payload))]
            source = [solid(PUNCTUATION.sub(r"\\\1", payload)) + f"QE{match[1]}"]  # CommonMark as it was written
            assert text.startswith((*wanted, *source), match.end()), (path.name, made.marks.where[match[1]])


def test_no_page_can_act_and_no_file_leads_elsewhere(made: Made) -> None:
    pages = [made.pack / "README.html", *(made.pack / "html").rglob("*.html")]
    assert {path.name: one for path in pages if (one := outputs.Page(path.read_text("utf-8")).acting)} == {}
    office = [*(made.pack / "word").iterdir(), *(made.pack / "excel").iterdir()]
    assert {path.name: one for path in office if (one := outputs.office_outside(path))} == {}
    assert {path.name: one for path in (made.pack / "pdf").iterdir() if (one := outputs.pdf_acting(path))} == {}


def test_first_page_of_the_pack_says_titles_and_numbers_literally(made: Made) -> None:
    text = outputs.html_text(made.pack / "README.html")
    assert made.altered(text) == []
    printed = {made.marks.where[number] for number in made.numbers(text)}
    assert {"VP title", "VP number", "system name"} <= printed


def test_names_of_attachments_stay_in_their_folder_and_run_nothing(made: Made) -> None:
    names = [path.relative_to(made.pack).as_posix() for path in (made.pack / "evidence").rglob("*") if path.is_file()]
    names.remove("evidence/valgen_verify.py")  # valgen's own, the same in every pack
    assert len(names) == len([one for one in PAYLOADS.values() if len(one) < 230]) + 1
    assert [
        name for name in names if not re.fullmatch(r"evidence/dry-0001/1/OQ-001-3-\d+_[\w.-]+\.html\.txt", name)
    ] == []
    assert all(name.isascii() for name in names)


def test_frozen_version_of_hostile_text_is_literal_and_complete(made: Made) -> None:
    for arguments in (("freeze", "URS", "FS"), ("build", "URS", "--version", "0.1", "--format", "docx,html")):
        done = made.valgen(*arguments)
        assert done.returncode == 0, done.stderr
        assert not [char for char in done.stdout if visible(char) != char]
    word = made.pack / "word/URS-0.1.docx"
    page = made.pack / "html/URS-0.1/URS.html"
    assert made.altered(outputs.docx_text(word)) == made.altered(outputs.html_text(page)) == []
    assert outputs.office_outside(word) == outputs.Page(page.read_text("utf-8")).acting == []
    assert len(made.numbers(outputs.docx_text(word))) > 30


@pytest.mark.parametrize("name", ["requirements/x.yaml", "requirements/documents.yaml", "valgen.toml"])
def test_control_character_in_a_file_that_people_write_is_refused_with_its_place(tmp_path: Path, name: str) -> None:
    from valgen.workflow.check import check

    texts = {
        "valgen.toml": '[project]\nid = "T1"\nname = "a{}"\n',
        "requirements/x.yaml": 'items:\n  - {{id: URS-001, title: "a{}", text: b}}\n',
        "requirements/documents.yaml": 'documents:\n  - {{type: URS, title: "a{}"}}\n',
    }
    for place, text in texts.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(text.format("\x07" if place == name else ""), "utf-8")
    found = [one for one in check(tmp_path, cached=False).findings if one.code in ("VG004", "VG013")]
    assert [one.location.path for one in found if one.location] == [name]


@pytest.mark.parametrize("command", ["check", "status", "trace", "trace OQ-001", "trace URS-001", "run"])
def test_the_terminal_gets_no_control_character(made: Made, command: str) -> None:
    done = made.ran if command == "run" else made.valgen(*command.split())
    said = done.stdout + done.stderr
    assert not [char for char in said if visible(char) != char], command
    if command == "check":
        return  # findings quote the source
    for number, wanted, got in made.found(said):
        start = got.split("…")[0][:20].replace("\\", "")  # lines may be cut
        assert wanted.replace("\\", "").startswith(start), made.marks.where[number]


def test_search_and_interactive_pages_hold_texts_as_data(made: Made, tmp_path: Path) -> None:
    from valgen.documents.interactive import site_data
    from valgen.writers.html.site import build_site

    context = load_context(made.root)
    documents = assemble_documents(made.root, context)
    build_site(documents, tmp_path, title=made.marks.text("site title"), data=site_data(context, documents))
    seen: set[str] = set()
    for path in sorted(tmp_path.rglob("*.html")):
        page = outputs.Page(path.read_text("utf-8"))
        assert page.acting == [], path.name
        assert made.altered(page.text) == [], path.name
    for path in sorted([*tmp_path.glob("_data/*.js"), tmp_path / "searchindex.js"]):
        text = path.read_text("utf-8")
        assert not re.search("[\u2028\u2029\ud800-\udfff]", text), path.name
        for match in re.finditer(r'"(?:[^"\\]|\\.)*"', text):
            for number, wanted, got in made.found(json.loads(match[0], strict=False)):
                seen.add(number)
                assert wanted == got or wanted.lower() == got.lower(), (path.name, made.marks.where[number], got)
    assert {"URS-001 title", "scenario name", "observed script"} <= {made.marks.where[number] for number in seen}


def test_placeholders_in_texts_mean_nothing_to_the_company_template(made: Made) -> None:
    (made.root / "templates").mkdir()
    template = company_template(made.root / "templates/word.docx")
    try:
        done = made.valgen("build", "VP", "URS", "OQ-report", "--format", "docx", "--output", "build/company")
    finally:
        template.unlink()
    assert done.returncode == 0, done.stderr
    for path in (made.root / "build/company/word").iterdir():
        text = outputs.docx_text(path)
        assert made.altered(text) == [], path.name
        assert outputs.office_outside(path) == [], path.name
    assert {"VP title", "VP number"} <= {made.marks.where[one] for one in made.numbers(text)} or path.stem != "VP"
