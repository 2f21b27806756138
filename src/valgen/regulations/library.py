"""Clauses and libraries as frozen values, read lazily from the compact index.

Every id of every library is *known*: a requirement may name ``ALCOA.original`` as well as
``21CFR11.10(e)``. Only an entry whose ``counts`` is true belongs into a coverage figure: it has
``coverage: required``, or ``conditional`` and its condition holds in the project, which the project
answers in ``requirements/applicability.yaml``. Whether it holds is not decided here.

The first question reads one JSON file; a clause becomes a value when somebody asks for it.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

INDEX_NAME = "index.json"

_TEXTS = ("title", "role", "coverage", "condition", "kind", "applies", "demand", "note", "group")
_LISTS = ("responsible", "expected_evidence", "typical_failures", "related", "external")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One entry of a library: a clause, principle, control or question.

    Attributes:
        id: stable id, such as ``21CFR11.10(e)`` or ``AWS-S3-01``.
        title: subject in a few words.
        library: name of its library, such as ``21-cfr-part-11``.
        group: subpart, phase, family or service within the library; empty where it has none.
        role: requirement, scope, definition or heading; empty outside the two regulations.
        coverage: required, conditional, reference or none; empty outside the two regulations.
        condition: what must hold for a conditional clause to need evidence.
        kind: technical, procedural or both.
        applies: closed, open, both or signatures.
        responsible: of system, organisation and supplier.
        demand: what is asked for.
        expected_evidence: what answers it.
        typical_failures: what goes wrong.
        related: ids in any library; written in one direction only.
        external: rules outside these libraries.
        note: caution or remark on currency.
        details: every other field of the entry, by name, as lines of text.
    """

    id: str
    title: str
    library: str
    group: str = ""
    role: str = ""
    coverage: str = ""
    condition: str = ""
    kind: str = ""
    applies: str = ""
    responsible: tuple[str, ...] = ()
    demand: str = ""
    expected_evidence: tuple[str, ...] = ()
    typical_failures: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    external: tuple[str, ...] = ()
    note: str = ""
    details: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Whether a coverage figure may hold it: required, or conditional on the project."""
        return self.coverage in ("required", "conditional")

    @property
    def conditional(self) -> bool:
        """Whether the project has to say if it applies."""
        return self.coverage == "conditional"


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """One file of clauses.

    Attributes:
        name: as written under ``regulations`` of the settings, such as ``eu-annex-11``.
        status: in force, draft, guidance; empty where the file does not say.
        in_force: False for a draft.
        ids: of its entries, in the order of the published text.
        facts: every other head field, by name, as lines of text.
    """

    name: str
    title: str
    status: str = ""
    in_force: bool = True
    ids: tuple[str, ...] = ()
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class _Clauses(Mapping[str, Clause]):
    """Every clause by id, made when it is asked for."""

    def __getitem__(self, key: str) -> Clause:
        return clause(key)

    def __iter__(self) -> Iterator[str]:
        return iter(_index()["entries"])

    def __len__(self) -> int:
        return len(_index()["entries"])

    def __contains__(self, key: object) -> bool:
        return key in _index()["entries"]


def known_ids() -> frozenset[str]:
    """Return every id that a requirement may name as a clause."""
    return _known_ids()


@functools.cache
def clause(clause_id: str) -> Clause:
    """Return one entry.

    Raises:
        KeyError: no library has an entry of this id.
    """
    entry = _index()["entries"][clause_id]
    fields: dict[str, Any] = {name: entry[name] for name in _TEXTS if name in entry}
    fields.update((name, tuple(entry[name])) for name in _LISTS if name in entry)
    details = {name: tuple(lines) for name, lines in entry.get("details", {}).items()}
    return Clause(id=clause_id, library=entry["library"], **fields, details=MappingProxyType(details))


def clauses() -> Mapping[str, Clause]:
    """Return every entry of every library by id, in the order of the libraries' names."""
    return _Clauses()


@functools.cache
def libraries() -> Mapping[str, Library]:
    """Return every library by name."""
    index = _index()
    ids: dict[str, list[str]] = {name: [] for name in index["libraries"]}
    for clause_id, entry in index["entries"].items():
        ids[entry["library"]].append(clause_id)
    return MappingProxyType({name: _library(name, head, ids[name]) for name, head in index["libraries"].items()})


def library(name: str) -> Library:
    """Return one library.

    Raises:
        KeyError: there is no library of this name.
    """
    return libraries()[name]


def library_clauses(name: str) -> tuple[Clause, ...]:
    """Return the entries of one library in the order of the published text.

    Raises:
        KeyError: there is no library of this name.
    """
    return tuple(clause(clause_id) for clause_id in library(name).ids)


def _library(name: str, head: Mapping[str, Any], ids: list[str]) -> Library:
    facts = {key: tuple(lines) for key, lines in head.get("facts", {}).items()}
    return Library(name=name, title=head["title"], status=head.get("status", ""), in_force=head["in_force"],
                   ids=tuple(ids), facts=MappingProxyType(facts))  # fmt: skip


@functools.cache
def _known_ids() -> frozenset[str]:
    return frozenset(_index()["entries"])


@functools.cache
def _index() -> Mapping[str, Any]:
    text = Path(__file__).with_name("data").joinpath(INDEX_NAME).read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found
