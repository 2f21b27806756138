"""JSON Schemas of the files that people write, made from the declarations that the readers use.

An editor completes and checks with them while typing; the reader decides. Two differences are meant: an editor takes
a bare ``1.10`` or ``true`` for a number or a truth value where the reader takes it for text, so text fields allow
all three; and fields that an item must have are asked for only in files without defaults, because a default may
give them.

Draft 2020-12. The shapes that commands print are in ``result_schemas``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from valgen.model.document_types import DOCUMENT_TYPES
from valgen.model.ids import TYPE_PATTERN
from valgen.model.item_types import SCORE_KEYS, SHIPPED_TYPES, Field, FieldKind, ItemType
from valgen.model.screening import SCREENING
from valgen.readers import applicability, register
from valgen.readers import settings_declared as declared
from valgen.readers.result_schemas import RESULT_SCHEMAS
from valgen.readers.rows import Column
from valgen.readers.settings_declared import Setting, SettingKind
from valgen.readers.settings_types import OWN_KINDS

Schema = dict[str, Any]
DRAFT = "https://json-schema.org/draft/2020-12/schema"
FILE_KINDS = ("valgen-project", "valgen-items", "valgen-documents", "valgen-applicability")
KINDS = (*FILE_KINDS, *(f"result-{name}" for name in RESULT_SCHEMAS))

_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_VERSION = r"^[0-9]+(\.[0-9]+)*$"
_SCALAR = ["string", "number", "boolean"]


def schema(kind: str, types: Mapping[str, ItemType] | None = None) -> Schema:
    """Return one schema.

    Args:
        kind: one of ``KINDS``.
        types: item types of a project, shipped ones included; None for the shipped ones.

    Raises:
        KeyError: there is no such kind.
    """
    known = dict(types or SHIPPED_TYPES)
    makers = {
        "valgen-project": lambda: _project(known),
        "valgen-items": lambda: _items(known),
        "valgen-documents": lambda: _documents(known),
        "valgen-applicability": _applicability,
    }
    body = makers[kind]() if kind in makers else dict(RESULT_SCHEMAS[kind.removeprefix("result-")])
    return {"$schema": DRAFT, "$id": f"{kind}.schema.json", **body}


def schema_file_name(kind: str) -> str:
    """Return the name under which a schema is published."""
    return f"{kind}.schema.json"


def _items(types: Mapping[str, ItemType]) -> Schema:
    item = {"$ref": "#/$defs/item"}
    complete = {"$ref": "#/$defs/complete"}
    return {
        "title": "valgen items",
        "description": "Requirements, functions, settings, design elements, risks, procedures, changes.",
        "if": {"type": "array"},
        "then": {"items": complete},
        "else": {
            "if": {"type": "object", "required": ["items"]},
            "then": {
                "type": "object",
                "properties": {
                    "type": _type_word(types),
                    "defaults": {"$ref": "#/$defs/defaults"},
                    "items": {"type": "array"},
                },
                "additionalProperties": False,
                "if": {"required": ["defaults"]},
                "then": {"properties": {"items": {"items": item}}},
                "else": {"properties": {"items": {"items": complete}}},
            },
            "else": complete,
        },
        "$defs": {
            "id": {
                "type": "string",
                "pattern": f"^{TYPE_PATTERN}-[A-Za-z0-9.-]+$",
                "description": "Type, hyphen, then letters, digits, dots and hyphens. Never used again.",
            },
            "defaults": {
                "type": "object",
                "description": "Values for every item of the file that does not write its own.",
                "properties": _all_fields(types),
                "additionalProperties": False,
            },
            "item": {
                "type": "object",
                "required": ["id"],
                "properties": {"id": {"$ref": "#/$defs/id"}, "type": _type_word(types)},
                "allOf": [{"if": _is_of(key), "then": {"$ref": f"#/$defs/{key}"}} for key in types],
            },
            "complete": {
                "allOf": [item, *({"if": _is_of(key), "then": _required(kind)} for key, kind in types.items())],
            },
            **{key: _item_type(kind, types) for key, kind in types.items()},
        },
    }


def _is_of(key: str) -> Schema:
    return {"properties": {"id": {"type": "string", "pattern": f"^{key}-"}}, "required": ["id"]}


def _type_word(types: Mapping[str, ItemType]) -> Schema:
    return {"enum": list(types), "description": "Item type; may be left out where the ids say it."}


def _item_type(kind: ItemType, types: Mapping[str, ItemType]) -> Schema:
    return {
        "type": "object",
        "title": kind.name,
        "properties": {
            "id": {"$ref": "#/$defs/id"},
            "type": {"const": kind.key},
            **{field.name: _field(field, types) for field in kind.fields},
        },
        "additionalProperties": False,
        "if": {"properties": {"status": {"const": "retired"}}, "required": ["status"]},
        "then": {"required": ["reason"]},
    }


def _required(kind: ItemType) -> Schema:
    names = [field.name for field in kind.fields if field.required]
    return {
        "if": {"properties": {"status": {"const": "retired"}}, "required": ["status"]},
        "then": {},
        "else": {"required": names},
    }


def _all_fields(types: Mapping[str, ItemType]) -> Schema:
    found: dict[str, list[Schema]] = {}
    for kind in types.values():
        for field in kind.fields:
            one = _field(field, types)
            if one not in found.setdefault(field.name, []):
                found[field.name].append(one)
    return {name: shapes[0] if len(shapes) == 1 else {"anyOf": shapes} for name, shapes in found.items()}


def _field(field: Field, types: Mapping[str, ItemType]) -> Schema:
    about = {"title": field.label, "description": field.doc}
    word = {"enum": list(field.choices)}
    text: Schema = {"type": _SCALAR}
    kind = field.kind
    if kind is FieldKind.TEXT and field.format == "date":
        return {"type": "string", "pattern": _DATE, **about}
    if kind in (FieldKind.TEXT, FieldKind.PROSE):
        return {"type": _SCALAR, "minLength": 1, **about}
    if kind is FieldKind.CHOICE:
        return {**word, **about, **({"default": field.default} if field.default else {})}
    if kind is FieldKind.YESNO:
        return {"enum": ["yes", "no"], **about}
    if kind is FieldKind.SCORES:
        return {
            "type": "object",
            "properties": {key: word for key in SCORE_KEYS},
            "additionalProperties": False,
            **about,
        }
    if kind is FieldKind.LINKS:
        # Whether a link may name an id of this type is a question of trace, which names the line and the reason.
        entry: Schema = {"type": "string", "pattern": f"^{TYPE_PATTERN}-[A-Za-z0-9.-]+$"}
    elif kind is FieldKind.CHOICES:
        entry = word
    else:
        entry = text
    listed: Schema = {"type": "array", "items": entry, "uniqueItems": True, **about}
    return {**listed, "minItems": 1} if field.required else listed


def _documents(types: Mapping[str, ItemType]) -> Schema:
    kinds = [*DOCUMENT_TYPES, *(key for key in types if key not in DOCUMENT_TYPES and key not in SHIPPED_TYPES)]
    history = {"type": "array", "description": "Versions, oldest first.", "items": _row(register.HISTORY_COLUMNS, {})}
    replaced: dict[str, Schema] = {
        "type": {"enum": kinds, "description": "Document type."},
        "key": {"type": "string", "pattern": f"^{register.KEY_PATTERN}$", "description": "Name of its files."},
        "history": history,
        "references": {
            "type": "array",
            "description": "Keys of documents and ids of procedures that it refers to.",
            "items": {"type": "string"},
        },
    }
    return _listed("valgen register of documents", ("documents",), _row(register.DOCUMENT_COLUMNS, replaced))


def _applicability() -> Schema:
    shipped: Schema = {"enum": [one.id for one in SCREENING]}
    own: Schema = {"type": "string", "pattern": f"^{applicability.QUESTION_PATTERN}$"}
    question: Schema = {"anyOf": [shipped, own], "description": "Question that is answered."}
    asked = _row(applicability.SCREENING_COLUMNS, {"question": question})
    asked |= {"if": {"properties": {"question": shipped}}, "else": {"required": ["text"]}}
    title = "valgen applicability of clauses, and answers of the GxP screening"
    more: Schema = {"screening": {"type": "array", "items": asked, "description": "Answers to screening questions."}}
    return _listed(title, ("applicability", "clauses"), _row(applicability.COLUMNS, {}), more)


def _listed(title: str, names: tuple[str, ...], row: Schema, more: Mapping[str, Schema] | None = None) -> Schema:
    rows = {"type": "array", "items": {"$ref": "#/$defs/row"}}
    beside = more or {}
    return {
        "title": title,
        "if": {"type": "array"},
        "then": rows,
        "else": {
            "type": "object",
            "properties": {**dict.fromkeys(names, rows), **beside},
            "additionalProperties": False,
            "anyOf": [{"required": [name]} for name in (*names, *beside)],
        },
        "$defs": {"row": row},
    }


def _row(columns: Iterable[Column], replaced: Mapping[str, Schema]) -> Schema:
    listed = tuple(columns)
    return {
        "type": "object",
        "required": [column.name for column in listed if column.required],
        "properties": {column.name: replaced.get(column.name) or _column(column) for column in listed},
        "additionalProperties": False,
    }


def _column(column: Column) -> Schema:
    if column.choices:
        return {"enum": list(column.choices), "description": column.doc}
    if column.format == "date":
        return {"type": "string", "pattern": _DATE, "description": column.doc}
    if column.format == "version":
        return {"type": ["string", "number"], "pattern": _VERSION, "description": column.doc}
    return {"type": _SCALAR, "description": column.doc}


def _project(types: Mapping[str, ItemType]) -> Schema:
    environment = _table(declared.ENVIRONMENT)
    signature = {"type": "array", "minItems": 1, "items": _table(declared.SIGNATURE)}
    field = _table(declared.ITEM_FIELD, {"required": {"type": "boolean"}, "kind": {"enum": list(OWN_KINDS)}})
    own_type = _table(
        declared.ITEM_TYPE,
        {
            "fields": {"type": "object", "additionalProperties": field},
            "links_up": {"type": "boolean"},
            "text_required": {"type": "boolean"},
        },
    )
    shapes: dict[str, Schema] = {
        "project": _table(declared.PROJECT),
        "system": _table(declared.SYSTEM),
        "components": {"type": "array", "items": _table(declared.COMPONENT)},
        "paths": _table(declared.PATHS),
        "records": _table(declared.RECORDS),
        "environments": {"type": "object", "additionalProperties": environment},
        "stages": {
            "type": "object",
            "properties": {stage: {"type": "array", "items": {"type": "string"}} for stage in declared.STAGES},
            "additionalProperties": False,
        },
        "workflow": {
            "type": "object",
            "properties": {key: signature for key in (*DOCUMENT_TYPES, *types)},
            "additionalProperties": signature,
        },
        "risk": _risk(),
        "acceptance": {"type": "object", "additionalProperties": {"type": "string"}},
        "types": {
            "type": "object",
            "propertyNames": {"pattern": f"^{TYPE_PATTERN}$"},
            "additionalProperties": own_type,
        },
        "severity": {
            "type": "object",
            "propertyNames": {"pattern": "^VG[0-9]{3}$"},
            "additionalProperties": {"enum": ["warning", "error"]},
        },
        "waivers": {"type": "array", "items": _table(declared.WAIVER)},
    }
    described = {name: {"description": declared.TOP_LEVEL[name], **shape} for name, shape in shapes.items()}
    return {
        "title": "valgen project settings",
        "type": "object",
        "properties": {"$schema": {"type": "string"}, **described},
        "additionalProperties": False,
    }


def _risk() -> Schema:
    scale = {"type": "array", "items": {"type": "string"}, "minItems": 2}
    matrix = {"type": "object", "additionalProperties": {"type": "object"}}
    return {
        "type": "object",
        "properties": {
            "method": {"enum": list(declared.RISK_METHODS)},
            "scale": {"type": "integer", "minimum": 2, "maximum": 10, "description": "Highest score; rpn only."},
            **{key: {**scale, "description": f"Words for {key}, lowest first."} for key in SCORE_KEYS},
            "class": {**matrix, "description": "Severity, then probability, to a class."},
            "priority": {**matrix, "description": "Class, then detectability, to low, medium or high."},
            "bands": {
                "type": "object",
                "properties": {key: {"type": "integer", "minimum": 0} for key in declared.RISK_PRIORITIES},
                "required": list(declared.RISK_PRIORITIES),
                "additionalProperties": False,
                "description": "Lowest number of each priority; rpn only.",
            },
        },
        "additionalProperties": False,
    }


def _table(settings: Iterable[Setting], more: Mapping[str, Schema] | None = None) -> Schema:
    listed = tuple(settings)
    return {
        "type": "object",
        "required": [setting.name for setting in listed if setting.required],
        "properties": {**{setting.name: _setting(setting) for setting in listed}, **(more or {})},
        "additionalProperties": False,
    }


def _setting(setting: Setting) -> Schema:
    about = {"description": setting.doc}
    if setting.kind is SettingKind.CHOICE:
        numbers = [int(choice) for choice in setting.choices if choice.isdecimal()]
        return {"enum": [*numbers, *setting.choices], **about}
    if setting.kind is SettingKind.TEXTS:
        return {"type": "array", "items": {"type": "string", "minLength": 1}, **about}
    if setting.kind is SettingKind.PATH:
        return {"type": "string", "pattern": r"^(?![/~])(?!.*\\)(?!.*(^|/)\.\.(/|$)).+$", **about}
    if setting.kind is SettingKind.VARIABLES:
        secret = {
            "type": "object",
            "properties": {"secret": {"type": "string", "minLength": 1}},
            "required": ["secret"],
            "additionalProperties": False,
        }
        return {"type": "object", "additionalProperties": {"anyOf": [{"type": "string"}, secret]}, **about}
    return {"type": "string", **about}
