"""Rules about links between items: ids once, links that lead somewhere, upward, in no circle."""

from __future__ import annotations

from collections.abc import Iterator

from valgen.codes import finding
from valgen.errors import Finding
from valgen.model.item import Item, Link
from valgen.model.item_types import Field
from valgen.model.project import Project
from valgen.trace.graph import MITIGATED_BY, SATISFIES, Graph
from valgen.trace.rules.suggest import Suggestions

_VERBS = {"satisfies": "satisfies", "assesses": "assesses", "mitigated_by": "is mitigated by", "affects": "affects"}


# A procedure or supplier evidence may stand there for a risk alone; a function or design element needs a requirement.
_MAY_SERVE_A_RISK = ("SOP", "SUP")


def check_links(project: Project, graph: Graph) -> Iterator[Finding]:
    """Yield duplicate ids, broken links, wrong levels, links to retired items, orphans and circles."""
    free: dict[str, str] = {}
    for item in project.items:
        first = graph.items[item.id]
        if first is not item:
            if item.type not in free:
                free[item.type] = _next_free(item, graph)
            yield finding(
                "VG140",
                f"{item.id} is already defined at {first.location}",
                item.location,
                ids=(item.id,),
                fix=f"give this item another id; {free[item.type]} is free",
            )
    link_fields = {key: kind.link_fields for key, kind in graph.types.items()}
    controls = {name for names in graph.controls.values() for name in names}
    check = _LinkCheck(graph)
    for item in project.items:
        fields = link_fields.get(item.type, ())
        linked = False
        for field in fields:
            for link in item.links.get(field.name, ()):
                linked = True
                yield from check.link(item, field, link)
        if linked or item.retired or not fields or not graph.types[item.type].links_up:
            continue
        if item.type not in _MAY_SERVE_A_RISK or item.id not in controls:
            yield finding("VG145", f"{item.id} satisfies no requirement", item.location, ids=(item.id,))
    yield from _circles(graph)


class _LinkCheck:
    """Judges one link at a time."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.items = Suggestions(graph.items)
        self.controls = Suggestions({**graph.items, **graph.rows})

    def link(self, item: Item, field: Field, link: Link) -> Iterator[Finding]:
        """Yield what is wrong with one link of an item."""
        found = self.graph.items.get(link.target)
        if found is None:
            yield from self._to_no_item(item, field, link)
            return
        verb, target, ids = _VERBS.get(field.name, field.name), link.target, (item.id, link.target)
        if target == item.id:
            place = item.link_location(link)
            yield finding("VG141", f"{item.id} {verb} itself", place, ids=(item.id,), fix="remove the link to itself")
        elif field.targets and found.type not in field.targets:
            what = f"{item.id} {verb} {target}, which is of type {found.type}"
            yield finding("VG142", what, item.link_location(link), ids=ids, fix=_allowed(field))
        elif field.name == SATISFIES and found.type == item.type and not field.targets:
            what = f"{item.id} {verb} {target}, which is of the same type"
            yield finding("VG142", what, item.link_location(link), ids=ids)
        elif found.retired and not item.retired:
            what = f"{item.id} {verb} {target}, which is retired"
            yield finding("VG143", what, item.link_location(link), ids=ids)

    def _to_no_item(self, item: Item, field: Field, link: Link) -> Iterator[Finding]:
        verb, target, ids = _VERBS.get(field.name, field.name), link.target, (item.id, link.target)
        place = item.link_location(link)
        run_ids = self.graph.rows.get(target) or ((target,) if target in self.graph.cases else ())
        if run_ids and field.name != MITIGATED_BY:
            what = f"{item.id} {verb} {target}, which is a test case"
            yield finding("VG142", what, place, ids=ids, fix=_allowed(field))
        elif run_ids:
            if not item.retired and all(self.graph.cases[run_id].retired for run_id in run_ids):
                yield finding("VG143", f"{item.id} {verb} {target}, which is retired", place, ids=ids)
        else:
            hint = (self.controls if field.name == MITIGATED_BY else self.items).hint(target)
            yield finding(
                "VG104",
                f"{item.id} {verb} {target}, which no file defines",
                place,
                ids=ids,
                fix=f"define {target}, or {hint or 'correct the id'}",
            )


def _allowed(field: Field) -> str:
    """Return which types a field may name; empty where it may name any."""
    targets = field.targets
    if not targets:
        return ""
    return f"name an item of type {', '.join(targets[:-1])}{' or ' if len(targets) > 1 else ''}{targets[-1]}"


def _circles(graph: Graph) -> Iterator[Finding]:
    done: set[str] = set()
    # Whoever is part of a circle satisfies something and is satisfied by something; few items of a project do both.
    above = {target for targets in graph.up.values() for target in targets}
    between = graph.up.keys() & above
    for start in graph.up:
        if start in done or start not in between:
            continue
        path: list[str] = []
        on_path: set[str] = set()
        stack: list[tuple[str, int]] = [(start, 0)]
        while stack:
            name, number = stack.pop()
            if number == 0:
                if name in done:
                    continue
                path.append(name)
                on_path.add(name)
            targets = [target for target in graph.up[name] if target in between]
            if number < len(targets):
                stack.append((name, number + 1))
                target = targets[number]
                if target in on_path:
                    circle = [*path[path.index(target) :], target]
                    item = graph.items[name]
                    link = next(link for link in item.links[SATISFIES] if link.target == target)
                    yield finding(
                        "VG141",
                        f"links in a circle: {' -> '.join(circle)}",
                        item.link_location(link),
                        ids=tuple(circle[:-1]),
                        fix=f"remove {target} from satisfies of {name}",
                    )
                elif target not in done:
                    stack.append((target, 0))
            else:
                path.pop()
                on_path.discard(name)
                done.add(name)


def _next_free(item: Item, graph: Graph) -> str:
    highest = 0
    for name in graph.items:
        prefix, _, rest = name.partition("-")
        if prefix == item.type and rest.isdecimal():
            highest = max(highest, int(rest))
    return f"{item.type}-{highest + 1:03d}"
