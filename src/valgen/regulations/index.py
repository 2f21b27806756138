"""Make ``data/index.json`` from the YAML libraries: ``python -m valgen.regulations.index``.

Run it after a library changed; a test fails while the index differs from the YAML. With ``--check``
nothing is written and the exit status says whether the index is current.

The libraries name the main statement of an entry differently (demand, point, rule, question, check);
the index calls it ``demand`` everywhere and keeps what has no common name under ``details``.
"""

from __future__ import annotations

import json
import pathlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from valgen.regulations.library import INDEX_NAME

DATA = pathlib.Path(__file__).parent / "data"

# First name that an entry has wins; the order matters where an entry has several.
_TITLE = ("title", "check", "item", "rule")
_DEMAND = ("demand", "question", "meaning", "definition", "pass_when", "period", "content", "point", "part11",
           "approach", "check", "rule", "item")  # fmt: skip
_GROUP = ("subpart", "phase", "group", "service", "family")
_EVIDENCE = ("expected_evidence", "evidence", "answered_by")
_RELATED = ("related", "clauses")
_PLAIN = ("role", "coverage", "condition", "kind", "applies", "note")
_PLAIN_LISTS = ("responsible", "typical_failures", "external")


def build_index(folder: pathlib.Path) -> dict[str, Any]:
    """Return the index of every ``*.yaml`` in ``folder``.

    Raises:
        ValueError: an id occurs twice, or an entry has no text that could serve as its title.
    """
    import yaml

    heads: dict[str, Any] = {}
    entries: dict[str, Any] = {}
    for path in sorted(folder.glob("*.yaml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        name = document["library"]
        heads[name] = _head(document)
        for entry in entries_of(document):
            if entry["id"] in entries:
                raise ValueError(f"{path.name}: {entry['id']} stands in {entries[entry['id']]['library']} already")
            entries[entry["id"]] = _entry(name, entry)
    return {"libraries": heads, "entries": entries}


def entries_of(node: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every mapping with an ``id``, outer ones first, in the order of the file."""
    if isinstance(node, Mapping):
        if "id" in node:
            yield node
        for value in node.values():
            yield from entries_of(value)
    elif isinstance(node, list):
        for value in node:
            yield from entries_of(value)


def index_text(index: Mapping[str, Any]) -> str:
    """Return the index as it stands in the file: compact, one line, UTF-8 text."""
    return json.dumps(index, ensure_ascii=False, separators=(",", ":")) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Write the index, or with ``--check`` compare it; return the exit status."""
    target = DATA / INDEX_NAME
    wanted = index_text(build_index(DATA))
    if "--check" in arguments:
        current = target.is_file() and target.read_text(encoding="utf-8") == wanted
        print(f"{INDEX_NAME} is {'current' if current else 'not current: run python -m valgen.regulations.index'}")
        return 0 if current else 1
    target.write_text(wanted, encoding="utf-8", newline="\n")
    print(f"{INDEX_NAME}: {len(wanted.encode())} bytes")
    return 0


def _head(document: Mapping[str, Any]) -> dict[str, Any]:
    head: dict[str, Any] = {"title": document["title"], "in_force": document.get("in_force", True)}
    if "status" in document:
        head["status"] = document["status"]
    facts = {
        key: _lines(value)
        for key, value in document.items()
        if key not in ("library", "title", "status", "in_force", "id") and not any(True for _ in entries_of(value))
    }
    return {**head, "facts": facts}


def _entry(library: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    used = {"id"}

    def first(names: Sequence[str]) -> Any:
        name = next((name for name in names if name in entry), None)
        if name is None:
            return None
        used.add(name)
        return entry[name]

    title = first(_TITLE)
    if title is None:
        text = first(("point", "v_model", "points", "phases"))
        if text is None:
            raise ValueError(f"{entry['id']} has no title")
        title = _TITLES_OF_UNTITLED.get(entry["id"], _lines(text)[0])
    found: dict[str, Any] = {"library": library, "title": str(title)}
    demand = first(_DEMAND)
    found["demand"] = str(demand) if demand is not None else _joined(entry.get("points", title))
    group = first(_GROUP)
    if group is not None:
        found["group"] = str(group)
    for name in _PLAIN:
        if name in entry:
            used.add(name)
            found[name] = str(entry[name])
    for name, values in (("expected_evidence", first(_EVIDENCE)), ("related", first(_RELATED))):
        if values:
            found[name] = _lines(values)
    for name in _PLAIN_LISTS:
        if entry.get(name):
            found[name] = _lines(entry[name])
        used.add(name)
    details = {
        name: _lines(value)
        for name, value in entry.items()
        if name not in used and not any(True for _ in entries_of(value))
    }
    return {**found, **({"details": details} if details else {})}


_TITLES_OF_UNTITLED = {
    "CSA.vendor": "Supplier evidence under Computer Software Assurance",
    "CSA.part11": "Part 11 and Computer Software Assurance",
    "GAMP5.lifecycle": "Life cycle of a computerised system",
}


def _lines(value: Any) -> list[str]:
    """Return any YAML value as lines of text; nested mappings become ``key: value`` lines."""
    if isinstance(value, Mapping):
        return [f"{key}: {'; '.join(_lines(inner))}" for key, inner in value.items()]
    if isinstance(value, list):
        return ["; ".join(_lines(inner)) if isinstance(inner, Mapping | list) else _scalar(inner) for inner in value]
    return [_scalar(value)]


def _joined(points: Any) -> str:
    """Return points as running text; a point may be a text or a mapping that holds its ``fact``."""
    listed = points if isinstance(points, list) else [points]
    return " ".join(str(point["fact"]) if isinstance(point, Mapping) else str(point) for point in listed)


def _scalar(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
