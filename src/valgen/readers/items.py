"""``requirements/**/*.yaml`` into items.

A file holds a list of items, or ``type``, ``defaults`` and ``items``, or one single item. Types and fields
come from one declaration (``valgen.model.item_types`` and the project's ``[types.X]``). Every mistake of a
file is found at once; an item with mistakes is still delivered when it has an id, so that links to it
resolve and one mistake does not look like many. A wrong value is left out, never guessed.

A text where a list is wanted is a mistake (VG103) although the item is delivered as if it were a list of
one: files stay uniform, and no link is lost. Whether an id that a link names exists is left to ``trace``.
"""

from __future__ import annotations

from collections.abc import Mapping

from valgen.codes import finding
from valgen.errors import Finding
from valgen.model.ids import is_id, type_of
from valgen.model.item import FieldValue, Item, Link
from valgen.model.item_types import ItemType
from valgen.readers.fields import FieldReader
from valgen.readers.suggest import did_you_mean, one_of
from valgen.readers.text import shown
from valgen.readers.yaml_events import Block, Listing, Node, Text, kind_of, place, read_yaml
from valgen.source import SourceLocation

FILE_KEYS = ("type", "defaults", "items")
_CASE_TYPES = ("IQ", "OQ", "PQ")

# What one field yields: its value, its links, place of the value.
_Read = tuple[FieldValue, tuple[Link, ...] | None, int, int]


def read_items(path: str, text: str, types: Mapping[str, ItemType]) -> tuple[list[Item], list[Finding]]:
    """Read one file of items.

    Args:
        path: relative to the project folder.
        text: decoded content.
        types: shipped and own item types by key.

    Returns:
        The items in the order of the file, and every finding.
    """
    root, findings = read_yaml(path, text)
    reader = _ItemFile(path, types, findings)
    return reader.read(root), findings


class _ItemFile:
    def __init__(self, path: str, types: Mapping[str, ItemType], findings: list[Finding]) -> None:
        self.path = path
        self.types = types
        self.findings = findings
        self.fields = FieldReader(path, findings)
        self.file_type = ""
        self.defaults: Block | None = None
        self.by_type: dict[str, _TypeReader] = {}

    def read(self, root: Node) -> list[Item]:
        nodes = self._item_nodes(root)
        items = []
        for node in nodes:
            if isinstance(node, Block):
                item = self._item(node)
                if item is not None:
                    items.append(item)
            elif node is not None:
                self._add("VG100", f"an item is a group of keys, but here stands {kind_of(node)}", node)
        self._check_defaults()
        return items

    def _item_nodes(self, root: Node) -> list[Node]:
        if root is None:
            if not self.findings:
                self.findings.append(finding("VG114", "the file holds no items", SourceLocation(self.path)))
            return []
        if isinstance(root, Listing):
            if not root:
                self._add("VG114", "the file holds no items", root)
            return list(root)
        if isinstance(root, Text):
            if root.value.strip() in ("", "null", "~"):
                self._add("VG114", "the file holds no items", root)
            else:
                self._add("VG100", "the file holds text where items are wanted", root)
            return []
        if "items" not in root:
            if "id" in root:
                return [root]
            if root and set(root) <= {"type", "defaults"}:
                self._add("VG114", "the file holds no items", root)
            else:
                self._add("VG100", "the file holds neither items: nor a single item with id:", root)
            return []
        return self._header(root)

    def _header(self, root: Block) -> list[Node]:
        for key, (_, line, column) in root.items():
            if key not in FILE_KEYS:
                fix = did_you_mean(key, FILE_KEYS) or "fields that all items share belong below defaults:"
                where = SourceLocation(self.path, line, column, len(key))
                self.findings.append(finding("VG113", f"unknown key {shown(key)} of the file", where, fix=fix))
        declared = root.get("type")
        if declared is not None:
            self.file_type = self._type_word(declared[0])
        if "defaults" in root:
            defaults = root["defaults"][0]
            if isinstance(defaults, Block):
                self.defaults = defaults
            elif defaults is not None:
                self._add("VG103", f"defaults is a group of keys, but here stands {kind_of(defaults)}", defaults)
        nodes = root["items"][0]
        if isinstance(nodes, Listing):
            if not nodes:
                self._add("VG114", "the file holds no items", nodes)
            return list(nodes)
        if nodes is None:
            return []
        if isinstance(nodes, Text) and not nodes.value.strip():
            self._add("VG114", "the file holds no items", nodes)
        else:
            self._add(
                "VG103",
                f"items is a list, but here stands {kind_of(nodes)}",
                nodes,
                fix="begin each item with a hyphen",
            )
        return []

    def _type_word(self, node: Node) -> str:
        if not isinstance(node, Text):
            if node is not None:
                self._add("VG103", f"type is one word, but here stands {kind_of(node)}", node)
            return ""
        if node.value in self.types:
            return node.value
        fix = _type_fix(node.value, self.types)
        self._add("VG107", f"unknown item type {shown(node.value) or '(empty)'}", node, fix=fix)
        return ""

    def _item(self, node: Block) -> Item | None:
        entry = node.get("id")
        written = entry[0] if entry else None
        if not isinstance(written, Text) or not written.value.strip():
            if entry is None:
                self._add("VG112", "an item without an id", node)
            elif written is not None:
                what = (
                    "the id is empty"
                    if isinstance(written, Text)
                    else f"an id is one word, but here stands {kind_of(written)}"
                )
                self._add("VG112", what, written)
            if self.file_type:
                self._reader(self.file_type).read(node, "")
            return None
        item_id = written.value
        key = self._item_type(node, written)
        if key not in self.types:
            return self._bare(item_id, key, node, written)
        reader = self._reader(key)
        values = reader.read(node, item_id)
        fields: dict[str, FieldValue] = {}
        links: dict[str, tuple[Link, ...]] = {}
        marks: dict[str, tuple[int, int]] = {}
        title = text = ""
        for name, (value, named, line, column) in values.items():
            marks[name] = (line, column)
            if name == "title":
                title = value  # type: ignore[assignment]
            elif name == "text":
                text = value  # type: ignore[assignment]
            else:
                fields[name] = value
                if named is not None:
                    links[name] = named
        return Item(
            id=item_id, type=key, title=title, text=text, fields=fields, links=links,
            retired=fields.get("status") == "retired", path=self.path, line=written.line, column=written.column,
            marks=marks,
        )  # fmt: skip

    def _bare(self, item_id: str, key: str, node: Block, written: Text) -> Item:
        """Return an item whose type nobody knows, with its title only, so that links to it resolve."""
        entry = node.get("title")
        title = entry[0].value.strip() if entry and isinstance(entry[0], Text) else ""
        return Item(id=item_id, type=key, title=title, path=self.path, line=written.line, column=written.column)

    def _item_type(self, node: Block, written: Text) -> str:
        item_id = written.value
        declared = self.file_type
        if "type" in node:
            declared = self._type_word(node["type"][0]) or declared
        if not is_id(item_id):
            self._add("VG106", f"{shown(item_id)} is no id", written, fix=_id_fix(item_id, declared), ids=(item_id,))
            prefix = type_of(item_id)
            return declared or (prefix if prefix in self.types else "")
        prefix = type_of(item_id)
        if prefix in self.types:
            if declared and declared != prefix:
                fix = f"write the id as {declared}-..., or the type as {prefix}"
                self._add(
                    "VG108",
                    f"{item_id} is an id of type {prefix}, but the type says {declared}",
                    written,
                    fix=fix,
                    ids=(item_id,),
                )
            return prefix
        self._add(
            "VG107",
            f"{shown(item_id)} is an id of the unknown type {prefix}",
            written,
            fix=_type_fix(prefix, self.types),
            ids=(item_id,),
        )
        return declared or prefix

    def _reader(self, key: str) -> _TypeReader:
        reader = self.by_type.get(key)
        if reader is None:
            reader = self.by_type[key] = _TypeReader(self.path, self.types[key], self.defaults, self.fields)
        return reader

    def _check_defaults(self) -> None:
        if self.defaults is None:
            return
        used = list(self.by_type.values())
        names = {name for reader in used for name in reader.by_name}
        for key, (_, line, column) in self.defaults.items():
            where = SourceLocation(self.path, line, column, len(key))
            if key == "id":
                self.findings.append(finding("VG115", "id stands among the defaults", where))
            elif key == "type":
                self.findings.append(
                    finding("VG101", "type stands among the defaults", where, fix="write type: at the top of the file")
                )
            elif used and key not in names:
                self.findings.append(
                    finding(
                        "VG101", f"unknown field {shown(key)} among the defaults", where, fix=did_you_mean(key, names)
                    )
                )
        seen: set[Finding] = set()
        for reader in used:
            for found in reader.default_findings:
                if found not in seen:
                    seen.add(found)
                    self.findings.append(found)

    def _add(self, code: str, message: str, node: Node, *, fix: str = "", ids: tuple[str, ...] = ()) -> None:
        length = len(node.value) if isinstance(node, Text) and "\n" not in node.value else 0
        self.findings.append(finding(code, message, place(self.path, node, length), fix=fix, ids=ids))


class _TypeReader:
    """Reads the fields of items of one type in one file."""

    def __init__(self, path: str, kind: ItemType, defaults: Block | None, fields: FieldReader) -> None:
        self.path = path
        self.kind = kind
        self.fields = fields
        self.by_name = {field.name: field for field in kind.fields}
        self.plan = tuple((field.name, field.required, fields.function(field), field) for field in kind.fields)
        self.required = tuple(field.name for field in kind.fields if field.required)
        self.defaults: dict[str, _Read] = {}
        self.default_findings: list[Finding] = []
        if defaults:
            self._read_defaults(defaults)

    def _read_defaults(self, defaults: Block) -> None:
        findings, self.fields.findings = self.fields.findings, self.default_findings
        for name, _, function, field in self.plan:
            if name in defaults:
                value = function(field, defaults[name][0])
                if value is not None:
                    self.defaults[name] = value
        self.fields.findings = findings

    def read(self, node: Block, item_id: str) -> dict[str, _Read]:
        """Return what the fields of an item hold, in the order of their declaration."""
        values: dict[str, _Read] = {}
        defaults = self.defaults
        known = ("id" in node) + ("type" in node)
        self.fields.ids = (item_id,) if item_id else ()
        for name, _, function, field in self.plan:
            entry = node.get(name)
            if entry is not None:
                known += 1
                value = function(field, entry[0])
            else:
                value = defaults.get(name)
            if value is not None:
                values[name] = value
        if known < len(node):
            self._unknown(node, item_id)
        status = values.get("status")
        if status is not None and status[0] == "retired":
            if "reason" not in node and "reason" not in defaults:
                self._add("VG111", f"{item_id or 'the item'} is retired without a reason", node, item_id)
        else:
            for name in self.required:
                if name not in values and name not in node:
                    wanted = self.by_name[name].doc.rstrip(".")
                    who = item_id or "the item"
                    fix = f"add {name}: ({wanted[:1].lower()}{wanted[1:]})"
                    self._add("VG102", f"{who} has no {name}", node, item_id, fix=fix)
        return values

    def _unknown(self, node: Block, item_id: str) -> None:
        for key, (_, line, column) in node.items():
            if key in self.by_name or key in ("id", "type"):
                continue
            fix = (
                did_you_mean(key, (*self.by_name, "id", "type"))
                or f"fields of {self.kind.key} are {one_of(self.by_name)}"
            )
            where = SourceLocation(self.path, line, column, len(key))
            message = f"unknown field {shown(key)} of {self.kind.key}"
            self.fields.findings.append(finding("VG101", message, where, ids=(item_id,) if item_id else (), fix=fix))

    def _add(self, code: str, message: str, node: Block, item_id: str, *, fix: str = "") -> None:
        written = node["id"][0] if "id" in node else node
        length = len(written.value) if isinstance(written, Text) else 0
        where = place(self.path, written or node, length)
        self.fields.findings.append(finding(code, message, where, ids=(item_id,) if item_id else (), fix=fix))


def _type_fix(word: str, types: Mapping[str, ItemType]) -> str:
    if word in _CASE_TYPES:
        return "test cases are scenarios in test_scripts; as an item there is none"
    return did_you_mean(word, types) or f"known types are {one_of(types)}"


def _id_fix(written: str, declared: str) -> str:
    stripped = written.strip()
    if not stripped.isascii():
        odd = next(char for char in stripped if not char.isascii())
        return f"the sign {shown(odd)} is U+{ord(odd):04X}; ids use plain letters, digits, dots and hyphens only"
    tried = stripped.replace(" ", "-").replace("_", "-")
    head, hyphen, rest = tried.partition("-")
    candidate = f"{head.upper()}{hyphen}{rest}"
    if not is_id(candidate) and declared and is_id(f"{declared}-{tried}"):
        candidate = f"{declared}-{tried}"
    return f"did you mean {candidate}?" if is_id(candidate) else f"an id looks like {declared or 'URS'}-010"
