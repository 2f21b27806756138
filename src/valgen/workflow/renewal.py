"""A pack that is renewed: only what rests on what changed is made again, everything else is taken over.

After a whole build the user's cache folder keeps what the pack rests on: a *key* over everything that any document may
show except the bodies of items, test cases and prose (``watched``), and for each document which bodies were read while
it was made. The next build reads and checks sources and records as ever. Where the key is the same, a document whose
bodies are the same says what it said, and its files in the pack that lies there are what writing them would give again:
they are taken over, each compared with the digest that was kept. Documents that read a changed body are made again.

It is all or nothing: where anything else turns out to differ, such as an id on a page, the standing of an approval or a
file in the pack before, ``NotRenewed`` says so and the pack is built as a whole. Evidence is never taken over.

Source: design.md §9; docs/decisions/0032-packs-renewed.md.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from valgen.documents.blocks import Document
from valgen.documents.context import Context
from valgen.documents.digests import Digests
from valgen.documents.issue import issued, registered_version
from valgen.documents.places import asked_for
from valgen.documents.release import RESTS_ON_APPROVALS
from valgen.errors import Finding
from valgen.model.signature import Approvals
from valgen.readers.packs import unpack_findings
from valgen.workflow.approve_standing import signed_documents
from valgen.workflow.assembling import approvals_in, beside_of, made, written_specs
from valgen.workflow.issued_files import issued_files
from valgen.workflow.kept_pack import (
    Ground,
    Kept,
    anchors_of,
    approvals_digest,
    head_of,
    kept_document,
    lasting,
    read_bodies,
)
from valgen.workflow.load import cache_folder
from valgen.workflow.pack import Views, views
from valgen.workflow.pack_folder import Before
from valgen.workflow.pack_write import (
    DATA,
    SITE,
    Digest,
    Plan,
    Progress,
    Said,
    file_digest,
    seal,
    write_data,
    write_documents,
    write_evidence,
    write_workbook,
)
from valgen.workflow.writing import FILES_PER_DOCUMENT, is_file_of
from valgen.writers.html.renewed import SiteFacts, renew_site

_RTM = "RTM"


class NotRenewed(Exception):
    """The pack cannot be renewed and must be built as a whole; nobody needs to be told."""


class Renewal:
    """One pack that is renewed.

    Args:
        ground: what it rests on now.
        kept: what it rested on.
        folder: of the pack that lies there.
        before: what its manifest says.
    """

    def __init__(self, ground: Ground, kept: Kept, folder: Path, before: Before) -> None:
        self._ground = ground
        self._kept = kept
        self._folder = folder
        self._before = before

    def write(self, work: Path, progress: Progress) -> tuple[Plan, Said, Kept, dict[str, Digest]]:
        """Write the pack into an empty folder.

        Raises:
            NotRenewed: the pack must be built as a whole.
        """
        ground, kept, context = self._ground, self._kept, self._ground.context
        self._check_files()
        stale = self._stale()
        plan, approvals = self._plan(stale)
        changed = [one for one in plan.documents if one.key in stale]
        files = {name: one for name, one in kept.files.items() if not self._replaced(name, stale)}
        self._take_over(work, files)
        said = self._said(stale) | write_documents(work, plan, changed, progress)
        names = write_evidence(work, context, plan)
        site = kept.site
        if "html" in plan.formats:
            site = self._site(work, plan, changed, names, files)
        tables: Views | None = None
        if not self._same(kept.parts[DATA]):
            with context.memo.reading(DATA):
                tables = views(context)
                self._fresh(work, "data/", files)
                write_data(work, context, names, tables)
        if "xlsx" in plan.formats and (tables is not None or changed):
            with context.memo.reading(DATA):
                tables = tables or views(context)
            self._fresh(work, "excel/", files)
            write_workbook(work, context, plan, tables, kept.places or {})
        digests = seal(work, context, plan, files)
        parts = {
            name: read_bodies(ground, context.memo.reads[name]) if not self._same(read) else read
            for name, read in kept.parts.items()
        }
        documents = dict(kept.documents)
        for one in changed:
            documents[one.key] = kept_document(ground, one, plan, said, workbook="xlsx" in plan.formats)
        now = replace(
            kept,
            documents=documents,
            parts=parts,
            site=site,
            approvals=approvals_digest(approvals),
            files=lasting(digests),
        )
        return plan, said, now, digests

    def _check_files(self) -> None:
        """Compare every file that may be taken over with what was kept of it."""
        for name, digest in self._kept.files.items():
            path = self._folder / name
            if self._before.files.get(name) != digest[0] or path.is_symlink() or not path.is_file():
                raise NotRenewed
            if file_digest(path) != digest:
                raise NotRenewed

    def _stale(self) -> frozenset[str]:
        """Return the keys of documents that must be made again."""
        ground = self._ground
        specs = [one.key for one in written_specs(ground.context)]
        if specs != list(self._kept.documents):
            raise NotRenewed
        stale = {key for key, one in self._kept.documents.items() if not self._same((one.read, one.bodies))}
        if stale and ground.context.ledger is not None and "xlsx" in ground.formats:
            stale |= {key for key, one in self._kept.documents.items() if one.stub().type == _RTM}  # for its signatures
        return frozenset(stale)

    def _same(self, read: tuple[tuple[int, ...], bytes]) -> bool:
        return self._ground.watched.digest(read[0]) == read[1]

    def _plan(self, stale: Collection[str]) -> tuple[Plan, Approvals]:
        """Make what must be made again; return the plan of the pack, with stubs of all other documents."""
        ground, context = self._ground, self._ground.context
        again = {one.key: one for one in self._made(context, stale)}
        documents = [again.get(key) or one.stub() for key, one in self._kept.documents.items()]
        approvals: Approvals = {}
        if context.ledger is not None or context.signatures:
            contents = {one.key: one.digest if one.key in again else self._content(one.key) for one in documents}
            approvals = approvals_in(context, documents, contents)
            if approvals_digest(approvals) != self._kept.approvals:
                raise NotRenewed
            resting = {one.key for one in again.values() if one.type in RESTS_ON_APPROVALS}
            if resting and context.signatures:
                again |= {one.key: one for one in self._made(replace(context, approvals=approvals), resting)}
            beside = beside_of(context)
            again = {
                key: issued(one, approvals[key, registered_version(one)], context.ledger, approvals, beside)
                for key, one in again.items()
            }
        again = {key: ground.look.dress(one) for key, one in again.items()}
        for key, one in again.items():
            if head_of(one) != self._kept.documents[key].head or asked_for(one) != self._kept.documents[key].asks:
                raise NotRenewed
            if "xlsx" in ground.formats and anchors_of(one) != self._kept.documents[key].anchors:
                raise NotRenewed
        whole = tuple(again.get(one.key, one) for one in documents)
        digests = {key: again[key].digests if key in again else Digests(*one.digests)
                   for key, one in self._kept.documents.items()}  # fmt: skip
        plan = Plan(
            documents=whole,
            digests=digests,
            chosen=whole,
            formats=ground.formats,
            look=ground.look,
            kept=cache_folder(),
            evidence=ground.evidence,
            issued=issued_files(ground.records, whole, digests),
        )
        return plan, approvals

    def _made(self, context: Context, keys: Collection[str]) -> tuple[Document, ...]:
        specs = [spec for spec in written_specs(context) if spec.key in keys]
        return signed_documents(self._ground.root, context, made(self._ground.root, context, specs)) if specs else ()

    def _content(self, key: str) -> str:
        return self._kept.documents[key].digests[0]

    def _replaced(self, name: str, stale: Collection[str]) -> bool:
        return any(is_file_of(name, form, key) for form in FILES_PER_DOCUMENT for key in stale)

    def _take_over(self, work: Path, files: Mapping[str, Digest]) -> None:
        """Put files of the pack before into the new one, without copying them where that can be."""
        for name in files:
            target = work / name
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(self._folder / name, target)
            except OSError:  # a file system without such links
                shutil.copyfile(self._folder / name, target)

    def _fresh(self, work: Path, place: str, files: dict[str, Digest]) -> None:
        """Remove what was taken over of a folder that is now written anew."""
        for name in [name for name in files if name.startswith(place)]:
            del files[name]
            (work / name).unlink()

    def _site(
        self, work: Path, plan: Plan, changed: list[Document], names: Mapping[tuple[str, str], str],
        files: dict[str, Digest],
    ) -> SiteFacts:  # fmt: skip
        """Renew the pages of changed documents, and the data of the interactive pages where they changed."""
        from valgen.documents.interactive import site_data

        context, facts = self._ground.context, self._kept.site
        if facts is None:
            raise NotRenewed
        data = None
        if not self._same(self._kept.parts[SITE]):
            with context.memo.reading(SITE):
                data = site_data(context, plan.documents, names)
        found = renew_site(facts, changed, data, self._folder / "html", work / "html")
        if found is None:
            raise NotRenewed
        for name, content in found.files.items():
            (work / "html" / name).unlink(missing_ok=True)  # else the file of the pack before would change as well
            (work / "html" / name).write_bytes(content)
            files[f"html/{name}"] = (hashlib.sha256(content).hexdigest(), len(content))
        return found.facts

    def _said(self, stale: Collection[str]) -> Said:
        return {
            (form, key): tuple(unpack_findings(packed))
            for key, one in self._kept.documents.items()
            if key not in stale
            for form, packed in one.said.items()
        }


def findings_in_order(plan: Plan, said: Said) -> tuple[Finding, ...]:
    """Return what writers had to say, in the order in which a whole build says it."""
    found: list[Finding] = list(plan.look.findings) if "docx" in plan.formats else []
    for form in FILES_PER_DOCUMENT:
        for document in plan.chosen:
            found += said.get((form, document.key), ())
    return tuple(dict.fromkeys(found))
