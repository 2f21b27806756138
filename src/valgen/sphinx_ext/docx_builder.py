"""The Sphinx builder ``docx``: Word files of any Sphinx project, with or without a valgen project behind it.

    extensions = ["valgen.sphinx_ext"]
    sphinx-build -b docx SOURCE OUTPUT

Pages are assembled below a start page (`assemble`), turned into blocks (`to_blocks`) and written by the same writer as
the documents of a validation pack. The bytes depend on the pages and settings alone: no time of building is in them.

Source: design.md §6, §2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from sphinx.builders import Builder
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.display import progress_message

from valgen.documents.blocks import Document
from valgen.errors import RenderError
from valgen.sphinx_ext.assemble import assemble, figure_numbers, section_numbers
from valgen.sphinx_ext.docx_settings import KNOWN, WantedFile, wanted_files
from valgen.sphinx_ext.to_blocks import PAGE_SIGN, SphinxReader

logger = logging.getLogger(__name__)

_NO_AUTHOR = "Author name not set"  # Sphinx's own default


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the environment and the settings hold while a file is made with its own numbers."""

    sections: Any
    figures: Any
    numfig: Any
    math_numfig: Any


class DocxError(SphinxError):
    """A Word file cannot be written."""

    category = "Word file cannot be written"


class DocxBuilder(Builder):
    """Writes Word files."""

    name = "docx"
    format = "docx"
    epilog = "The Word files are in %(outdir)s."
    supported_image_types: ClassVar[list[str]] = ["image/png", "image/jpeg", "image/gif"]
    # Nothing is fetched from a network: a picture that lies elsewhere is named with its address.
    supported_remote_images = True
    supported_data_uri_images = False

    def get_outdated_docs(self) -> str:
        """Return that every file is made again; a file that comes out the same is left alone."""
        return "all documents"

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """Return the address of a page; one in another file gets no link, but keeps its title in references."""
        return PAGE_SIGN + docname

    def get_relative_uri(self, from_: str, to: str, typ: str | None = None) -> str:
        """Return the address of a page, which is the same from everywhere in the file."""
        return self.get_target_uri(to, typ)

    def prepare_writing(self, docnames: Set[str]) -> None:
        """Check the settings.

        Raises:
            DocxError: they cannot be used; every mistake is a line of its own before.
        """
        self._files, wrong = wanted_files(
            self.config.valgen_docx_documents,
            root=self.config.root_doc,
            project=self.config.project,
            pages=set(self.env.all_docs),
        )
        template = str(self.config.valgen_docx_template)
        self._template = (Path(self.confdir) / template).resolve() if template else None
        if self._template is not None and not self._template.is_file():
            wrong += (f"valgen_docx_template: there is no file {template}",)
        for one in wrong:
            logger.error("[VG743] %s", one, type="valgen", subtype="docx")
        if wrong:
            raise DocxError("correct in conf.py: " + "; ".join(wrong))

    def write_documents(self, docnames: Set[str]) -> None:
        """Write every file, whatever pages have changed."""
        for file in self._files:
            with progress_message(_("writing %s") % file.name, nonl=False):
                self._write(file)

    def _write(self, file: WantedFile) -> None:
        from valgen.writers.docx import write_docx

        document = self._document(file)
        try:
            data = write_docx(document, template=self._template, controlled=False)
        except RenderError as error:
            fix = f" {error.fix}." if error.fix else ""
            raise DocxError(f"{file.name}: {error.what}.{fix}") from error
        path = Path(self.outdir) / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or hashlib.sha256(path.read_bytes()).digest() != hashlib.sha256(data).digest():
            path.write_bytes(data)

    def _document(self, file: WantedFile) -> Document:
        tree, pages = assemble(self, file.start, file.title)
        numbered = bool(self.config.valgen_docx_numbered)
        with self._numbers(section_numbers(tree) if numbered else {}, figure_numbers(tree)):
            self.env.resolve_references(tree, file.start, self)
        elsewhere = {page: other.title for other in reversed(self._files) for page in self._below(other.start) - pages}
        reader = SphinxReader(self, tree, elsewhere)
        sections = reader.sections(tree)
        given = dict(file.metadata)
        known = {name: given.pop(name, "") for name in KNOWN}
        known["version"] = known["version"] or str(self.config.release or self.config.version)
        known["system"] = known["system"] or (self.config.project if self.config.project != file.title else "")
        author = str(self.config.author)
        if author and author not in ("unknown", _NO_AUTHOR) and "author" not in {name.casefold() for name in given}:
            given = {"author": author, **given}
        return Document(
            key=Path(file.name).stem,
            type=known["type"],
            number=known["number"],
            title=file.title,
            version=known["version"],
            status=known["status"],
            system=known["system"],
            marks=(),
            control=_control(known, given),
            sections=sections,
            language=str(self.config.language or "en").replace("_", "-"),
            media=tuple(sorted(reader.media.items())),
            confidentiality=known["confidentiality"],
            numbered=numbered,
            words=tuple(_words(self.config.numfig_format)),
        )

    def _below(self, start: str) -> set[str]:
        """Return the names of the pages of a file."""
        found = {start}
        waiting = [start]
        while waiting:
            for page in self.env.toctree_includes.get(waiting.pop(), ()):
                if page not in found:
                    found.add(page)
                    waiting.append(page)
        return found

    @contextmanager
    def _numbers(self, sections: Any, figures: Any) -> Iterator[None]:
        """Let references show the numbers of this file, whether or not the project numbers its figures elsewhere."""
        env: BuildEnvironment = self.env
        config: Any = self.config
        kept = _Kept(env.toc_secnumbers, env.toc_fignumbers, config.numfig, config.math_numfig)
        env.toc_secnumbers, env.toc_fignumbers, config.numfig, config.math_numfig = sections, figures, True, True
        try:
            yield
        finally:
            env.toc_secnumbers, env.toc_fignumbers = kept.sections, kept.figures
            config.numfig, config.math_numfig = kept.numfig, kept.math_numfig


def _control(known: dict[str, str], given: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the rows of page one."""
    rows = {
        "Document number": known["number"],
        "Version": known["version"],
        "Status": known["status"],
        "System": known["system"],
    }
    rows |= {_label(name): value for name, value in given.items()}
    return tuple((label, value) for label, value in rows.items() if value)


def _label(name: str) -> str:
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _words(formats: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield how captions begin, in the form that references have."""
    for kind, word in (("figure", "Figure"), ("table", "Table"), ("code-block", "Listing")):
        text = str(formats.get(kind, "")).replace("{number}", "%s")
        if text.count("%s") == 1 and "{" not in text and text.replace("%s", "").count("%") == 0:
            yield word, text
