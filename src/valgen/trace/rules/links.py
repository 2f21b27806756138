"""Rules about links between items: ids once, links that lead somewhere, upward, in no circle."""

from __future__ import annotations

from collections.abc import Iterator

from valgen.codes import finding
from valgen.errors import Finding
from valgen.model.item import Item
from valgen.model.project import Project
from valgen.trace.graph import Graph
from valgen.trace.rules.suggest import did_you_mean

_VERBS = {"satisfies": "satisfies", "assesses": "assesses", "mitigated_by": "is mitigated by", "affects": "affects"}


def check_links(project: Project, graph: Graph) -> Iterator[Finding]:
    """Yield duplicate ids, broken links, wrong levels, links to retired items, orphans and circles."""
    for item in project.items:
        first = graph.items[item.id]
        if first is not item:
            yield finding(
                "VG140",
                f"{item.id} is already defined at {first.location}",
                item.location,
                ids=(item.id,),
                fix=f"give this item another id; {_next_free(item, graph)} is free",
            )
    link_fields = {key: kind.link_fields for key, kind in graph.types.items()}
    for item in project.items:
        for field in link_fields.get(item.type, ()):
            for link in item.links.get(field.name, ()):
                yield from _check_link(item, field.name, field.targets, link.target, link, graph)
        if not item.retired and not graph.up.get(item.id):
            kind = graph.types.get(item.type)
            if kind is not None and kind.links_up and not any(item.links.get(f.name) for f in kind.link_fields):
                yield finding("VG145", f"{item.id} satisfies no requirement", item.location, ids=(item.id,))
    yield from _circles(graph)


def _check_link(
    item: Item, field: str, targets: tuple[str, ...], target: str, link: object, graph: Graph
) -> Iterator[Finding]:
    place = item.link_location(link)  # type: ignore[arg-type]
    verb = _VERBS.get(field, field)
    found = graph.items.get(target)
    if found is None:
        if field == "mitigated_by" and (target in graph.rows or target in graph.cases):
            return
        known = [*graph.items, *graph.rows] if field == "mitigated_by" else graph.items
        hint = did_you_mean(target, known)
        yield finding(
            "VG104",
            f"{item.id} {verb} {target}, which no file defines",
            place,
            ids=(item.id, target),
            fix=f"define {target}, or {hint}" if hint else f"define {target}, or correct the id",
        )
    elif target == item.id:
        yield finding("VG141", f"{item.id} {verb} itself", place, ids=(item.id,), fix="remove the link to itself")
    elif targets and found.type not in targets:
        allowed = ", ".join(targets[:-1]) + (" or " if len(targets) > 1 else "") + targets[-1]
        yield finding(
            "VG142",
            f"{item.id} {verb} {target}, which is of type {found.type}",
            place,
            ids=(item.id, target),
            fix=f"name an item of type {allowed}",
        )
    elif field == "satisfies" and found.type == item.type and not targets:
        yield finding("VG142", f"{item.id} {verb} {target}, which is of the same type", place, ids=(item.id, target))
    elif found.retired and not item.retired:
        yield finding("VG143", f"{item.id} {verb} {target}, which is retired", place, ids=(item.id, target))


def _circles(graph: Graph) -> Iterator[Finding]:
    done: set[str] = set()
    for start in graph.up:
        if start in done:
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
            targets = graph.up.get(name, ())
            if number < len(targets):
                stack.append((name, number + 1))
                target = targets[number]
                if target in on_path:
                    circle = [*path[path.index(target) :], target]
                    item = graph.items[name]
                    link = next(link for link in item.links["satisfies"] if link.target == target)
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
