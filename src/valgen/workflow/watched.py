"""A project whose longest parts notice that they are read.

What people change most often are texts: the statement of a requirement, the steps of a test, a paragraph of prose. A
document that read none of a changed text says what it said before. So each item, test case and text of the project
has a *body*, whose number is noted in the memo of the context whenever something of it is read, and the rest, its
*head*: id, title, links, fields. A head that changes counts for every document.

Places of links are blanked: no document tells them, and every line that somebody adds moves them.

Changes nothing and decides nothing; ``renewal`` does. Source: docs/decisions/0032-packs-renewed.md.
"""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import Any, TypeVar

from valgen.documents.memo import Memo
from valgen.model.item import Item, Link
from valgen.model.project import Project, Prose
from valgen.model.testcase import TestCase
from valgen.workflow.load import Loaded

_ITEM_BODY = ("text", "line", "column", "marks")
_CASE_BODY = (
    "description", "objective", "prerequisites", "test_data", "acceptance", "steps", "example",
    "line", "column", "scenario_line",
)  # fmt: skip
_PROSE_BODY = ("text",)
_STEP = attrgetter(
    "number", "kind._value_", "keyword", "text", "table", "doc_string", "media_type", "line", "column", "background"
)
_T = TypeVar("_T", Item, TestCase, Prose)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A project that notices what is read of it.

    Attributes:
        loaded: the project, with the same content.
        memo: that notes the numbers of bodies that are read; contexts of the project must have it.
        heads: digest of everything but the bodies.
        bodies: digest of each body, by number.
    """

    loaded: Loaded
    memo: Memo
    heads: bytes
    bodies: tuple[bytes, ...]

    def digest(self, numbers: Iterable[int]) -> bytes | None:
        """Return one digest of several bodies; None where the project has not so many."""
        try:
            return hashlib.sha256(b"".join([self.bodies[number] for number in numbers])).digest()
        except IndexError:
            return None


def watched(loaded: Loaded) -> Watched:
    """Return a project that notices what is read of it.

    Raises:
        ValueError: a value of an item is of a kind that no reader gives.
    """
    memo, project = Memo(), loaded.project
    prose = list(project.prose.items())
    count = len(project.items) + len(project.cases)
    items = _Kind(Item, _ITEM_BODY, memo, count + len(prose)).all(project.items, 0, _without_places)
    cases = _Kind(TestCase, _CASE_BODY, memo, count + len(prose)).all(project.cases, len(items), _case_without_places)
    texts = _Kind(Prose, _PROSE_BODY, memo, count + len(prose)).all([one for _, one in prose], count, lambda one: {})
    content = {one.path for one in project.items} | {one.path for one in project.cases}
    content |= {one.path for _, one in prose}
    own = replace(
        project,
        items=tuple(items),
        cases=tuple(cases),
        prose={key: text for (key, _), text in zip(prose, texts, strict=True)},
        files=tuple(one for one in project.files if one.path not in content),
        findings=(),
    )
    now = {id(old): new for old, new in zip(project.items, items, strict=True)}
    now_cases = {id(old): new for old, new in zip(project.cases, cases, strict=True)}
    graph = replace(
        loaded.graph,
        items={name: now[id(one)] for name, one in loaded.graph.items.items()},
        cases={name: now_cases[id(one)] for name, one in loaded.graph.cases.items()},
    )
    return Watched(
        loaded=Loaded(root=loaded.root, project=own, graph=graph),
        memo=memo,
        heads=_heads(project, own),
        bodies=tuple(_bodies(project)),
    )


def _heads(project: Project, own: Project) -> bytes:
    items = [
        (one.id, one.type, one.title, one.retired, one.path, _pairs(one.fields),
         [(name, [link[0] for link in links]) for name, links in one.links.items()])
        for one in project.items
    ]  # fmt: skip
    cases = [
        (one.id, one.base_id, one.stage.value, one.title, one.feature, one.rule, one.mode.value, one.row, one.language,
         one.path, one.process, one.roles, one.environments, sorted(one.flags),
         [link[0] for link in one.verifies], [link[0] for link in one.risks], [link[0] for link in one.tags])
        for one in project.cases
    ]  # fmt: skip
    rest = (
        project.settings, project.documents, project.applicability, project.screening, own.files,
        [(key, one.key, one.path) for key, one in project.prose.items()],
    )  # fmt: skip
    digest = hashlib.sha256(marshal.dumps((items, cases), 0))  # an older form, in which equal values give equal bytes
    digest.update(repr(rest).encode("utf-8", "surrogatepass"))
    return digest.digest()


def _bodies(project: Project) -> Iterator[bytes]:
    for item in project.items:
        yield _digest((item.text, item.line, item.column, _pairs(item.marks)))
    for case in project.cases:
        yield _digest(
            (case.description, case.objective, case.prerequisites, case.test_data, case.acceptance,
             list(map(_STEP, case.steps)), _pairs(case.example), case.line, case.column, case.scenario_line)
        )  # fmt: skip
    for prose in project.prose.values():
        yield _digest(prose.text)


def _digest(value: Any) -> bytes:
    return hashlib.sha256(marshal.dumps(value, 0)).digest()


def _pairs(values: Any) -> list[tuple[Any, Any]]:
    return [(name, list(_pairs(one)) if hasattr(one, "items") else one) for name, one in values.items()]


def _without_places(item: Item) -> dict[str, Any]:
    return {"links": {name: _blank(links) for name, links in item.links.items()}}


def _case_without_places(case: TestCase) -> dict[str, Any]:
    return {name: _blank(getattr(case, name)) for name in ("verifies", "risks", "tags")}


def _blank(links: tuple[Link, ...]) -> tuple[Link, ...]:
    return tuple([Link(link[0], 0, 0) for link in links])


class _Kind:
    """A class like a given one, whose values note in a memo that their body is read.

    Args:
        kind: a frozen dataclass with slots.
        body: fields of the body.
        memo: notes the numbers.
        count: of all bodies.
    """

    def __init__(self, kind: type[Any], body: tuple[str, ...], memo: Memo, count: int) -> None:
        slots = {field.name: getattr(kind, field.name) for field in fields(kind)}
        every = range(count)

        def noticed(slot: Any) -> property:
            read, write = slot.__get__, slot.__set__

            def get(value: Any) -> Any:
                try:
                    memo.read.add(value._number)
                except AttributeError:  # a changed copy, of which nobody knows whose body it has
                    memo.read.update(every)
                return read(value)

            return property(get, write)

        names = {"__slots__": ("_number",), "__module__": kind.__module__, "__qualname__": kind.__qualname__}
        self._made = type(kind.__name__, (kind,), {**names, **{name: noticed(slots[name]) for name in body}})
        self._slots = [(name, slot.__get__, slot.__set__) for name, slot in slots.items()]
        self._number = self._made._number.__set__  # type: ignore[attr-defined]

    def all(self, values: Iterable[_T], first: int, changed: Callable[[_T], dict[str, Any]]) -> list[_T]:
        """Return values of the new class, numbered from ``first``, some of their fields changed."""
        found: list[_T] = []
        for number, value in enumerate(values, first):
            new: _T = object.__new__(self._made)
            other = changed(value)
            for name, read, write in self._slots:
                write(new, other[name] if name in other else read(value))
            self._number(new, number)
            found.append(new)
        return found
