"""valgen's directives in a Markdown page, as this documentation uses them."""

from __future__ import annotations

import io
import re
from pathlib import Path

SETTINGS = '[project]\nid = "T1"\nname = "Tiny"\n[system]\nname = "Tiny"\nversion = "1.0"\n'
ITEMS = "- id: URS-001\n  title: Adds\n  category: Sums\n  text: The system shall add two numbers.\n"
PAGE = "# Tiny\n\n## Requirements\n\n```{valgen:items} URS\n```\n\n## More\n\nSee {valgen:item}`URS-001`.\n"
CONF = 'extensions = ["myst_parser", "valgen.sphinx_ext"]\nvalgen_project = ".."\nsource_suffix = {".md": "markdown"}\n'


def test_directives_and_roles_work_in_a_markdown_page(tmp_path: Path) -> None:
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace

    (tmp_path / "valgen.toml").write_text(SETTINGS, encoding="utf-8")
    source = tmp_path / "docs"
    for path, text in {
        tmp_path / "requirements" / "urs.yaml": ITEMS,
        source / "conf.py": CONF,
        source / "index.md": PAGE,
    }.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for folder in ("test_scripts", "documents"):
        (tmp_path / folder).mkdir()
    warnings = io.StringIO()
    with docutils_namespace():
        app = Sphinx(
            source, source, tmp_path / "out", tmp_path / "trees", "html", status=None, warning=warnings, freshenv=True
        )
        app.build()
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert warnings.getvalue() == ""
    assert 'id="URS-001"' in page and "The system shall add two numbers." in page
    assert 'href="#URS-001"' in page
    assert re.search(r"<h3>Sums", page), "the category is a section below the heading in which the directive stands"
