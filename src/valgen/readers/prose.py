"""``documents/<KEY>.md``: prose of one document, as text.

The name of the file is the key of the document. Splitting the text into sections, and asking for those that
are required and empty, is left to ``documents`` and ``trace``.
"""

from __future__ import annotations

from collections.abc import Collection

from valgen.codes import finding
from valgen.errors import Finding
from valgen.model.project import Prose
from valgen.readers.suggest import did_you_mean, one_of
from valgen.readers.text import shown
from valgen.source import SourceLocation


def read_prose(path: str, text: str, keys: Collection[str]) -> tuple[Prose | None, list[Finding]]:
    """Read one file of prose.

    Args:
        path: relative to the project folder; the name without its ending is the key.
        text: decoded content.
        keys: document keys that may have prose.

    Returns:
        The prose with line ends as line feeds, or None where the key is unknown; and the findings.
    """
    key = path.rpartition("/")[2].removesuffix(".md")
    where = SourceLocation(path)
    if key not in keys:
        fix = did_you_mean(key, keys) or f"name it after a document: {one_of(keys)}"
        return None, [finding("VG312", f"there is no document {shown(key)}", where, fix=fix)]
    normal = text.replace("\r\n", "\n").replace("\r", "\n")
    findings = [] if normal.strip() else [finding("VG314", "the file is empty", where)]
    return Prose(key=key, text=normal, path=path), findings
