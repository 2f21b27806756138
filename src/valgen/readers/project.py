"""A whole project: settings, items, test cases, register, applicability, prose, and everything wrong with them.

Items come in the order of their ids (URS-2 before URS-10), cases in the order of files and lines, findings in the
order of files, lines and columns, whatever order the file system names files in. Duplicates stay in; what they
mean is left to ``trace``, as is every question that needs more than one file.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from valgen.codes import finding
from valgen.errors import Finding
from valgen.model.document_types import DOCUMENT_TYPES
from valgen.model.ids import natural_order
from valgen.model.item import Item, figure_parts
from valgen.model.item_types import FieldKind
from valgen.model.project import Applicability, DocumentEntry, Project, Prose, Settings, SourceFile
from valgen.model.screening import ScreeningAnswer
from valgen.model.testcase import TestCase
from valgen.readers.applicability import read_applicability, read_screening
from valgen.readers.cache import Loaded, ReadCache
from valgen.readers.features import read_feature
from valgen.readers.folders import Listing, folder_stage
from valgen.readers.items import read_items
from valgen.readers.prose import read_prose
from valgen.readers.register import read_register
from valgen.readers.sources import APPLICABILITY, REGISTER, Sources, read_sources
from valgen.readers.text import decode, shown
from valgen.source import SourceLocation


def read_project(root: Path, *, cache: Path | None = None, sources: Sources | None = None) -> Project:
    """Read everything that people wrote in a project.

    Args:
        root: folder of the settings file.
        cache: the user's cache folder; None understands every file anew.
        sources: the bytes, where they were read already.

    Returns:
        The project with every finding. Where the settings cannot be used, it holds their findings only.
    """
    was_collecting = gc.isenabled()
    gc.disable()  # thousands of new values, none of them garbage: collecting costs more than reading
    try:
        return _Reading(sources or read_sources(root), cache).run()
    finally:
        if was_collecting:
            gc.enable()


@dataclass(slots=True)
class _Reading:
    sources: Sources
    cache_folder: Path | None
    files: list[SourceFile] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    cases: list[TestCase] = field(default_factory=list)
    documents: list[DocumentEntry] = field(default_factory=list)
    decisions: list[Applicability] = field(default_factory=list)
    screening: list[ScreeningAnswer] = field(default_factory=list)
    prose: dict[str, Prose] = field(default_factory=dict)

    def run(self) -> Project:
        self.findings.extend(self.sources.findings)
        if self.sources.listing is not None:
            self._bytes(self.settings.file)
            self._read(self.sources.listing)
        self.findings.sort(key=_place)
        return Project(
            root=str(self.root),
            settings=self.settings,
            items=tuple(
                sorted(self.items, key=lambda item: (natural_order(item.id), item.path, item.line, item.column))
            ),
            cases=tuple(self.cases),
            documents=tuple(self.documents),
            applicability=tuple(self.decisions),
            screening=tuple(self.screening),
            prose=dict(sorted(self.prose.items())),
            files=tuple(sorted(self.files, key=lambda file: file.path)),
            findings=tuple(self.findings),
        )

    @property
    def root(self) -> Path:
        return self.sources.root

    @property
    def settings(self) -> Settings:
        return self.sources.settings

    def _read(self, listing: Listing) -> None:
        settings = self.settings
        self.findings.extend(listing.findings)
        environments = tuple(settings.environments)
        types = settings.item_types
        cache = ReadCache(self.cache_folder, self.root, (environments, settings.paths, sorted(types.items())))
        for path in listing.items:
            self._cached(cache, path)
        for path in sorted(listing.features):
            self._cached(cache, path)
        cache.save()
        for path in listing.code:
            self._bytes(path)
        if REGISTER in listing.special:
            self._register(listing.special[REGISTER])
        if APPLICABILITY in listing.special:
            self._applicability(listing.special[APPLICABILITY])
        keys = dict.fromkeys([*(entry.key for entry in self.documents), *DOCUMENT_TYPES, *settings.types])
        for path in listing.prose:
            self._prose(path, tuple(keys))
        self._images(listing.images)

    def _cached(self, cache: ReadCache, path: str) -> None:
        data = self._bytes(path)
        if data is None:
            return
        digest = bytes.fromhex(self.files[-1].sha256)
        loaded = cache.get(path, digest)
        if loaded is None:
            loaded = self._load(path, data)
            cache.put(path, digest, loaded)
        items, cases, findings = loaded
        self.items += items
        self.cases += cases
        self.findings += findings

    def _load(self, path: str, data: bytes) -> Loaded:
        text, findings = decode(path, data)
        if text is None:
            return [], [], findings
        if path.endswith(".yaml"):
            items, found = read_items(path, text, self.settings.item_types)
            return items, [], [*findings, *found]
        stage = folder_stage(path, self.settings.paths.test_scripts)
        cases, found = read_feature(path, text, tuple(self.settings.environments), stage)
        if stage is None:
            where = SourceLocation(path)
            findings.append(finding("VG214", "the file lies in none of the folders iq, oq and pq", where))
        return [], cases, [*findings, *found]

    def _register(self, path: str) -> None:
        text = self._text(path)
        if text is not None:
            self.documents, found = read_register(
                path, text, tuple(self.settings.environments), tuple(self.settings.types)
            )
            self.findings.extend(found)

    def _applicability(self, path: str) -> None:
        text = self._text(path)
        if text is not None:
            self.decisions, found = read_applicability(path, text)
            self.screening, more = read_screening(path, text)
            self.findings.extend((*found, *more))

    def _prose(self, path: str, keys: tuple[str, ...]) -> None:
        text = self._text(path)
        if text is not None:
            prose, found = read_prose(path, text, keys)
            self.findings.extend(found)
            if prose is not None:
                self.prose[prose.key] = prose

    def _images(self, images: Iterable[str]) -> None:
        """Report images that nothing names, and figures of items that do not exist."""
        named: set[str] = set()
        figures = {
            key: [one.name for one in kind.fields if one.kind is FieldKind.FIGURES]
            for key, kind in self.settings.item_types.items()
        }
        for item in self.items:
            for name in figures.get(item.type, ()):
                if name not in item.fields:
                    continue
                for written in item.values(name):
                    named.add(self._figure(item, name, figure_parts(written)[0]))
        prose = [(one.path.rpartition("/")[0], one.text) for one in self.prose.values()]
        for path in images:
            if path not in named and not any(path.removeprefix(folder + "/") in text for folder, text in prose):
                self.findings.append(
                    finding("VG027", "not used: no item and no prose names this image", SourceLocation(path))
                )

    def _figure(self, item: Item, name: str, written: str) -> str:
        folder = (self.root / item.path).parent
        inside = "\\" not in written and not Path(written).is_absolute()
        root = self.root.resolve()
        try:
            file = (folder / written).resolve() if inside else None
            exists = file is not None and file.is_file()
        except (OSError, ValueError, RuntimeError):
            file, exists = None, False  # too long, a null character, or links in a circle
        if file is None or not file.is_relative_to(root):
            what = f"the figure {shown(written)} of {item.id} is no path inside the project"
            self.findings.append(finding("VG118", what, item.where(name), ids=(item.id,)))
            return ""
        if not exists:
            what = f"the figure {shown(written)} of {item.id} does not exist"
            self.findings.append(finding("VG118", what, item.where(name), ids=(item.id,)))
        elif not _is_picture(file):
            what = f"the figure {shown(written)} of {item.id} is no PNG, JPEG or GIF picture"
            fix = "save it as PNG; documents show no other kind of figure"
            self.findings.append(finding("VG118", what, item.where(name), ids=(item.id,), fix=fix))
        return file.relative_to(root).as_posix()

    def _text(self, path: str) -> str | None:
        data = self._bytes(path)
        if data is None:
            return None
        text, findings = decode(path, data)
        self.findings.extend(findings)
        return text

    def _bytes(self, path: str) -> bytes | None:
        if path in self.sources.failures:
            what = f"cannot be read: {self.sources.failures[path]}"
            self.findings.append(finding("VG010", what, SourceLocation(path)))
            return None
        self.files.append(self.sources.files[path])
        return self.sources.contents[path]


def _is_picture(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            return stream.read(8).startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8"))
    except OSError:
        return False


def _place(found: Finding) -> tuple[str, int, int, str, str]:
    where = found.location or SourceLocation("")
    return where.path, where.line, where.column, found.code, found.message
