"""Blocks into HTML: single blocks (`blocks.py`) and the self-contained site of a pack (`site.py`).

Sphinx is loaded by `build_site` alone, so that rendering a block costs nothing but strings.
"""

from __future__ import annotations

from valgen.writers.html.blocks import PageIds, render_block, render_blocks
from valgen.writers.html.pages import ExtraPage
from valgen.writers.html.site import build_site

__all__ = ["ExtraPage", "PageIds", "build_site", "render_block", "render_blocks"]
