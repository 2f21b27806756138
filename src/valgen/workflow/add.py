"""Append a stub of an item or a test case with the next free id.

Only ever appends: what stands in a file stays byte for byte. Source: design.md §7 (add).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from valgen.errors import ValgenError
from valgen.model.item_types import Field, FieldKind, ItemType
from valgen.model.outcome import Stage
from valgen.workflow.load import Loaded, load

_NUMBER = re.compile(r"[A-Z][A-Z0-9]*-(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A stub that was appended.

    Attributes:
        path: file, relative to the project.
        line: of the new id.
    """

    id: str
    path: str
    line: int


def add(root: Path, kind: str) -> Added:
    """Append a stub of ``kind``, an item type or IQ, OQ, PQ, to the project at ``root``.

    Raises:
        ValgenError: the project has no such type, or the file cannot be appended to safely.
    """
    loaded = load(root)
    kind = kind.upper()
    if kind in Stage.__members__:
        return _append_case(loaded, Stage(kind))
    types = loaded.graph.types
    if kind not in types:
        names = ", ".join([*types, *Stage.__members__])
        raise ValgenError(f"no type {kind}", why=f"the project has {names}", fix="name one of them")
    return _append_item(loaded, types[kind])


def next_id(loaded: Loaded, kind: str) -> str:
    """Return the next free id of a type: one above the highest number ever used, as wide as the others."""
    used = [*(item.id for item in loaded.project.items), *(case.base_id for case in loaded.project.cases)]
    found = [match.group(1) for name in used if name.startswith(f"{kind}-") and (match := _NUMBER.fullmatch(name))]
    width = max((len(digits) for digits in found), default=3)
    return f"{kind}-{max((int(digits) for digits in found), default=0) + 1:0{width}d}"


def _append_item(loaded: Loaded, kind: ItemType) -> Added:
    name = next_id(loaded, kind.key)
    own = [item.path for item in loaded.project.items if item.type == kind.key]
    folder = loaded.project.settings.paths.requirements
    path = own[-1] if own else f"{folder}/{kind.key.lower()}.yaml"
    target = loaded.root / path
    before = target.read_text(encoding="utf-8") if target.exists() else f"type: {kind.key}\nitems:\n"
    indent = _list_indent(before)
    if indent is None:
        path = f"{folder}/{kind.key.lower()}-{name.partition('-')[2]}.yaml"
        target = loaded.root / path
        if target.exists():
            raise ValgenError(f"{path} exists", why="the stub would change it", fix="append the item by hand")
        before, indent = f"type: {kind.key}\nitems:\n", "  "
    before += "" if before.endswith("\n") else "\n"
    lines = [f"{indent}- id: {name}", *(f"{indent}  {line}" for field in kind.fields for line in _stub(field, loaded))]
    _write(target, before + "\n".join(lines) + "\n")
    return Added(id=name, path=path, line=before.count("\n") + 1)


def _append_case(loaded: Loaded, stage: Stage) -> Added:
    name = next_id(loaded, stage.value)
    own = [case.path for case in loaded.project.cases if case.stage is stage]
    folder = loaded.project.settings.paths.test_scripts
    path = own[-1] if own else f"{folder}/{stage.value.lower()}/{stage.value.lower()}.feature"
    target = loaded.root / path
    before = target.read_text(encoding="utf-8") if target.exists() else f"Feature: {stage.value} tests\n"
    before += "" if before.endswith("\n") else "\n"
    items = [item.id for item in loaded.graph.active("FS")] or [item.id for item in loaded.graph.active("URS")]
    verifies = items[-1] if items else "FS-001"
    text = (
        f"\n  @{name} @verifies:{verifies}\n  Scenario: Say what is shown\n    Objective: say what the test shows.\n\n"
        "    Given the starting point\n    When the action\n    Then the result that must be seen\n"
    )
    _write(target, before + text)
    return Added(id=name, path=path, line=before.count("\n") + 2)


def _list_indent(text: str) -> str | None:
    """Return the indent of list entries when the file ends inside its ``items:`` list, else None."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not any(re.fullmatch(r"items:\s*(#.*)?", line) for line in lines):
        return None
    start = next(number for number, line in enumerate(lines) if re.fullmatch(r"items:\s*(#.*)?", line))
    after = lines[start + 1 :]
    if any(not line.startswith((" ", "-")) for line in after):
        return None
    entry = next((line for line in after if line.lstrip().startswith("- ")), "  - ")
    return entry[: len(entry) - len(entry.lstrip())]


def _stub(field: Field, loaded: Loaded) -> list[str]:
    if field.name in ("title", "text"):
        return [f"{field.name}: Say it in {'a few words' if field.name == 'title' else 'one sentence'}."]
    if not field.required and field.name not in ("satisfies", "acceptance", "priority"):
        return []
    if field.kind is FieldKind.LINKS:
        targets = [item.id for item in loaded.graph.active(*(field.targets or ("URS",)))]
        return [f"{field.name}: [{targets[-1]}]"] if targets else []
    if field.kind is FieldKind.CHOICE:
        return [f"{field.name}: {'must' if 'must' in field.choices else field.choices[-1]}"]
    return [f"{field.name}: {field.doc.rstrip('.')}."]


def _write(target: Path, text: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8", newline="\n")
