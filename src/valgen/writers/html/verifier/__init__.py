"""The page `verify.html` of a pack: checks the pack in a browser, from the file system, without any request."""

from __future__ import annotations

from valgen.writers.html.verifier.page import verify_page

__all__ = ["verify_page"]
