"""Blocks into HTML: single blocks (`blocks.py`) and the self-contained site of a pack (`site.py`).

Sphinx is loaded by `build_site` alone, so that rendering a block costs nothing but strings.
"""

from __future__ import annotations

from pathlib import Path

from valgen.writers.html.blocks import render_block, render_blocks
from valgen.writers.html.page_ids import PageIds
from valgen.writers.html.pages import ExtraPage, object_type
from valgen.writers.html.pictures import PictureStore
from valgen.writers.html.site import build_site

STATIC = Path(__file__).parent / "static"
"""Styles and scripts that the HTML of blocks needs."""

THEME = Path(__file__).parent / "theme"
"""Sphinx theme of the site, ``valgen``."""

__all__ = [
    "STATIC",
    "THEME",
    "ExtraPage",
    "PageIds",
    "PictureStore",
    "build_site",
    "object_type",
    "render_block",
    "render_blocks",
]
