"""Item types of a project, and its scales and matrices of risk, from the settings.

A type of one's own has ``name``, ``document``, ``links`` (types that its ``satisfies`` may name) and
``fields``; title, text and the fields common to all types come with it. Scales other than low, medium and high
change which words a risk may use, so they come back as a changed type RSK.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from valgen.model.document_types import DOCUMENT_TYPES
from valgen.model.ids import is_type
from valgen.model.item_types import COMMON_FIELDS, SCALE, SCORE_KEYS, SHIPPED_TYPES, Field, FieldKind, ItemType
from valgen.model.project import RiskMethod
from valgen.readers import settings_declared as declared
from valgen.readers.settings_declared import Setting, SettingKind
from valgen.readers.settings_table import TableReader
from valgen.readers.suggest import did_you_mean, one_of
from valgen.readers.text import shown

OWN_KINDS = tuple(kind.value for kind in FieldKind if kind not in (FieldKind.SCORES, FieldKind.CLAUSES))
_RISK_KEYS = ("method", "scale", "severity", "probability", "detectability", "class", "priority", "bands")
_TEXTS = Setting(name="", doc="", kind=SettingKind.TEXTS)


def read_types(tables: TableReader, table: object) -> dict[str, ItemType]:
    """Return the project's own item types by key."""
    types: dict[str, ItemType] = {}
    written = tables.table(table, ("types",))
    keys = [*SHIPPED_TYPES, *written]
    for key, entry in written.items():
        path = ("types", key)
        if key in SHIPPED_TYPES or key in declared.STAGES:
            fix = "choose another key"
            if key in SHIPPED_TYPES:
                fix += f", or remove the table and use the shipped type {key}: {SHIPPED_TYPES[key].name.lower()}"
            tables.add("VG033", f"{key} is a type that valgen ships", path, fix=fix)
            continue
        if not is_type(key):
            tables.add(
                "VG033",
                f"{shown(key) or '(empty)'} cannot be an item type",
                path,
                fix="use capital letters and digits, such as IF",
            )
            continue
        rest = dict(tables.table(entry, path))
        own = _fields(tables, rest.pop("fields", {}), (*path, "fields"), keys)
        flags = {name: _flag(tables, rest, name, path, True) for name in ("links_up", "text_required")}
        read = tables.read(rest, path, declared.ITEM_TYPE)
        types[key] = _item_type(tables, key, read, own, flags, keys)
    return types


def _item_type(
    tables: TableReader,
    key: str,
    read: Mapping[str, Any],
    own: tuple[Field, ...],
    flags: Mapping[str, bool],
    keys: list[str],
) -> ItemType:
    path = ("types", key)
    document = read.get("document", key)
    if document not in DOCUMENT_TYPES and document not in keys:
        fix = did_you_mean(document, (*DOCUMENT_TYPES, *keys)) or f"write a document type, or {key}"
        tables.add(
            "VG007",
            f"document is {shown(document)}, which is no document type",
            (*path, "document"),
            fix=fix,
            value=True,
        )
        document = key
    links = read.get("links")
    targets = _known_types(tables, links or (), (*path, "links"), keys)
    satisfies = replace(_shipped("FS", "satisfies"), targets=targets)
    common = {field.name: field for field in COMMON_FIELDS}
    head = (
        replace(common["title"], required=True),
        replace(common["text"], required=flags["text_required"]),
    )
    taken = {"title", "text", "satisfies"} | {field.name for field in own}
    tail = tuple(replace(field, required=False) for field in COMMON_FIELDS if field.name not in taken)
    has_links = links is None or bool(links)
    return ItemType(
        key=key,
        name=read.get("name", key),
        document=document,
        fields=(*head, *((satisfies,) if has_links else ()), *own, *tail),
        links_up=flags["links_up"] and bool(links),  # an orphan only where links are asked for
    )


def _shipped(key: str, name: str) -> Field:
    return next(field for field in SHIPPED_TYPES[key].fields if field.name == name)


def _fields(tables: TableReader, table: object, path: tuple[str | int, ...], keys: list[str]) -> tuple[Field, ...]:
    fields = []
    settings = tuple(
        replace(setting, choices=OWN_KINDS) if setting.name == "kind" else setting for setting in declared.ITEM_FIELD
    )
    for name, entry in tables.table(table, path).items():
        where = (*path, name)
        if name in ("id", "type", "title", "text", "satisfies", "status", "reason", "regulations"):
            tables.add("VG033", f"the field {name} exists in every type", where, fix="choose another name")
            continue
        rest = dict(tables.table(entry, where))
        required = _flag(tables, rest, "required", where, False)
        read = tables.read(rest, where, settings)
        kind = FieldKind(read.get("kind", "text"))
        choices = read.get("choices", ())
        if kind in (FieldKind.CHOICE, FieldKind.CHOICES) and not choices:
            tables.add("VG008", f"the field {name} has no choices", where, fix='add choices = ["...", "..."]')
            continue
        label = read.get("label") or name.replace("_", " ").capitalize()
        fields.append(
            Field(
                name=name, kind=kind, label=label, doc=read.get("doc") or f"{label}.", required=required,
                choices=choices,
                targets=_known_types(tables, read.get("targets", ()), (*where, "targets"), keys),
                default=read.get("default", ""),
            )
        )  # fmt: skip
    return tuple(fields)


def _known_types(
    tables: TableReader, names: tuple[str, ...], path: tuple[str | int, ...], keys: list[str]
) -> tuple[str, ...]:
    kept = []
    for index, name in enumerate(names):
        if name in keys:
            kept.append(name)
        else:
            fix = did_you_mean(name, keys) or f"known types are {one_of(keys)}"
            tables.add("VG007", f"{shown(name)} is no item type", (*path, index), fix=fix, value=True)
    return tuple(kept)


def _flag(tables: TableReader, table: dict[str, Any], name: str, path: tuple[str | int, ...], default: bool) -> bool:
    value = table.pop(name, default)
    if isinstance(value, bool):
        return value
    tables.add("VG006", f"{name} is true or false", (*path, name), value=True)
    return default


def read_risk(tables: TableReader, table: object) -> tuple[RiskMethod, dict[str, ItemType]]:
    """Return the risk method, and a changed type RSK where the scales have other words."""
    written = tables.table(table, ("risk",))
    for key in written:
        if key not in _RISK_KEYS:
            tables.unknown(("risk", key), _RISK_KEYS)
    choice = Setting(name="method", doc="", kind=SettingKind.CHOICE, choices=declared.RISK_METHODS)
    method = tables.value(choice, written.get("method", "two-step"), ("risk", "method")) or "two-step"
    if method == "rpn":
        scales = _rpn_scales(tables, written)
        risk = RiskMethod(method="rpn", bands=_bands(tables, written.get("bands")))
    else:
        scales = {key: _scale(tables, written, key) for key in SCORE_KEYS}
        risk = _two_step(tables, written, scales)
    if all(scale == SCALE for scale in scales.values()):
        return risk, {}
    return risk, {"RSK": _with_scales(SHIPPED_TYPES["RSK"], scales)}


def _rpn_scales(tables: TableReader, written: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    top = written.get("scale", declared.DEFAULT_RPN_SCALE)
    if isinstance(top, bool) or not isinstance(top, int) or not 2 <= top <= 10:
        tables.add("VG007", "scale is a whole number from 2 to 10", ("risk", "scale"), value=True)
        top = declared.DEFAULT_RPN_SCALE
    return {key: tuple(str(number) for number in range(1, top + 1)) for key in SCORE_KEYS}


def _bands(tables: TableReader, table: object) -> dict[str, int]:
    if table is None:
        return dict(declared.DEFAULT_RPN_BANDS)
    bands: dict[str, int] = {}
    for key, value in tables.table(table, ("risk", "bands")).items():
        if key not in declared.RISK_PRIORITIES:
            tables.unknown(("risk", "bands", key), declared.RISK_PRIORITIES)
        elif isinstance(value, bool) or not isinstance(value, int) or value < 0:
            tables.add("VG006", f"{key} is the lowest number of its band", ("risk", "bands", key), value=True)
        else:
            bands[key] = value
    missing = [key for key in declared.RISK_PRIORITIES if key not in bands]
    if missing:
        tables.add(
            "VG008",
            f"risk.bands has no {one_of(missing)}",
            ("risk", "bands"),
            fix="give the lowest number of each band",
        )
        return dict(declared.DEFAULT_RPN_BANDS)
    if not bands["low"] < bands["medium"] < bands["high"]:
        tables.add("VG007", "the bands do not rise from low over medium to high", ("risk", "bands"))
    return bands


def _scale(tables: TableReader, written: Mapping[str, Any], key: str) -> tuple[str, ...]:
    if key not in written:
        return SCALE
    words = tables.value(replace(_TEXTS, name=key), written[key], ("risk", key))
    if words is not None and len(words) < 2:
        tables.add("VG007", f"the scale of {key} has fewer than two words", ("risk", key), value=True)
    return tuple(words) if words and len(words) > 1 else SCALE


def _two_step(tables: TableReader, written: Mapping[str, Any], scales: Mapping[str, tuple[str, ...]]) -> RiskMethod:
    default = declared.DEFAULT_RISK
    classes: Mapping[tuple[str, str], str] = default.risk_class
    if "class" in written or scales["severity"] != SCALE or scales["probability"] != SCALE:
        classes = _matrix(tables, written.get("class"), "class", scales["severity"], scales["probability"], ())
    rows = tuple(dict.fromkeys(classes.values()))
    priority: Mapping[tuple[str, str], str] = default.priority
    if "priority" in written or scales["detectability"] != SCALE or not set(rows) <= {"1", "2", "3"}:
        priority = _matrix(
            tables, written.get("priority"), "priority", rows, scales["detectability"], declared.RISK_PRIORITIES
        )
    return RiskMethod(method="two-step", risk_class=classes, priority=priority)


def _matrix(
    tables: TableReader,
    table: object,
    name: str,
    rows: tuple[str, ...],
    columns: tuple[str, ...],
    words: tuple[str, ...],
) -> dict[tuple[str, str], str]:
    path = ("risk", name)
    if table is None:
        tables.add(
            "VG008",
            f"risk.{name} is missing, which scales of your own need",
            path,
            fix=f"write [risk.{name}] with one row per word",
        )
        return {}
    found: dict[tuple[str, str], str] = {}
    for row, cells in tables.table(table, path).items():
        if row not in rows:
            tables.unknown((*path, row), rows)
            continue
        for column, value in tables.table(cells, (*path, row)).items():
            where = (*path, row, column)
            if column not in columns:
                tables.unknown(where, columns)
            elif isinstance(value, bool) or not isinstance(value, str | int):
                tables.add("VG006", "a cell of the matrix is text or a number", where, value=True)
            elif words and value not in words:
                tables.add(
                    "VG007", f"{shown(str(value))} is no priority", where, fix=f"write {one_of(words)}", value=True
                )
            else:
                found[row, column] = str(value)
    missing = [f"{row} and {column}" for row in rows for column in columns if (row, column) not in found]
    if missing:
        tables.add("VG008", f"risk.{name} has no cell for {missing[0]}", path, fix=f"{len(missing)} cells are missing")
    return found


def _with_scales(kind: ItemType, scales: Mapping[str, tuple[str, ...]]) -> ItemType:
    fields = []
    for field in kind.fields:
        if field.name in scales:
            field = replace(field, choices=scales[field.name])
        elif field.kind is FieldKind.SCORES:
            # One list serves the three keys of residual; the words of each scale stand in it once.
            field = replace(field, choices=tuple(dict.fromkeys(word for key in SCORE_KEYS for word in scales[key])))
        fields.append(field)
    return replace(kind, fields=tuple(fields))
