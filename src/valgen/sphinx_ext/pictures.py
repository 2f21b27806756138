"""Pictures of a Sphinx project for Word: which of several files is taken, and how wide it is meant to be."""

from __future__ import annotations

import re
from pathlib import Path

from docutils import nodes

_TYPES = ("image/png", "image/jpeg", "image/gif", "*")
_LENGTH = re.compile(r"\s*([0-9.]+)\s*([a-z%]*)\s*", re.IGNORECASE)
_MM = {"": 25.4 / 96, "px": 25.4 / 96, "mm": 1.0, "cm": 10.0, "in": 25.4, "pt": 25.4 / 72, "pc": 25.4 / 6,
       "em": 25.4 * 10 / 72, "ex": 25.4 * 5 / 72}  # fmt: skip
_WIDEST_MM = 2000


def chosen(node: nodes.Element, source: Path) -> tuple[str, Path | None]:
    """Return a picture's name as written and the file to show; None for one that lies elsewhere.

    Args:
        node: of the picture; Sphinx notes on it which files there are.
        source: folder of the project's pages.
    """
    candidates: dict[str, str] = node.get("candidates") or {}
    name = str(node.get("uri", "") or "picture")
    if "?" in candidates or "://" in name:
        return name, None
    for kind in (*_TYPES, *candidates):
        if kind in candidates:
            return candidates[kind], source / candidates[kind]
    return name, source / name


def wished_width(node: nodes.Element, width_mm: float, height_mm: float) -> tuple[int, int]:
    """Return the width that the author asked for, millimetres and percent of the room; 0 where there is no wish.

    Args:
        node: of the picture.
        width_mm: of the picture itself.
        height_mm: of the picture itself.
    """
    scale = float(node.get("scale") or 100) / 100
    number, unit = _length(str(node.get("width") or ""))
    if number and unit == "%":
        return 0, max(1, min(round(number * scale), 100))
    if number and unit in _MM:
        return _whole(number * _MM[unit] * scale), 0
    number, unit = _length(str(node.get("height") or ""))
    if number and unit in _MM and height_mm > 0:
        return _whole(number * _MM[unit] * scale * width_mm / height_mm), 0
    return (_whole(width_mm * scale), 0) if scale != 1 else (0, 0)


def _whole(mm: float) -> int:
    return max(1, min(round(mm), _WIDEST_MM))


def _length(text: str) -> tuple[float, str]:
    match = _LENGTH.fullmatch(text)
    if match is None:
        return 0.0, ""
    try:
        return float(match.group(1)), match.group(2).lower()
    except ValueError:
        return 0.0, ""
