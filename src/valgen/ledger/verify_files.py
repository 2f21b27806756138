"""Blobs, and what else lies in the folder of a log, as verification sees them.

Format: docs/format.md, "Blobs" and "Verification" 10 and 12.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from valgen.errors import VerificationError
from valgen.ledger import canonical
from valgen.ledger.blobs import BlobRef, Blobs
from valgen.ledger.files import FIXED, FIXED_LEDGER, Layout, is_outside
from valgen.ledger.report import Findings
from valgen.ledger.verify_heads import read_if_there

_ALWAYS = {"checkpoint", "checkpoints.jsonl", "log", "blobs"}
_OF_A_LEDGER = {"root.json", "anchors"}


@dataclass(frozen=True, slots=True)
class Content:
    """What the content of a blob must be.

    Attributes:
        code: of the problem when it is something else.
        check: returns what is wrong with its value.
        names: returns the blobs that a right value names.
        plain: whether the value is the bytes themselves, not canonical JSON.
    """

    code: str
    check: Callable[[Any], list[str]]
    names: Callable[[Any], list[BlobRef]] | None = None
    plain: bool = False


@dataclass(slots=True)
class Files:
    """Collects the blobs that records name, and checks them at the end."""

    layout: Layout
    findings: Findings
    _blobs: dict[BlobRef, int] = field(default_factory=dict)  # with the first record that names it
    _perhaps: dict[BlobRef, int] = field(default_factory=dict)  # need not be kept
    _contents: dict[str, list[Content]] = field(default_factory=dict)  # by SHA-256

    def name(self, ref: BlobRef, seq: int) -> None:
        """Take note of a blob that record ``seq`` names."""
        self._blobs.setdefault(ref, seq)

    def name_perhaps(self, ref: BlobRef, seq: int) -> None:
        """Take note of a file that record ``seq`` names and that need not be kept."""
        self._perhaps.setdefault(ref, seq)

    def expect(self, sha256: str, content: Content) -> None:
        """Take note of what a blob must hold."""
        known = self._contents.setdefault(sha256, [])
        if content not in known:
            known.append(content)

    def check(self, *, full: bool) -> None:
        """Check every blob that was named.

        Args:
            full: read each of them; otherwise presence and size, and the content of those that name further ones.
        """
        store = Blobs(self.layout.blobs, self.layout.tmp)
        absent = 0
        for ref, seq in self._perhaps.items():
            if store.path(ref.sha256).exists() or store.path(ref.sha256).is_symlink():
                self._blobs.setdefault(ref, seq)
            elif ref not in self._blobs:
                absent += 1
        if absent:
            self.findings.note(
                f"{absent} files that were shown to signers or issued are not kept here; their digests stand in the "
                "records."
            )
        waiting = list(self._blobs.items())
        for ref, seq in waiting:  # grows by what is named within
            path = store.path(ref.sha256)
            where = f"{path.relative_to(self.layout.root).as_posix()} (record {seq})"
            contents = self._contents.get(ref.sha256, [])
            if full or any(content.names for content in contents):
                wrong = store.check(ref)
            elif path.is_symlink() or not path.is_file():
                wrong = f"the attachment {ref.sha256} is missing or no ordinary file"
            else:
                size = path.stat().st_size
                wrong = "" if size == ref.size else f"the attachment {ref.sha256} has {size} bytes, not {ref.size}"
            if wrong:
                self.findings.problem("VG508", where, wrong)
                continue
            for content in contents:
                if full or content.names:
                    for inner in self._read(store, ref, content, where):
                        if inner not in self._blobs:
                            self._blobs[inner] = seq
                            waiting.append((inner, seq))
        if not full and self._blobs:
            self.findings.note(f"The content of {len(self._blobs)} attachments was not read.")

    def look_around(self, mode: str) -> None:
        """Find what lies in the folder beside the log.

        Args:
            mode: of the log.
        """
        findings, layout = self.findings, self.layout
        fixed = FIXED_LEDGER if mode == "ledger" else FIXED
        known = _ALWAYS | _OF_A_LEDGER if mode == "ledger" else _ALWAYS
        for path in sorted(layout.root.iterdir()):
            if is_outside(path.name):
                continue
            for found in _not_plain(path):
                where = found.relative_to(layout.root).as_posix()
                findings.problem("VG515", where, "it is a link, or neither an ordinary file nor a folder")
            if path.name in fixed:
                if read_if_there(path, findings) != fixed[path.name]:
                    findings.problem("VG515", path.name, "it does not have the content that every log has")
            elif path.name not in known:
                for found in _files(path) if path.is_dir() else (path,):
                    findings.see(found.relative_to(layout.root).as_posix(), "no record names this file")
        segments = {path.name for _, path in layout.segments()}
        for path in sorted(layout.log.iterdir()):
            if path.name not in segments:
                findings.problem("VG515", f"log/{path.name}", "only the record files belong here")
        named = {ref.sha256 for ref in self._blobs}
        for path in _files(layout.blobs):
            if "".join(path.relative_to(layout.blobs).parts) not in named or len(path.parent.name) != 2:
                findings.see(path.relative_to(layout.root).as_posix(), "no record names this attachment")

    def _read(self, store: Blobs, ref: BlobRef, content: Content, where: str) -> list[BlobRef]:
        """Check the content of a blob; return what it names."""
        try:
            data = store.read(ref.sha256)
            value = data if content.plain else canonical.decode(data)
            wrong = content.check(value)
        except VerificationError as error:
            wrong = [error.what]
        if wrong:
            self.findings.problem(content.code, where, "; ".join(wrong))
            return []
        return content.names(value) if content.names else []


def _not_plain(path: Path) -> Iterator[Path]:
    """Yield every link, pipe, socket and device at a path and below it."""
    if path.is_symlink() or not (path.is_dir() or path.is_file()):
        yield path
    elif path.is_dir():
        for inner in sorted(path.iterdir()):
            yield from _not_plain(inner)


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            yield from _files(path)
        else:
            yield path
