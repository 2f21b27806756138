"""The file that is shown to whoever signs, and its digest.

It is the rendering that the project controls: a PDF unless the settings say otherwise. It shows the content that is
signed and no signature, so everybody who signs a version is shown the same bytes, and the same bytes can be made again
from the frozen version. Its name carries the beginning of its digest: another content never takes its place.

A rendering of several files (volumes of a long PDF, the pages of HTML) is named by one archive that holds them; what
people open lies beside it.

Source: integrity.md W-1; 21 CFR 11.70.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from valgen.documents.blocks import Document
from valgen.errors import RenderError
from valgen.model.project import Paths
from valgen.model.version import FrozenVersion
from valgen.records.signing import Shown
from valgen.workflow.renditions import Renditions
from valgen.workflow.writing import FILES_PER_DOCUMENT, Look, rendition

FOLDER = "to-sign"
_MEDIA = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".zip": "application/zip",
}
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_NAMED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFile:
    """A file to be looked at before signing.

    Attributes:
        path: what the person opens.
        shown: what a signature says of it.
        data: its bytes.
    """

    path: Path
    shown: Shown
    data: bytes


def show(root: Path, frozen: FrozenVersion, document: Document, look: Look) -> ShownFile:
    """Write the file that is shown to whoever signs a version; nothing is taken from earlier builds.

    Args:
        root: folder of the project.
        frozen: version to be signed.
        document: its blocks, without signatures.
        look: of the project.

    Raises:
        RenderError: it cannot be written.
    """
    form = look.settings.controlled_rendering
    if form == "html":
        files = _site(document, frozen)
    else:
        form = form if form in FILES_PER_DOCUMENT else "pdf"
        made = rendition(document, form, document.digests, look, Renditions(None)).files
        ending = FILES_PER_DOCUMENT[form][1]
        files = {f"{_stem(frozen)}{f'.{number}' if number > 1 else ''}{ending}": one for number, one in _numbered(made)}
    name, data = next(iter(files.items())) if len(files) == 1 else _archive(frozen, files)
    digest = hashlib.sha256(data).hexdigest()
    shown = Shown(name=name, media_type=_MEDIA[Path(name).suffix], sha256=digest, size=len(data))
    return ShownFile(path=_write(root, look.settings.paths, shown, data, files), shown=shown, data=data)


def _stem(frozen: FrozenVersion) -> str:
    return f"{frozen.key}-{frozen.version}"


def _numbered(files: tuple[bytes, ...]) -> Iterable[tuple[int, bytes]]:
    return enumerate(files, 1)


def _site(document: Document, frozen: FrozenVersion) -> dict[str, bytes]:
    from valgen.writers.html.site import build_site

    with tempfile.TemporaryDirectory(prefix="valgen-") as scratch:
        folder = Path(scratch) / "site"
        build_site((document,), folder, title=f"{frozen.number} {frozen.title}, version {frozen.version}")
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }


def _archive(frozen: FrozenVersion, files: Mapping[str, bytes]) -> tuple[str, bytes]:
    """Return name and bytes of an archive; equal files give equal bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), files[name])
    return f"{_stem(frozen)}.zip", stream.getvalue()


def _write(root: Path, paths: Paths, shown: Shown, data: bytes, files: Mapping[str, bytes]) -> Path:
    """Write the file, or the archive and a folder with its files; return what is to be opened."""
    folder = (root / paths.output).parent / FOLDER
    stem, ending = shown.name.removesuffix(Path(shown.name).suffix), Path(shown.name).suffix
    base = folder / f"{stem}-{shown.sha256[:_NAMED]}{ending}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        base.write_bytes(data)
        if len(files) == 1:
            return base
        opened = base.with_suffix("")
        for name, content in files.items():
            path = opened / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        raise RenderError(
            f"{base} cannot be written: {error.strerror or error}",
            why="what is signed is shown first",
            fix="see that the disk has room and that you may write there",
        ) from error
    start = next((name for name in ("index.html", *sorted(files)) if name in files), "")
    return opened / start
