"""Copy a shipped template into a project, so that it may be changed there."""

from __future__ import annotations

from pathlib import Path

from valgen.documents.shipped import shipped_folder, shipped_templates
from valgen.errors import RenderError
from valgen.readers.settings import read_settings


def eject_template(root: Path, name: str, *, force: bool = False) -> Path:
    """Copy the shipped template ``name`` into the project's template folder and return its path.

    Raises:
        RenderError: there is no such template, or the project has its own and ``force`` is off.
    """
    known = shipped_templates()
    if name not in known:
        raise RenderError(
            f"no shipped template {name}", why=f"shipped ones are {', '.join(known)}", fix="name one of them"
        )
    settings, _ = read_settings(root)
    target = root / settings.paths.templates / f"{name}.rst"
    if target.exists() and not force:
        raise RenderError(
            f"{target} exists", why="it may hold changes of this project", fix="use --force to replace it"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes((shipped_folder() / f"{name}.rst").read_bytes())
    return target
