"""Rules about records of training, suppliers, changes and reviews: complete, in order, followed up.

Source: domain/documents.md b.16.
"""

from __future__ import annotations

from collections.abc import Iterator

from valgen.codes import finding
from valgen.errors import Finding
from valgen.model.item import Item
from valgen.trace.graph import Graph
from valgen.trace.rules.suggest import Suggestions
from valgen.trace.training import Standing, named_records, standing

_CLOSED_NEEDS = {
    "impact_assessment": "impact assessment",
    "validation_scope": "validation scope",
    "implementation": "implementation",
    "verified": "verification after implementation",
}
_ASSESSED = ("major", "emergency")


def check_supporting(graph: Graph) -> Iterator[Finding]:
    """Yield records that are incomplete, contradict themselves, or are not followed up."""
    trainings = tuple(graph.active("TRN"))
    for item in trainings:
        yield from _training(item, trainings)
    for item in graph.active("SA"):
        yield from _supplier_point(item)
    for item in graph.active("SUP"):
        yield from _reliance(item)
    for item in graph.active("CR"):
        yield from _change(item)
    for item in graph.active("PRV"):
        yield from _review_point(item)
    yield from _prerequisites(graph)


def _training(item: Item, trainings: tuple[Item, ...]) -> Iterator[Finding]:
    ids = (item.id,)
    held, until = item.value("date"), item.value("valid_until")
    lacking = [] if item.value("trainer") or not held else ["trainer"]
    if held and item.value("assessment") and not item.value("outcome"):
        lacking.append("outcome of the assessment")
    if lacking:
        yield finding("VG360", f"{item.id} has a date but no {' and no '.join(lacking)}", item.location, ids=ids)
    if not held and item.value("outcome"):
        yield finding("VG360", f"{item.id} has an outcome but no date", item.where("outcome"), ids=ids)
    if held and until and until < held:
        yield finding(
            "VG361", f"{item.id} is valid until {until}, before its date {held}", item.where("valid_until"), ids=ids
        )
    if standing(item) is Standing.FAILED and not any(_repeats(item, other) for other in trainings):
        yield finding("VG362", f"{item.id}: {item.value('person')} did not pass", item.where("outcome"), ids=ids)


def _repeats(failed: Item, other: Item) -> bool:
    """Whether a record shows that the same person passed the same training later."""
    if standing(other) is not Standing.COMPLETED or other.value("date") < failed.value("date"):
        return False
    same = other.title == failed.title or set(failed.values("covers")) <= set(other.values("covers"))
    return other.value("person") == failed.value("person") and same


def _supplier_point(item: Item) -> Iterator[Finding]:
    action, due = item.value("action"), item.value("due")
    if item.value("rating") in ("major", "critical") and not action:
        what = f"{item.id} is rated {item.value('rating')} and has no action"
        yield finding("VG364", what, item.where("rating"), ids=(item.id,))
    elif action and not due:
        yield finding("VG364", f"the action of {item.id} has no date", item.where("action"), ids=(item.id,))


def _reliance(item: Item) -> Iterator[Finding]:
    leverage, match = item.value("leverage"), item.value("version_match")
    if leverage == "full" and match in ("partly", "no"):
        what = (
            f"{item.id} is relied on in full, but its version matches {'only partly' if match == 'partly' else 'not'}"
        )
        yield finding("VG365", what, item.where("leverage"), ids=(item.id,))
    elif leverage == "partial" and match == "no" and not item.value("site_evidence"):
        what = f"{item.id} is about another version and does not say what is shown on site"
        yield finding("VG365", what, item.where("leverage"), ids=(item.id,))


def _change(item: Item) -> Iterator[Finding]:
    closed, asked = item.value("closed"), item.value("date")
    if closed and asked and closed < asked:
        what = f"{item.id} is closed on {closed}, before it was requested on {asked}"
        yield finding("VG361", what, item.where("closed"), ids=(item.id,))
    if closed:
        lacking = [words for name, words in _CLOSED_NEEDS.items() if not item.value(name)]
        if lacking:
            yield finding("VG366", f"{item.id} is closed without {', '.join(lacking)}", item.where("closed"),
                          ids=(item.id,))  # fmt: skip
    elif item.value("implementation") and item.value("kind") in _ASSESSED and not item.value("impact_assessment"):
        what = f"{item.id} is a change of kind {item.value('kind')}, implemented without impact assessment"
        yield finding("VG366", what, item.where("implementation"), ids=(item.id,))


def _review_point(item: Item) -> Iterator[Finding]:
    if item.value("result") != "action_required":
        return
    lacking = [name for name in ("action", "owner", "due") if not item.value(name)]
    if lacking:
        what = f"{item.id} asks for an action and has no {', no '.join(lacking)}"
        yield finding("VG368", what, item.where("result"), ids=(item.id,))


def _prerequisites(graph: Graph) -> Iterator[Finding]:
    """One finding per scenario and record, because every row of an outline has the same prerequisites."""
    known = Suggestions(graph.items)
    seen: set[tuple[str, str]] = set()
    for case in graph.cases.values():
        # Most projects name no record: the look at the text costs less than the search in it.
        if case.retired or "TRN-" not in case.prerequisites:
            continue
        for name in named_records(case):
            if (case.base_id, name) in seen:
                continue
            seen.add((case.base_id, name))
            item = graph.items.get(name)
            ids = (case.id, name)
            if item is None:
                hint = known.hint(name)
                yield finding(
                    "VG363",
                    f"{case.base_id} asks for {name}, which no file defines",
                    case.location,
                    ids=ids,
                    fix=f"define {name}, or {hint or 'correct the id'}",
                )
            elif item.retired or standing(item) is not Standing.COMPLETED:
                word = "retired" if item.retired else standing(item).value
                yield finding("VG369", f"{case.base_id} asks for {name}, which is {word}", case.location, ids=ids)
