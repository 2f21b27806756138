"""The manifest of a pack: every file with its SHA-256, and a digest over the manifest itself.

Nobody signs a manifest. Its digest shows that a bit of it was changed, not that somebody wrote another one.

Format: docs/format.md, "Packs". Source: design.md §11; integrity.md I-1.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from valgen.errors import VerificationError
from valgen.ledger import shapes
from valgen.ledger.files import read_plain
from valgen.ledger.kind import SHA256

NAME = "manifest.json"
"""Name of the manifest, at the top of a pack."""

FORMAT = 1
"""Version of the format of manifests."""

MAX_BYTES = 1 << 26
"""Longest manifest, 64 MiB."""

_ZEROS = "0" * 64
_ANY = shapes.or_null(lambda value: "")
_OBJECT = shapes.mapping(_ANY)
_SHAPE = shapes.fields(
    {
        "format": shapes.number(1),
        "files": shapes.items(
            shapes.fields({"path": shapes.text(MAX_BYTES), "sha256": SHA256, "size": shapes.number()})
        ),
    },
    {
        "digest": SHA256,
        "documents": shapes.items(_OBJECT),
        "dry_run": shapes.flag,
        "ledger": _OBJECT,
        "project": shapes.text(MAX_BYTES),
        "system": _OBJECT,
        "tool": shapes.text(MAX_BYTES),
        "versions": shapes.items(_OBJECT),
    },
)


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest of a pack, with a digest over itself.

    Args:
        folder: of the pack.
        manifest: its content; a digest in it is replaced.
    """
    value = {**manifest, "format": FORMAT, "digest": _ZEROS}
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    text = text.replace(f'"digest": "{_ZEROS}"', f'"digest": "{_digest(text, _ZEROS)}"', 1)
    (folder / NAME).write_text(text, encoding="utf-8", newline="\n")


def read_manifest(folder: Path) -> tuple[dict[str, Any], dict[str, tuple[str, int]]]:
    """Return the manifest of a pack, and SHA-256 and size of each file that it names.

    Raises:
        VerificationError: there is none, it cannot be read, or it was altered.
    """
    place = folder / NAME
    try:
        text = read_plain(place, MAX_BYTES).decode("utf-8")
        content = json.loads(text)
        wrong = _SHAPE(content)
        if not wrong and content["format"] != FORMAT:
            wrong = f"its format {content['format']} is not known to this version"
        if not wrong and "digest" in content and _digest(text, content["digest"]) != content["digest"]:
            wrong = "it was altered: it does not have the digest that it names"
        expected = {} if wrong else {one["path"]: (one["sha256"], one["size"]) for one in content["files"]}
        if not wrong and len(expected) != len(content["files"]):
            wrong = "it names a file twice"
        if wrong:
            raise ValueError(wrong)
    except FileNotFoundError as error:
        raise VerificationError(
            f"no pack in {folder}", why=f"it has no {NAME}", fix="valgen build writes one"
        ) from error
    except (OSError, ValueError, RecursionError, VerificationError) as error:
        raise VerificationError(
            f"{place} cannot be read: {error.what if isinstance(error, VerificationError) else error}",
            why="without it nothing can be verified",
            fix="use the pack as it was issued, or build it again",
        ) from error
    return content, expected


def _digest(text: str, digest: str) -> str:
    """Return the SHA-256 of a manifest in which zeros stand for its digest."""
    return hashlib.sha256(text.replace(digest, _ZEROS).encode("utf-8")).hexdigest()
