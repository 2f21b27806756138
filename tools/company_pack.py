"""Build a project's pack in the look of another company and compare it with the pack that there is.

    python tools/company_pack.py examples/s3-records-vault examples/s3-records-vault/build/pack

A copy of the project gets a Word template and a logo, nothing else; `valgen build` then writes the whole pack. Every
Word file must have the company's faces, colours, logo, head and table style, no placeholder left, and the same
tables, cell by cell, as the Word file without the template. Data and workbook must be the same, but for its sheet of
digests, because the logo is part of what a document says. The files then go through the Word checks of
``check_rendering.py``. Prints one line per check; exit status 1 when one does not hold.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import docx
import openpyxl

import rendering_word
from compare_formats import word_tables
from rendering import Check, W, property_of, shown, tight

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "tests" / "writers"))

import company_template  # noqa: E402

_LEFT_OUT = shutil.ignore_patterns("build", ".ruff_cache", "__pycache__", "lock")
_SAMPLES = ("Old chapter of the template", "Another old line", "Click to enter the title", "Entwurf")


def main(project: Path, pack: Path, keep: Path | None) -> int:
    """Build the second pack and compare; return the exit status."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        copy, made = work / "project", keep or work / "pack"
        shutil.copytree(project, copy, ignore=_LEFT_OUT)
        templates = copy / "templates"
        templates.mkdir(exist_ok=True)
        template = company_template.company_template(templates / "company.docx")
        (templates / "logo.png").write_bytes(company_template.logo(320, 96))
        valgen = Path(sys.executable).with_name("valgen")
        for command in (["template", "check", "templates/company.docx"], ["build", "--output", str(made.resolve())]):
            done = subprocess.run([str(valgen), *command], cwd=copy, capture_output=True, text=True)
            if done.returncode:
                print(f"FAIL valgen {' '.join(command[:2])}: {done.stdout}{done.stderr}")
                return 1
        checks = _look(made, template) + _same(pack, made)
        for one in checks:
            print(one, flush=True)
        modules = ROOT / "tests" / "real" / "node_modules"
        with ThreadPoolExecutor(2) as pool:
            opened = rendering_word.check(made, work, modules, pool, own_look=False)
        for one in [*opened, _faces(work / "shown")]:
            print(one)
        checks += [*opened, _faces(work / "shown")]
    failed = sum(not one.ok for one in checks)
    print(f"{len(checks) - failed} of {len(checks)} checks hold")
    return 1 if failed else 0


def _look(made: Path, template: Path) -> list[Check]:
    """Return the checks of what each Word file took from the template."""
    files = sorted((made / "word").glob("*.docx"))
    with zipfile.ZipFile(template) as archive:
        pictures = {hashlib.sha256(archive.read(one)).digest() for one in archive.namelist() if "/media/" in one}

    def check(what: str, wrong: Callable[[Path], str]) -> Check:
        answers = ((path.name, wrong(path)) for path in files)
        return Check(what, len(files), tuple(f"{name}: {answer}" for name, answer in answers if answer))

    def styles(path: Path) -> str:
        found = docx.Document(str(path)).styles
        heading = found["Heading 1"].font
        wanted = ("DejaVu Serif", "DejaVu Sans", company_template.GREEN)
        seen = (found["Normal"].font.name, heading.name, str(heading.color.rgb))
        return "" if seen == wanted else str(seen)

    def headings(path: Path) -> str:
        found = [one for one in docx.Document(str(path)).paragraphs if one.style.style_id.startswith("berschrift")]
        return (
            "" if len(found) > 3 and any(one.text == "Distribution list" for one in found) else f"{len(found)} headings"
        )

    def tables(path: Path) -> str:
        found = [one for one in docx.Document(str(path)).element.body.iter(f"{W}tbl")
                 if one.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None]  # fmt: skip
        names = {one.find(f"{W}tblPr/{W}tblStyle").get(f"{W}val") for one in found}
        return "" if names == {"FirmaTabelle"} else f"table styles {names}"

    def logo(path: Path) -> str:
        section = docx.Document(str(path)).sections[1]
        parts = [one.target_part.blob for one in section.header.part.rels.values() if "image" in one.reltype]
        return "" if any(hashlib.sha256(one).digest() in pictures for one in parts) else f"{len(parts)} pictures"

    def head(path: Path) -> str:
        opened = docx.Document(str(path))
        wanted = tight(f"{property_of(path, 'Document number')}{opened.core_properties.title}")
        bare = [tight("".join(one.text or "" for one in section.header._element.iter(f"{W}t")))
                for section in opened.sections[1:]]  # fmt: skip
        return "" if bare and all(wanted in one for one in bare) else f"{wanted} is not in {bare}"

    def left(path: Path) -> str:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                text = archive.read(name).decode("utf-8", "replace") if name.endswith(".xml") else ""
                plain = re.sub(r"<[^>]*>", "", text)
                found = [one for one in ("{{", *_SAMPLES) if one in plain]
                if found:
                    return f"{found} in {name}"
        return ""

    return [
        check("Word files with the company's faces and colours", styles),
        check("Word files whose headings have the company's styles, with its last chapter", headings),
        check("Word files whose tables have the company's style", tables),
        check("Word files with the company's logo in the head", logo),
        check("Word files with number and title in the company's head", head),
        check("Word files without a placeholder or a sample text of the template", left),
    ]


def _same(pack: Path, made: Path) -> list[Check]:
    """Return the checks that both packs say the same."""
    names = sorted({path.name for folder in (pack, made) for path in (folder / "word").glob("*.docx")})
    different, tables, cells = [], 0, 0
    for name in names:
        one, other = (word_tables(folder / "word" / name) if (folder / "word" / name).is_file() else []
                      for folder in (pack, made))  # fmt: skip
        tables += len(one)
        cells += sum(len(row) for table in one for row in table)
        if not one or one != other:
            at = next((number for number, pair in enumerate(zip(one, other, strict=False), 1) if pair[0] != pair[1]), 0)
            different.append(f"{name}: {len(one)} and {len(other)} tables, the first different one is {at}")
    books = [_cells(folder / "excel" / "RTM.xlsx") for folder in (pack, made)]
    data = sorted({path.name for folder in (pack, made) for path in (folder / "data").iterdir()})
    unlike = [name for name in data if _bytes(pack / "data" / name) != _bytes(made / "data" / name)]
    return [
        Check("Word files with the same tables as without the template", len(names), tuple(different),
              f"{tables} tables, {cells} cells"),
        Check("cells of RTM.xlsx as without the template", len(books[0]), tuple(map(str, books[0] ^ books[1]))),
        Check("data files as without the template", len(data), tuple(unlike)),
    ]  # fmt: skip


def _faces(folder: Path) -> Check:
    """Return the check that LibreOffice shows text in the faces of the template, and mono-spaced text in its own."""
    files = sorted(folder.glob("*.pdf"))
    wrong = []
    for path in files:
        faces = {line.split()[0].partition("+")[2] for line in shown("pdffonts", path).splitlines()[2:]}
        if not {"DejaVuSerif", "DejaVuSans-Bold"} <= faces or any(one.startswith("LiberationSans") for one in faces):
            wrong.append(f"{path.stem}: {sorted(faces)}")
    return Check("Word files that LibreOffice shows in the company's faces", len(files), tuple(wrong))


def _cells(path: Path) -> set[tuple[str, str, str]]:
    book = openpyxl.load_workbook(path)
    sheets = [sheet for sheet in book if sheet.title != "Digests"]
    return {(sheet.title, cell.coordinate, str(cell.value)) for sheet in sheets for row in sheet.iter_rows()
            for cell in row if cell.value is not None}  # fmt: skip


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Build a project's pack in the look of another company and compare.")
    parser.add_argument("project", type=Path)
    parser.add_argument("pack", type=Path, help="of the project, without a template")
    parser.add_argument("--keep", type=Path, help="folder for the second pack; it is thrown away when left out")
    given = parser.parse_args()
    sys.exit(main(given.project.resolve(), given.pack.resolve(), given.keep))
