"""The folder of a pack: never somebody else's, and always of one state.

A build replaces the whole folder, so it must hold a pack and nothing else. A build of single documents takes over
from the pack before only files that are as its manifest says; documents whose content has changed since are written
anew, because a report of yesterday beside a matrix of today would contradict it.

Source: design.md §6 (counts agree, same inputs give the same bytes).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from valgen.errors import RenderError
from valgen.model.project import Paths

_LEFT_BY_SYSTEMS = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
# Written anew by every build, so nothing of them is taken over.
_ALWAYS_NEW = ("data/", "evidence/", "README.html", "verify.html", "manifest.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The pack that lay in the folder before.

    Attributes:
        files: path within the pack to SHA-256.
        documents: key to digest of everything that it shows; empty where an earlier release kept none.
    """

    files: Mapping[str, str]
    documents: Mapping[str, str]


def pack_before(folder: Path, root: Path, paths: Paths) -> Before | None:
    """Return the pack in a folder, or None where it is empty or does not exist.

    Args:
        folder: where the pack shall lie.
        root: folder of the project.
        paths: folders of the project.

    Raises:
        RenderError: the folder holds, or lies within, something else than a pack.
    """
    _refuse_own_folders(folder, root, paths)
    if folder.exists() and not folder.is_dir():
        raise RenderError(
            f"{folder} is a file", why="the pack needs a folder of its own", fix="name another output folder"
        )
    if not folder.is_dir() or not any(folder.iterdir()):
        return None
    before = _read(folder)
    if before is None:
        raise _foreign(f"{folder} holds files that are no pack")
    found = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()]
    extra = sorted(
        name
        for name in found
        if name not in before.files and name != "manifest.json" and Path(name).name.lower() not in _LEFT_BY_SYSTEMS
    )
    if extra:
        shown = ", ".join(extra[:3]) + (", ..." if len(extra) > 3 else "")
        raise _foreign(f"{folder} holds files that are no part of its pack: {shown}")
    return before


def changed_documents(before: Before, digests: Mapping[str, str]) -> set[str]:
    """Return the keys of documents that do not show what the pack before shows; signatures count as well."""
    return {key for key, digest in digests.items() if before.documents.get(key) != digest}


def take_over(folder: Path, work: Path, before: Before, without: Collection[str]) -> None:
    """Copy what the pack before holds, as far as it is as its manifest says.

    Args:
        folder: of the pack before.
        work: of the new one.
        before: what its manifest says.
        without: files and folders (with a slash at the end) that are left behind.
    """
    left = (*_ALWAYS_NEW, *without)
    for name, digest in before.files.items():
        source = folder / name
        if name.startswith(left) or source.is_symlink() or not source.is_file():
            continue
        content = source.read_bytes()
        if hashlib.sha256(content).hexdigest() == digest:
            target = work / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def _refuse_own_folders(folder: Path, root: Path, paths: Paths) -> None:
    target = folder.resolve()
    names = (
        paths.requirements, paths.test_scripts, paths.documents, paths.templates, paths.baselines, paths.records,
    )  # fmt: skip
    for name in names:
        own = (root / name).resolve()
        if target.is_relative_to(own):
            raise RenderError(
                f"the pack cannot lie in {name}",
                why="the folder holds what people wrote or what was recorded, and a build replaces the whole pack",
                fix="name a folder of its own, such as build/pack",
            )


def _read(folder: Path) -> Before | None:
    try:
        content: Any = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if not str(content["tool"]).startswith("valgen"):
            return None
        files = {str(entry["path"]): str(entry["sha256"]) for entry in content["files"]}
        documents = {str(entry["key"]): str(entry.get("shown_sha256", "")) for entry in content["documents"]}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    if any(Path(name).is_absolute() or ".." in Path(name).parts for name in files):
        return None
    return Before(files=files, documents=documents)


def _foreign(what: str) -> RenderError:
    return RenderError(
        what, why="a build replaces the whole folder", fix="name an empty folder, or move those files away"
    )
