"""Rows of the register and of the applicability list: plain keys with text, words, dates."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from valgen.codes import finding
from valgen.errors import Finding
from valgen.readers.fields import NULLS, is_date
from valgen.readers.suggest import did_you_mean, one_of
from valgen.readers.text import shown
from valgen.readers.yaml_events import CUT, Block, Listing, Node, Text, kind_of, place
from valgen.source import SourceLocation


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One key of a row.

    Attributes:
        format: empty for text, ``date``, ``version`` or ``list`` for what the caller reads itself.
    """

    name: str
    doc: str
    required: bool = False
    choices: tuple[str, ...] = ()
    format: str = ""


class RowReader:
    """Reads lists of rows and collects what is wrong with them."""

    def __init__(self, path: str, findings: list[Finding]) -> None:
        self.path = path
        self.findings = findings

    def listed(self, root: Node, *names: str, beside: Collection[str] = ()) -> list[Node]:
        """Return the entries below the one key of a file; a bare list is taken as well.

        Args:
            root: of the file.
            names: what the key may be called, the usual name first.
            beside: keys that the same file may hold and somebody else reads; a file with such a key only is whole.
        """
        name = names[0]
        if root is None:
            if not self.findings:
                self.findings.append(finding("VG314", "the file is empty", SourceLocation(self.path)))
            return []
        if isinstance(root, Listing):
            return list(root)
        if isinstance(root, Text):
            code = "VG300" if root.value.strip() else "VG314"
            self.add(
                code, "the file is empty" if code == "VG314" else f"the file holds text where {name}: is wanted", root
            )
            return []
        for key, (_, line, column) in root.items():
            if key not in names and key not in beside:
                fix = did_you_mean(key, (*names, *beside)) or f"the file holds {name}: and a list"
                where = SourceLocation(self.path, line, column, len(key))
                self.findings.append(finding("VG301", f"unknown key {shown(key)}", where, fix=fix))
        found = next((known for known in names if known in root), "")
        if not found and any(key in root for key in beside):
            return []
        if not found:
            self.add("VG300", f"the file has no {name}:", root)
            return []
        return self.entries(root[found][0], found)

    def entries(self, node: Node, name: str) -> list[Node]:
        """Return the entries of a list, or none and a finding."""
        if isinstance(node, Listing):
            return list(node)
        if node is not None and not (isinstance(node, Text) and not node.value):
            self.add(
                "VG303",
                f"{name} is a list, but here stands {kind_of(node)}",
                node,
                fix="begin each entry with a hyphen",
            )
        return []

    def row(self, node: Node, columns: Iterable[Column], what: str) -> dict[str, Text] | None:
        """Return the usable texts of one row, or None where the node is no row."""
        if not isinstance(node, Block):
            if node is not None:
                self.add("VG303", f"{what} is a group of keys, but here stands {kind_of(node)}", node)
            return None
        known = {column.name: column for column in columns}
        values: dict[str, Text] = {}
        for key, (value, line, column_number) in node.items():
            if key not in known:
                where = SourceLocation(self.path, line, column_number, len(key))
                fix = did_you_mean(key, known) or f"known here: {one_of(known)}"
                self.findings.append(finding("VG301", f"unknown key {shown(key)} of {what}", where, fix=fix))
            elif known[key].format != "list" and (text := self._value(known[key], value)):
                values[key] = text
        for column in known.values():
            if column.required and column.name not in node:
                self.add(
                    "VG302",
                    f"{what} has no {column.name}",
                    node,
                    fix=f"add {column.name}: ({column.doc.rstrip('.').lower()})",
                )
        return values

    def add(self, code: str, message: str, node: Node, *, fix: str = "", ids: tuple[str, ...] = ()) -> None:
        """Collect a finding at a node."""
        length = len(node.value) if isinstance(node, Text) and "\n" not in node.value else 0
        self.findings.append(finding(code, message, place(self.path, node, length), fix=fix, ids=ids))

    def _value(self, column: Column, node: Node) -> Text | None:
        if not isinstance(node, Text):
            if node is not None:
                self.add("VG303", f"{column.name} is text, but here stands {kind_of(node)}", node)
            return None
        value = node.value.strip()
        if node.style == CUT:
            self.add("VG024", f"the text of {column.name} ends before the #", node)
        if not value:
            if column.required or column.choices:
                self.add("VG302", f"{column.name} is empty", node)
            return None
        if value in NULLS and node.plain:
            self.add("VG035", f"{column.name} is read as the word {value}", node)
        if column.choices and value not in column.choices:
            guess = did_you_mean(value, column.choices)
            fix = f"{guess} Allowed: {one_of(column.choices)}" if guess else f"write {one_of(column.choices)}"
            self.add("VG304", f"{column.name} is {shown(value)}, which is no word for it", node, fix=fix)
            return None
        if column.format == "date" and not is_date(value):
            self.add("VG309", f"{column.name} is {shown(value)}, which is no date", node, fix="write it as 2026-03-02")
        return Text(value, node.line, node.column, node.style)
