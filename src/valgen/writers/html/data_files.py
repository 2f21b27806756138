"""Data of the interactive pages as script files beside the pages.

A page opened from a file share may not read a file, but it may run a script that lies beside it. So the trace is one
script, and what happened in the tests, which is most of the volume, is in chunks that a page loads when somebody opens
a row. A test's chunk follows from its id, so that a new test changes one chunk and not all that come after it.

Texts are made visible (control and bidirectional characters) before they become JSON; the pages write them as text
nodes and interpret nothing in them. Lists stand for objects, and a number for a node, because the trace of a large
project would otherwise repeat each name some hundred times.

Source: design.md §6 (HTML); integrity.md H-4, H-7.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from valgen.documents.blocks import Tone
from valgen.documents.cases import tone_of
from valgen.documents.dashboard import coverage_tone
from valgen.documents.executions import Execution, Line
from valgen.documents.explorer import CLAUSE, LINK_WORDS, ItemRow, Node, TestRow
from valgen.documents.interactive import SiteData
from valgen.documents.visible import visible
from valgen.model.outcome import Outcome

FOLDER = "_data"
TESTS_IN_CHUNK = 48

Resolve = Callable[[str], str | None]


def data_files(data: SiteData, resolve: Resolve) -> dict[str, str]:
    """Return the scripts by path in the site, such as ``_data/trace.js``.

    Args:
        data: to be shown.
        resolve: from an id to its address in the site, None for an unknown one.
    """
    count = chunk_count(len(data.tests))
    files = {
        f"{FOLDER}/trace.js": f'"use strict";\nconst valgenTrace = {_json(_Trace(data, resolve, count).value())};\n'
    }
    chunks: dict[int, list[list[Any]]] = {number: [] for number in range(count)}
    for one in data.executions:
        chunks[chunk_of(one.case, count)].append([_key(one.case, one.environment), _execution(one)])
    for number, held in chunks.items():
        lines = ",\n".join(_json(one) for one in held)
        files[chunk_path(number)] = f'"use strict";\nvalgenChunk({number}, [\n{lines}\n]);\n'
    return files


def chunk_count(tests: int) -> int:
    """Return how many chunks so many tests need: a power of two, so that it rarely changes."""
    count = 1
    while count * TESTS_IN_CHUNK < tests:
        count *= 2
    return count


def chunk_of(case: str, count: int) -> int:
    """Return the chunk that holds a test; the rows of an outline lie together."""
    return zlib.crc32(case.partition("[")[0].encode("utf-8", "surrogatepass")) % count


def chunk_path(number: int) -> str:
    """Return the path of a chunk in the site."""
    return f"{FOLDER}/steps-{number:04}.js"


class _Trace:
    """Makes the value of ``valgenTrace``; names become numbers here."""

    def __init__(self, data: SiteData, resolve: Resolve, chunks: int) -> None:
        self._data = data
        self._resolve = resolve
        self._chunks = chunks
        self._node = {node.id: number for number, node in enumerate(data.nodes)}
        self._kind = {kind.key: number for number, kind in enumerate(data.kinds)}
        self._test = {(test.id, test.environment): number for number, test in enumerate(data.tests)}
        self._first: dict[str, str] = {}
        for test in data.tests:
            self._first.setdefault(test.base, test.id)
        self._words: dict[tuple[str, Tone], int] = {}
        self._links: dict[str, int] = {}

    def value(self) -> dict[str, Any]:
        data = self._data
        kinds = [[visible(one.key), visible(one.name), one.layer, one.shape] for one in data.kinds]
        nodes = [
            [
                visible(node.id),
                self._kind[node.kind],
                visible(node.title),
                self._word(node.status, node.tone),
                self._word(node.dry_status, node.dry_tone),
                node.rows,
                self._address(node),
            ]
            for node in data.nodes
        ]
        edges = [[self._node[one.lower], self._node[one.upper], self._link(one.link)] for one in data.edges]
        items = [self._item(one) for one in data.items]
        tests = [self._one_test(one) for one in data.tests]
        clauses = [
            [
                self._name(one.id),
                visible(one.title),
                visible(one.regulation),
                visible(one.family),
                visible(one.evidence),
                visible(one.applicable),
                self._names(one.requirements),
                self._word(one.status, one.tone),
                self._word(one.dry_status, one.dry_tone),
            ]
            for one in data.clauses
        ]
        return {
            "formal": data.has_formal,
            "dry": data.has_dry,
            "kinds": kinds,
            "nodes": nodes,
            "edges": edges,
            "items": items,
            "tests": tests,
            "clauses": clauses,
            "words": [[visible(word), tone.value] for word, tone in self._words],
            "links": [[visible(name), visible(LINK_WORDS.get(name, name.replace("_", " ")))] for name in self._links],
            "chunks": self._chunks,
        }

    def _address(self, node: Node) -> str:
        """Return where a node is described: a clause in the matrix, an outline at its first row."""
        name = f"clause-{node.id}" if node.kind == CLAUSE else node.id
        found = self._resolve(name)
        if found is None and node.id in self._first:
            found = self._resolve(self._first[node.id])
        return found or ""

    def _item(self, one: ItemRow) -> list[Any]:
        return [
            self._name(one.id),
            visible(one.category),
            visible(one.priority),
            int(one.gxp),
            self._names(one.clauses),
            self._names(one.upstream),
            self._risks(one.risks),
            [[self._kind[kind], self._names(names)] for kind, names in one.chain if kind in self._kind],
            [self._test[test] for test in one.tests if test in self._test],
            [visible(name) for name in one.deviations],
            self._word(one.status, coverage_tone(one.status)),
            self._word(one.dry_status, coverage_tone(one.dry_status)),
        ]

    def _one_test(self, one: TestRow) -> list[Any]:
        address = self._resolve(f"{one.id}.{one.environment}") or self._resolve(one.id) or ""
        return [
            visible(one.id),
            self._name(one.base),
            visible(one.environment),
            one.stage,
            visible(one.title),
            visible(one.mode),
            ", ".join(one.kinds),
            self._names(one.verifies),
            self._names(one.requirements),
            self._risks(one.risks),
            self._word(one.result, tone_of(Outcome(one.result))),
            visible(one.run),
            self._word(one.dry_result, tone_of(Outcome(one.dry_result))),
            visible(one.dry_run),
            [visible(name) for name in one.deviations],
            visible(one.note),
            address,
            chunk_of(one.id, self._chunks),
        ]

    def _name(self, name: str) -> int | str:
        found = self._node.get(name)
        return visible(name) if found is None else found

    def _names(self, names: Iterable[str]) -> list[int | str]:
        return [self._name(name) for name in names]

    def _risks(self, risks: Iterable[tuple[str, str]]) -> list[list[int | str]]:
        return [[self._name(name), visible(priority)] for name, priority in risks]

    def _word(self, word: str, tone: Tone) -> int:
        return self._words.setdefault((word, tone), len(self._words))

    def _link(self, name: str) -> int:
        return self._links.setdefault(name, len(self._links))


def _key(case: str, environment: str) -> str:
    return visible(f"{case} {environment}")


def _execution(one: Execution) -> dict[str, Any]:
    found: dict[str, Any] = {
        "mode": one.mode.value,
        "run": visible(one.run),
        "attempt": one.attempt,
        "outcome": one.outcome.value,
        "tone": one.tone.value,
        "executor": visible(one.executor),
        "started": visible(one.started),
        "finished": visible(one.finished),
        "note": visible(one.note),
        "stale": one.stale,
        "rows": [
            [
                row.label,
                _lines(row.instruction),
                _lines(row.expected),
                _lines(row.observed),
                row.outcome.value,
                tone_of(row.outcome).value,
                visible(row.time),
                [
                    [
                        visible(held.id),
                        visible(held.name),
                        visible(held.media_type),
                        held.size_bytes,
                        visible(held.sha256),
                        visible(held.captured),
                        f"../{quote(held.path, safe='-_.~/', errors='replace')}" if held.path else "",
                        int(held.picture),
                    ]
                    for held in row.attachments
                ],
            ]
            for row in one.rows
        ],
    }
    if one.tables:
        found["tables"] = [
            [
                visible(table.caption),
                [visible(name) for name in table.columns],
                [[visible(text) for text in row] for row in table.rows],
                table.left_out,
            ]
            for table in one.tables
        ]
    if one.others:
        found["others"] = [
            [
                visible(other.run),
                other.mode.value,
                other.number,
                other.outcome.value,
                tone_of(other.outcome).value,
                visible(other.started),
                visible(other.message),
            ]
            for other in one.others
        ]
    return found


def _lines(lines: Iterable[Line]) -> list[Any]:
    """Return lines; one without a tone is a text, one with a tone a pair."""
    return [visible(one.text) if one.tone is Tone.NEUTRAL else [visible(one.text), one.tone.value] for one in lines]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
