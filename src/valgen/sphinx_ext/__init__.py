"""Sphinx extension: blocks of a valgen project in any Sphinx documentation.

    extensions = ["valgen.sphinx_ext"]
    valgen_project = ".."          # folder of valgen.toml, relative to conf.py

gives the directives of document templates (``valgen:items``, ``valgen:matrix``, ...), which place the same blocks as
the documents of the pack, the roles ``valgen:ref``, ``valgen:item`` and ``valgen:case``, and a domain whose objects are
the ids, so that other projects link to them through ``objects.inv``. HTML is written by `valgen.writers.html`; the
builder ``docx`` writes Word files of any project, also of one without ``valgen_project``; every other builder gets
plain docutils nodes. ``html_theme = "valgen"`` chooses the theme of the pack.

Mistakes in the project or in a directive are Sphinx warnings with their place; where a block should stand, the page
says that it is missing.

Source: design.md §2.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything with Sphinx."""
    from valgen import __version__
    from valgen.documents.directives import SPECS
    from valgen.documents.nodes import valgen_block
    from valgen.sphinx_ext import project
    from valgen.sphinx_ext.directives import directive_class
    from valgen.sphinx_ext.docx_builder import DocxBuilder
    from valgen.sphinx_ext.domain import ValgenDomain
    from valgen.sphinx_ext.expand import ExpandBlocks
    from valgen.sphinx_ext.html import visit_block
    from valgen.writers.html import THEME

    app.add_config_value("valgen_project", "", "env", types=frozenset({str}))
    app.add_config_value("valgen_docx_documents", None, "", types=frozenset({list, tuple, type(None)}))
    app.add_config_value("valgen_docx_template", "", "", types=frozenset({str}))
    app.add_config_value("valgen_docx_numbered", True, "", types=frozenset({bool}))
    app.add_builder(DocxBuilder)
    app.add_node(valgen_block, html=(visit_block, None))
    app.add_domain(ValgenDomain)
    for spec in SPECS.values():
        app.add_directive_to_domain("valgen", spec.name, directive_class(spec))
    app.add_post_transform(ExpandBlocks)
    app.add_html_theme("valgen", str(THEME))
    app.add_css_file("valgen.css")
    app.add_js_file("valgen-tables.js", loading_method="defer")
    app.connect("config-inited", _theme_script)
    app.connect("builder-inited", _copy_assets)
    app.connect("builder-inited", project.load)
    app.connect("env-get-outdated", project.outdated)
    app.connect("env-purge-doc", project.purge)
    app.connect("env-merge-info", project.merge)
    return {"version": __version__, "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}


def _theme_script(app: Sphinx, config: Config) -> None:
    if config.html_theme == "valgen":
        app.add_js_file("valgen-site.js", loading_method="defer")


def _copy_assets(app: Sphinx) -> None:
    """Copy styles and scripts before the first page is written, since pages carry their checksums."""
    from valgen.writers.html import STATIC

    if app.builder.format != "html":
        return
    names = ["valgen.css", "valgen-tables.js"]
    if app.config.html_theme == "valgen":
        names += ["valgen-site.css", "valgen-site.js"]
    folder = app.outdir / "_static"
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copyfile(STATIC / name, folder / name)
