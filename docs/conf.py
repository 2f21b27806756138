"""Sphinx configuration of valgen's documentation; valgen's own extension shows valgen's own requirements in it."""

from __future__ import annotations

from valgen import __version__

project = "valgen"
author = "the valgen authors"
copyright = "the valgen authors, Apache License 2.0"
release = __version__

extensions = ["myst_parser", "valgen.sphinx_ext"]
valgen_project = ".."

root_doc = "index"
exclude_patterns = ["_build"]
myst_heading_anchors = 3
smartquotes = False
pygments_style = "default"

html_theme = "valgen"
html_title = f"valgen {release}"
html_short_title = "valgen"
html_copy_source = False
html_show_sourcelink = False
