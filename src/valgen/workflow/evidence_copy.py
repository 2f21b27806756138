"""What a pack takes along so that it proves itself: the ledger, and two programs that check it without valgen.

    evidence/ledger/        the ledger as of the start of the build: records, checkpoints, root, anchors, attachments
    evidence/valgen_verify.py    the stand-alone verifier
    verify.html             the same in a browser

The copy ends at the newest checkpoint, so that a writer at work meanwhile changes nothing. Left out are the log of
dry runs, which is no evidence and must not look like it, what was set aside after a crash, locks and indexes.

Reads only. Source: design.md §6; integrity.md D-4; docs/decisions/0030-evidence-in-packs.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import valgen
from valgen.errors import ExecutionError, VerificationError
from valgen.ledger.anchors import read_anchors
from valgen.ledger.blobs import Blobs
from valgen.ledger.files import FIXED_LEDGER, Layout, read_lines, read_plain, segment_name
from valgen.ledger.heads import Head, read_head
from valgen.ledger.registry_book import fingerprint
from valgen.ledger.stored_zip import Source
from valgen.model.project import Project
from valgen.workflow.load import has_ledger

FOLDER = "evidence/ledger"
"""Where the ledger lies in a pack."""

VERIFIER = "evidence/valgen_verify.py"
"""Where the stand-alone verifier lies in a pack."""

PAGE = "verify.html"
"""Where the page that verifies in a browser lies in a pack."""

_DIGEST = re.compile(rb'"sha256":"([0-9a-f]{64})"')
_MANIFEST = re.compile(rb'"manifest":\{"sha256":"([0-9a-f]{64})"')


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceCopy:
    """What a pack takes along.

    Attributes:
        files: content by name within the pack: bytes, or the file that holds them.
        head: value of ``ledger`` in the manifest of the pack: origin, size, root and root fingerprint; empty for a
            project without ledger.
    """

    files: dict[str, Source]
    head: dict[str, Any] = field(default_factory=dict)

    def write(self, pack: Path) -> None:
        """Write everything into the folder of a pack."""
        for name, source in self.files.items():
            target = pack / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source if isinstance(source, bytes) else source.read_bytes())


def ledger_files(root: Path, project: Project) -> dict[str, Source]:
    """Return what ``valgen build`` puts into a pack so that it proves itself; see ``read_evidence``."""
    return read_evidence(root, project).files


def read_evidence(root: Path, project: Project) -> EvidenceCopy:
    """Return the ledger of a project and the programs that verify it, as they belong into a pack.

    Args:
        root: folder of the project.
        project: its settings name the folder of records.

    Raises:
        VerificationError: the ledger has no checkpoint that its files fit, or a file of it is a link.
        ExecutionError: this installation lacks the stand-alone verifier.
    """
    from valgen.writers.html.verifier import verify_page

    files: dict[str, Source] = {PAGE: verify_page(), VERIFIER: standalone_verifier()}
    paths = project.settings.paths
    if not has_ledger(root, paths):
        return EvidenceCopy(files=files)
    layout = Layout(root / paths.records)
    head, kept = _heads(layout)
    root_line = read_plain(layout.root_file)
    named: dict[str, None] = {}
    ledger: dict[str, Source] = {"checkpoint": head.note, "checkpoints.jsonl": kept, "root.json": root_line}
    ledger |= {f"log/{name}": content for name, content in _records(layout, head.size, named)}
    ledger |= {f"anchors/{one.name}": one.data for one in read_anchors(layout.anchors) if one.size <= head.size}
    blobs = Blobs(layout.blobs, layout.tmp)
    for digest in sorted(named):
        path = blobs.path(digest)
        if path.is_file() and not path.is_symlink():  # files that need not be kept are named as well
            ledger[f"blobs/{digest[:2]}/{digest[2:]}"] = path
    ledger[".gitattributes"] = FIXED_LEDGER[".gitattributes"]
    return EvidenceCopy(
        files={**files, **{f"{FOLDER}/{name}": content for name, content in ledger.items()}},
        head={
            "origin": head.checkpoint.origin,
            "size": head.size,
            "root": head.checkpoint.root.hex(),
            "root_fingerprint": fingerprint(root_line.removesuffix(b"\n")),
        },
    )


def standalone_verifier() -> bytes:
    """Return the stand-alone verifier.

    Raises:
        ExecutionError: this installation lacks it.
    """
    path = Path(valgen.__file__).parent / "verifier" / "valgen_verify.py"
    try:
        return path.read_bytes().replace(b"\r\n", b"\n")
    except OSError as error:
        raise ExecutionError(
            f"this installation of valgen lacks {path.name}",
            why="whoever gets records must be able to check them without valgen",
            fix="install valgen again",
        ) from error


def _heads(layout: Layout) -> tuple[Head, bytes]:
    """Return the newest checkpoint and the list of kept ones that it names."""
    for _ in range(20):  # a writer may be between its two writes
        note = read_plain(layout.checkpoint)
        lines = read_plain(layout.kept, 1 << 30).splitlines(keepends=True)
        if note == read_plain(layout.checkpoint):
            break
    head = read_head(note)
    return head, b"".join(lines[: head.count + head.kept])


def _records(layout: Layout, size: int, named: dict[str, None]) -> Iterator[tuple[str, Source]]:
    """Yield the record files up to a size, and collect the digests that their records name."""
    blobs = Blobs(layout.blobs, layout.tmp)
    number = 0
    for first, path in layout.segments():
        if number >= size:
            return
        lines: list[bytes] = []
        cut = False
        for line in read_lines(path):
            if number >= size or not line.complete:
                cut = True
                break
            number += 1
            lines.append(line.data + b"\n")
            named.update((one.decode("ascii"), None) for one in _DIGEST.findall(line.data))
            for manifest in _MANIFEST.findall(line.data):
                content = blobs.read(manifest.decode("ascii"))
                named.update((one.decode("ascii"), None) for one in _DIGEST.findall(content))
        # A full file never changes again; the last one may grow while the pack is written.
        yield segment_name(first), path if not cut and number < size else b"".join(lines)
    if number < size:
        raise VerificationError(
            f"{size} records were sealed and only {number} can be read",
            why="a pack takes along whole evidence or none",
            fix="run `valgen verify` to see what is missing; restore the folder from a backup",
            code="VG507",
        )
