"""A small valgen project and Sphinx projects that use it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

SETTINGS = """
    [project]
    id = "DEMO"
    name = "Demo"
    gamp_category = 5
    gxp_impact = "direct"

    [system]
    name = "Demo system"
    version = "1.0"
    owner = "Lab"

    [environments.VAL]
    title = "Validation"
    purpose = "OQ"
    host = "val"

    [stages]
    OQ = ["VAL"]
"""
ITEMS = """
    - id: URS-001
      title: Audit trail
      category: Records
      text: The system shall record who changed a record.
      priority: must
      verification: test
    - id: URS-002
      title: "Locks <script>alert(1)</script>"
      category: Records
      text: "A locked record shall stay; see URS-001 and [here](javascript:alert(1))."
      priority: must
      verification: test
"""
REGISTER = """
    documents:
      - {key: URS, type: URS, number: DEMO-URS-001, title: User requirements, owner: Lab,
         history: [{version: "0.1", date: "2026-03-02", author: M. Weber, change_ref: CR-1, summary: First draft}]}
"""
FEATURE = """
    Feature: Locks

      @OQ-001 @verifies:URS-001
      Scenario: A change is recorded
        When the operator changes a record
        Then the audit trail names the operator
"""


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A valgen project with two requirements, a register and a test case."""
    root = tmp_path / "project"
    write(root / "valgen.toml", SETTINGS)
    write(root / "requirements" / "urs.yaml", f"type: URS\nitems:{ITEMS}".replace("\n    ", "\n  "))
    write(root / "requirements" / "documents.yaml", REGISTER)
    write(root / "test_scripts" / "oq" / "locks.feature", FEATURE)
    return root


@pytest.fixture
def sphinx(tmp_path: Path) -> Callable[..., tuple[Path, list[str]]]:
    """Write pages and build them; returns the output folder and the warnings."""

    def build(
        pages: dict[str, str], *, name: str = "docs", builder: str = "html", conf: str = "", parallel: int = 0
    ) -> tuple[Path, list[str]]:
        from sphinx.application import Sphinx
        from sphinx.util.docutils import docutils_namespace, patch_docutils

        source = tmp_path / name
        write(
            source / "conf.py", 'project = "Docs"\nextensions = ["valgen.sphinx_ext"]\nvalgen_project = "../project"\n'
        )
        with (source / "conf.py").open("a", encoding="utf-8") as file:
            file.write(dedent(conf))
        for page, text in pages.items():
            path = source / f"{page}.rst"
            content = dedent(text).lstrip("\n")
            if not path.is_file() or path.read_text(encoding="utf-8") != content:
                write(path, content)
        out = tmp_path / f"{name}-{builder}"
        warnings = io.StringIO()
        with patch_docutils(), docutils_namespace():
            app = Sphinx(
                source,
                source,
                out,
                tmp_path / f"{name}-trees",
                builder,
                status=None,
                warning=warnings,
                parallel=parallel,
            )
            app.build()
        text = re.sub(r"\x1b\[[0-9;]*m", "", warnings.getvalue())
        return out, [line for line in text.splitlines() if line.strip()]

    return build
