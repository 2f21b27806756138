"""What pages repeat of the code is what the code says."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def write_docs(repository: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("write_docs", repository / "tools" / "write_docs.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_parts_are_current(repository: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(repository / "tools" / "write_docs.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), "run: .venv/bin/python tools/write_docs.py"


def test_every_generated_part_stands_on_a_page(write_docs: ModuleType, docs: Path) -> None:
    used = [
        name for path in write_docs.pages() for name in re.findall(r"<!-- generated: ([a-z-]+) -->", path.read_text())
    ]
    assert sorted(used) == sorted(write_docs.PARTS)


def test_a_part_that_differs_is_noticed(write_docs: ModuleType) -> None:
    page = "Before\n\n<!-- generated: tags -->\n\nwrong\n\n<!-- end generated -->\n\nAfter\n"
    mended = write_docs.render(page)
    assert "wrong" not in mended
    assert mended.startswith("Before\n") and mended.endswith("\nAfter\n")
    assert write_docs.render(mended) == mended


def test_every_code_has_a_section_with_reason_and_mend(docs: Path) -> None:
    from valgen.codes import CODES

    page = (docs / "errors.md").read_text(encoding="utf-8")
    sections = {part[:5]: part for part in page.split("\n### ")[1:]}
    assert set(sections) == set(CODES)
    for section in sections.values():
        assert "*To mend it:*" in section


def test_required_headings_of_templates_are_those_that_check_asks_for(write_docs: ModuleType) -> None:
    from valgen.documents.rules import REQUIRED_SECTIONS
    from valgen.documents.shipped import shipped_folder

    for kind, titles in REQUIRED_SECTIONS.items():
        template = "protocol" if kind in ("IQ", "OQ", "PQ") else kind
        headings = write_docs._prose_headings((shipped_folder() / f"{template}.rst").read_text(encoding="utf-8"))
        assert [name for name, options in headings if "required" in options] == list(titles), kind
