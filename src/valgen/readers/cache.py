"""What was read from unchanged files, kept in one file per project in the user's cache folder.

An entry belongs to the path and the SHA-256 of a file, and the whole pack (``packs``) to the readers, the item types
and the environments with which it was read; anything else is read anew. The cache holds nothing that the files
do not say, and may be deleted at any time.
"""

from __future__ import annotations

import marshal
from collections.abc import Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any

from valgen.errors import Finding
from valgen.model.item import Item, Link
from valgen.model.outcome import Mode, Stage, StepKind
from valgen.model.testcase import Step, TestCase
from valgen.readers.packs import pack_file, pack_findings, read_pack, unpack_findings, world_of, write_pack

FORMAT = 3
_ROOMS = ("readers", "model", "codes")

Loaded = tuple[list[Item], list[TestCase], list[Finding]]


class ReadCache:
    """Entries of one project.

    Args:
        folder: cache folder of the user; None keeps nothing.
        root: project folder; its resolved path names the pack.
        world: everything besides the file that decides what is read from it.
    """

    def __init__(self, folder: Path | None, root: Path, world: object) -> None:
        self._file = None
        self._old: dict[str, tuple[bytes, bytes]] = {}
        self._new: dict[str, tuple[bytes, bytes]] = {}
        if folder is not None:
            self._file = pack_file(folder, "read", root)
            self._world = world_of(_ROOMS, FORMAT, world)
            found = read_pack(self._file, self._world)
            self._old = found if isinstance(found, dict) else {}

    def get(self, path: str, digest: bytes) -> Loaded | None:
        """Return what was read from a file with this SHA-256, or None."""
        entry = self._old.get(path)
        if entry is None or entry[0] != digest:
            return None
        try:
            loaded = _unpack(path, marshal.loads(entry[1]))
        except (ValueError, TypeError, EOFError, KeyError, IndexError):
            return None
        self._new[path] = entry
        return loaded

    def put(self, path: str, digest: bytes, loaded: Loaded) -> None:
        """Keep what was read from a file."""
        if self._file is not None:
            self._new[path] = (digest, marshal.dumps(_pack(loaded)))

    def save(self) -> None:
        """Write the pack when anything changed; a cache that cannot be written is done without."""
        if self._file is not None and self._new != self._old:
            write_pack(self._file, self._world, self._new)


def _pack(loaded: Loaded) -> tuple[Any, ...]:
    items, cases, findings = loaded
    return (
        [
            (i.id, i.type, i.title, i.text, dict(i.fields), {name: _plain(links) for name, links in i.links.items()},
             i.retired, i.line, i.column, dict(i.marks))
            for i in items
        ],
        [
            (c.id, c.base_id, c.stage.value, c.title, c.feature, c.rule, c.description, c.objective, c.prerequisites,
             c.test_data, c.acceptance, _plain(c.verifies), _plain(c.risks), c.environments, sorted(c.flags),
             _plain(c.tags), c.mode.value,
             list(map(_STEP, c.steps)),
             dict(c.example), c.row, c.language, c.line, c.column, c.scenario_line, c.process, c.roles)
            for c in cases
        ],
        pack_findings(findings),
    )  # fmt: skip


def _plain(links: Sequence[Link]) -> tuple[tuple[str, int, int], ...]:
    return tuple([(link[0], link[1], link[2]) for link in links])


# In C, because steps are most of what is packed.
_STEP = attrgetter(
    "number", "kind._value_", "keyword", "text", "table", "doc_string", "media_type", "line", "column", "background"
)
_KINDS = {kind.value: kind for kind in StepKind}
_STAGES = {stage.value: stage for stage in Stage}
_MODES = {mode.value: mode for mode in Mode}
_NO_FLAGS: frozenset[str] = frozenset()


def _links(rows: Sequence[tuple[str, int, int]]) -> tuple[Link, ...]:
    return tuple([tuple.__new__(Link, row) for row in rows])


def _unpack(path: str, plain: tuple[Any, ...]) -> Loaded:
    packed_items, packed_cases, packed_findings = plain
    kinds = _KINDS
    items = [
        Item(
            id=id_, type=type_, title=title, text=text, fields=fields,
            links={name: _links(rows) for name, rows in links.items()},
            retired=retired, path=path, line=line, column=column, marks=marks,
        )
        for id_, type_, title, text, fields, links, retired, line, column, marks in packed_items
    ]  # fmt: skip
    cases = [
        TestCase(
            id=c[0], base_id=c[1], stage=_STAGES[c[2]], title=c[3], feature=c[4], rule=c[5], description=c[6],
            objective=c[7], prerequisites=c[8], test_data=c[9], acceptance=c[10], verifies=_links(c[11]),
            risks=_links(c[12]), environments=c[13], flags=frozenset(c[14]) if c[14] else _NO_FLAGS,
            tags=_links(c[15]), mode=_MODES[c[16]],
            steps=tuple(
                [
                    Step(
                        number=number, kind=kinds[kind], keyword=keyword, text=text, table=table,
                        doc_string=doc_string, media_type=media_type, line=line, column=column, background=background,
                    )
                    for number, kind, keyword, text, table, doc_string, media_type, line, column, background in c[17]
                ]
            ),
            example=c[18], row=c[19], language=c[20], path=path, line=c[21], column=c[22], scenario_line=c[23],
            process=c[24], roles=c[25],
        )
        for c in packed_cases
    ]  # fmt: skip
    return items, cases, unpack_findings(packed_findings)
