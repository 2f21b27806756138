"""Start a project: small, complete, without findings, with a test that runs.

The starter lies in ``workflow/starter/`` as ordinary files; only the two names of ``valgen.toml`` are filled in.
"""

from __future__ import annotations

import json
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from valgen.errors import ValgenError

_SETTINGS = "valgen.toml"


def new_project(folder: Path, *, project_id: str, name: str) -> tuple[str, ...]:
    """Write the starter into ``folder`` and return its files, relative and sorted.

    Raises:
        ValgenError: the folder holds something already, or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValgenError(
            f"{folder} is not empty", why="a new project must not mix with other files", fix="name a new folder"
        )
    from valgen.readers.schemas import FILE_KINDS, schema, schema_file_name

    written = []
    for source, relative in _files(resources.files("valgen.workflow").joinpath("starter"), ""):
        text = source.read_text(encoding="utf-8")
        if relative == _SETTINGS:
            text = text.replace('"PROJECT_ID"', _toml(project_id)).replace('"SYSTEM_NAME"', _toml(name))
        _write(folder / relative, text)
        written.append(relative)
    for kind in FILE_KINDS:
        relative = f"schemas/{schema_file_name(kind)}"
        _write(folder / relative, json.dumps(schema(kind), ensure_ascii=False, indent=1) + "\n")
        written.append(relative)
    return tuple(sorted(written))


def _files(folder: Traversable, prefix: str) -> list[tuple[Traversable, str]]:
    found = []
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.name == "__pycache__":
            continue
        name = f"{prefix}{entry.name}"
        if entry.is_dir():
            found += _files(entry, f"{name}/")
        else:
            found.append((entry, name.replace("dot-gitignore", ".gitignore")))
    return found


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _write(target: Path, text: str) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ValgenError(
            f"{target} cannot be written: {error.strerror}", fix="name a folder that you may write to"
        ) from error
