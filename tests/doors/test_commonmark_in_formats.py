"""Each construct of CommonMark in a requirement reaches Word, PDF and HTML; what is none stands there as typed."""

from __future__ import annotations

import base64
import importlib.util
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pytest

from valgen.workflow.publish import build

_TAGGED = Path(__file__).resolve().parents[2] / "tools" / "tagged_pdf.py"
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SETTINGS = """
[project]
id = "T"
name = "Tiny"
[system]
name = "Tiny"
version = "1.0"
"""
ITEMS = """
items:
  - id: URS-001
    title: Everything
    figures: ["flow.png | From instrument to vault"]
    text: |
      First paragraph shall stand.

      Second with *slanted*, **heavy**, ***both***, `code word` and FS-001.
      Also [the guide](https://guide.example/x "edition 2") and <https://plain.example>.
      Broken here\\
      and there.

      - bullet one
        1. inner one
        2. inner two
      - bullet two

      3. third
      4. fourth

      > quoted words

      ```
      block of code
        indented
      ```

      | Kind | Rows |
      |---|---|
      | Result | **40,000** |

      | See `head` |
      |---|
      | below |

      #### Small heading

      Under it.

      <b>no tag</b> and ![no picture](../secret.png) and ~~no stroke~~ and &copy; and \\*stars\\*.
  - id: FS-001
    title: Function
    text: Does so.
    satisfies: [URS-001]
"""


@dataclass(frozen=True)
class Made:
    """One document in each format."""

    word: Any
    html: str
    pdf: Path
    pdf_text: str

    @property
    def texts(self) -> dict[str, str]:
        """Text of each format, with single spaces."""
        inside = self.word.element.body.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t")
        found = {
            "word": "".join(one.text or "" for one in inside),
            "html": unescape(re.sub(r"<[^>]+>", "", self.html)),
            "pdf": self.pdf_text,
        }
        return {name: re.sub(r"\s+", "", text) for name, text in found.items()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    root = tmp_path_factory.mktemp("project")
    for name, data in {
        "valgen.toml": SETTINGS.encode(),
        "requirements/items.yaml": ITEMS.encode(),
        "requirements/flow.png": PICTURE,
    }.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(data)
    pack = build(root, only=["URS"], formats=("docx", "pdf", "html"), fresh=True).folder
    spec = importlib.util.spec_from_file_location("tagged_pdf", _TAGGED)
    assert spec is not None and spec.loader is not None
    tagged = importlib.util.module_from_spec(spec)
    sys.modules["tagged_pdf"] = tagged
    spec.loader.exec_module(tagged)
    pdf = pack / "pdf" / "URS.pdf"
    yield Made(
        word=docx.Document(str(pack / "word" / "URS.docx")),
        html=(pack / "html" / "URS.html").read_text(encoding="utf-8"),
        pdf=pdf,
        pdf_text=tagged.TaggedPdf(pdf).text(),
    )
    sys.modules.pop("tagged_pdf")


@pytest.mark.parametrize("form", ["word", "html", "pdf"])
@pytest.mark.parametrize(
    "text",
    [
        "First paragraph shall stand.", "slanted", "heavy", "both", "code word", "the guide (edition 2)",
        "https://plain.example", "Broken here", "and there.", "bullet one", "inner two", "bullet two", "third",
        "fourth", "quoted words", "block of code", "Kind", "Rows", "40,000", "See head", "below", "Small heading",
        "Under it.", "<b>no tag</b>", "![no picture](../secret.png)", "~~no stroke~~", "©", "*stars*",
        "From instrument to vault",
    ],
)  # fmt: skip
def test_every_word_stands_in_every_format(made: Made, form: str, text: str) -> None:
    assert re.sub(r"\s+", "", text) in made.texts[form]


def runs(made: Made, text: str) -> list[Any]:
    paragraphs = [*made.word.paragraphs]
    paragraphs += [one for table in made.word.tables for cell in table._cells for one in cell.paragraphs]
    return [run for one in paragraphs for run in one.runs if run.text.strip() == text]


def test_emphasis_is_seen(made: Made) -> None:
    assert runs(made, "slanted")[0].italic and not runs(made, "slanted")[0].bold
    assert runs(made, "heavy")[0].bold
    assert runs(made, "both")[0].bold and runs(made, "both")[0].italic
    assert "<em>slanted</em>" in made.html and "<strong>heavy</strong>" in made.html
    fonts = " ".join(fonts_of(made.pdf))
    assert "Bold" in fonts and ("Italic" in fonts or "Oblique" in fonts)


def test_code_is_seen(made: Made) -> None:
    assert "Code" in runs(made, "code word")[0].style.name
    assert re.search(r"<code[^>]*>.*?code word", made.html, re.DOTALL)
    assert re.search(r"<pre[^>]*>.*?block of code\n  indented", made.html, re.DOTALL)
    assert "Mono" in " ".join(fonts_of(made.pdf))
    block = next(one for one in made.word.paragraphs if "block of code" in one.text)
    assert "Code" in block.style.name


def test_lists_keep_their_kind_and_number(made: Made) -> None:
    numbered = {
        one.text: one._p.pPr.numPr.ilvl.val
        for one in made.word.paragraphs
        if one._p.pPr is not None and one._p.pPr.numPr is not None
    }
    assert numbered["bullet one"] == 0 and numbered["inner one"] == 1 and "third" in numbered
    assert re.search(r"<ul[^>]*>\s*<li>.*?bullet one.*?<ol", made.html, re.DOTALL)
    assert re.search(r'<ol[^>]*start="3"', made.html)
    assert "3." in made.pdf_text and "4." in made.pdf_text


def test_table_is_a_table(made: Made) -> None:
    titles = [[cell.text for cell in table.rows[0].cells] for table in made.word.tables]
    assert ["Kind", "Rows"] in titles and ["See head"] in titles
    assert re.search(r"<th[^>]*>(?:<p>)?Kind", made.html)
    with pikepdf.open(made.pdf) as pdf:
        kinds = {str(one.get("/S")) for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/S" in one}
    assert {"/Table", "/TH", "/TD", "/L", "/LI"} <= kinds


def test_links_lead_to_addresses_and_ids(made: Made) -> None:
    targets = {one._target for one in made.word.part.rels.values() if one.is_external}
    assert "https://guide.example/x" in targets and "https://plain.example" in targets
    assert 'href="https://guide.example/x"' in made.html and "FS.html#FS-001" in made.html
    with pikepdf.open(made.pdf) as pdf:
        found = {
            str(note.A.URI)
            for page in pdf.pages
            for note in page.get("/Annots", [])
            if "/A" in note and "/URI" in note.A
        }
    assert {"https://guide.example/x", "https://plain.example"} <= found


def test_figure_has_its_caption_and_says_what_it_shows(made: Made) -> None:
    told = "Figure of URS-001 Everything: From instrument to vault"
    shown = [one.get("descr") for one in made.word.element.body.iter() if one.tag.endswith("}docPr")]
    assert told in shown
    assert f'alt="{told}"' in made.html
    with pikepdf.open(made.pdf) as pdf:
        said = {str(one.Alt) for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/Alt" in one}
    assert told in said


def test_nothing_of_a_text_is_fetched_or_executed(made: Made) -> None:
    assert "secret.png" not in " ".join(re.findall(r'(?:src|href)="([^"]*)"', made.html))
    assert "<b>no tag" not in made.html


def fonts_of(path: Path) -> set[str]:
    with pikepdf.open(path) as pdf:
        return {str(one.BaseFont) for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/BaseFont" in one}
