"""Versions of documents: what a frozen version said, and how versions are ordered.

A frozen version is what one document said under one version number: the rows of its history up to that version, the
parts that its content rests on, and digests of everything that must not change any more. Freezing approves nothing;
a signature does.

Parts are what decides whether a document needs a new version: its own items, test cases, texts and settings, and for
documents about results the results. What a document merely derives from others (who satisfies a requirement, which
version of another document is current) is no part of it, or every document would change with every other.

Source: design.md §3.2 (register), §5 (content manifest).
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from valgen.model.project import HistoryRow


class PartKind(enum.StrEnum):
    """What a part of a document's content is."""

    ITEM = "item"  # an item of the type that the document lists
    CASE = "case"  # a test case that the document lists
    TEXT = "text"  # a section that the project wrote
    SETTING = "setting"  # a row of the register or of the settings that the document prints
    CLAUSE = "clause"  # a decision about a clause
    TEMPLATE = "template"  # the template that arranges the document
    FIGURE = "figure"  # the bytes of a picture
    RESULT = "result"  # the standing of a test, or a run


SEEN_BY_CHECK = frozenset(PartKind) - {PartKind.FIGURE, PartKind.RESULT}
"""Kinds whose present state follows from what people wrote, without pictures and records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of what a document says.

    Attributes:
        id: of the item or test case, or the name of the text or setting; unique within its kind.
        title: one line; empty where the id says it all.
        retired: True for items and test cases that are kept for their id only.
        fingerprint: ``v1:`` digest of an item or script as approvals and results see it; empty for other kinds.
        values: field to text, empty fields left out.
    """

    kind: PartKind
    id: str
    title: str = ""
    retired: bool = False
    fingerprint: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """A reference to another document, as it stood when the version was frozen.

    Attributes:
        version: of the other document, without DRAFT; empty for none.
        content_sha256: content digest of the frozen version; empty where none was frozen.
    """

    key: str
    number: str
    title: str
    version: str
    content_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenVersion:
    """One frozen version of one document.

    Attributes:
        project: id of the project that the document belongs to.
        key: of the document, such as ``URS`` or ``OQ-protocol``.
        type: document type of the register.
        version: as registered, such as ``1.0``.
        history: rows up to this version, oldest first, at least one.
        parts: in the order of the document.
        references: other documents that it names.
        template: name and digest of the template, ``valgen:URS.rst`` for a shipped one.
        content_sha256: content digest of the frozen document.
        document_sha256: digest of the file that holds its blocks.
        media: digests of the pictures that it shows.
        evidence: digests of the attachments of runs that it names.
        tool: what froze it.
        asks: role and meaning of each signature that the document asks for, in the order of the workflow.
        path: of its file, relative to the project folder.
    """

    project: str
    key: str
    type: str
    number: str
    title: str
    version: str
    history: tuple[HistoryRow, ...]
    parts: tuple[Part, ...]
    references: tuple[Pinned, ...] = ()
    template: str = ""
    template_sha256: str = ""
    content_sha256: str = ""
    document_sha256: str = ""
    media: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    tool: str = ""
    asks: tuple[tuple[str, str], ...] = ()
    path: str = ""

    @property
    def date(self) -> str:
        """Date of the version, as registered."""
        return self.history[-1].date


Versions = Mapping[str, tuple[FrozenVersion, ...]]
"""Document key to its frozen versions, lowest first."""


def version_order(version: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key that compares versions number by number: 0.9 < 0.10 < 1.0."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"[.\-]", version))


def frozen_version(versions: Versions, key: str, version: str) -> FrozenVersion | None:
    """Return one frozen version, or None."""
    return next((one for one in versions.get(key, ()) if one.version == version), None)


def frozen_before(versions: Versions, key: str, version: str) -> FrozenVersion | None:
    """Return the newest frozen version below a version, or None."""
    limit = version_order(version)
    return next((one for one in reversed(versions.get(key, ())) if version_order(one.version) < limit), None)
