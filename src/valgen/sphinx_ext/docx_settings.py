"""Which Word files a Sphinx project wants: the setting ``valgen_docx_documents``, checked in one go."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

_UNFIT = re.compile(r'[<>:"\\|?*\x00-\x1f]')
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))})

KNOWN = ("number", "version", "status", "system", "type", "confidentiality")
"""Metadata with a place of their own in the file; every other name is printed on page one as it is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedFile:
    """One Word file.

    Attributes:
        start: first page.
        name: file name, may have folders, separated by slashes.
        title: of the document.
        metadata: names and values as written, in their order.
    """

    start: str
    name: str
    title: str
    metadata: Mapping[str, str] = field(default_factory=dict)


def wanted_files(
    setting: object, *, root: str, project: str, pages: set[str]
) -> tuple[tuple[WantedFile, ...], tuple[str, ...]]:
    """Return the Word files of a project, and what is wrong with the setting, in words.

    Args:
        setting: as in conf.py; None or nothing means one file with everything.
        root: first page of the project.
        project: its name.
        pages: that the project has.
    """
    if setting is None or setting == [] or setting == ():
        return (WantedFile(start=root, name=f"{file_name(project)}.docx", title=project or "Documentation"),), ()
    if not isinstance(setting, Sequence) or isinstance(setting, str):
        return (), (f"valgen_docx_documents is a list of (page, file, title, {{...}}), not {setting!r}",)
    found: list[WantedFile] = []
    wrong: list[str] = []
    for number, entry in enumerate(setting, 1):
        where = f"valgen_docx_documents, entry {number}"
        said = _mistakes(entry, pages)
        if not said and any(str(entry[1]).casefold() == one.name.casefold() for one in found):
            said = [f"the file {entry[1]} is named twice"]
        if said:
            wrong.extend(f"{where}: {one}" for one in said)
            continue
        metadata = entry[3] if len(entry) > 3 else {}
        found.append(
            WantedFile(
                start=str(entry[0]),
                name=str(entry[1]),
                title=str(entry[2]),
                metadata={str(name): str(value) for name, value in metadata.items() if value not in (None, "")},
            )
        )
    return tuple(found), tuple(wrong)


def file_name(project: str) -> str:
    """Return a name for the file of a project that every system takes."""
    name = _UNFIT.sub("", project.replace("/", "-")).strip(" .")
    return name if name and name.casefold() not in _DEVICES else "documentation"


def _mistakes(entry: Any, pages: set[str]) -> list[str]:
    if not isinstance(entry, Sequence) or isinstance(entry, str) or not 3 <= len(entry) <= 4:
        return [f"it is (page, file, title) or (page, file, title, {{...}}), not {entry!r}"]
    said = []
    start, name, title = entry[:3]
    if start not in pages:
        said.append(f"there is no page {start!r}")
    path = PurePosixPath(str(name))
    fits = isinstance(name, str) and not _UNFIT.search(name) and not path.is_absolute() and ".." not in path.parts
    if not fits or path.suffix.lower() != ".docx" or path.stem.casefold() in _DEVICES:
        said.append(f"{name!r} is no file name that ends in .docx and stays in the output folder")
    if not isinstance(title, str) or not title.strip():
        said.append("the title is empty")
    if len(entry) > 3 and not isinstance(entry[3], Mapping):
        said.append(f"the metadata are a dictionary such as {{'version': '1.0'}}, not {entry[3]!r}")
    return said
