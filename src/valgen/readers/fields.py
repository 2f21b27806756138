"""One value of an item, by the kind that its field declares.

Each function returns the value, its links (for links and clauses) and its place, or None where the value
was refused with a finding. Nothing is guessed: ``NO`` is the text NO where text is wanted, and a mistake
where yes or no is wanted.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from valgen.codes import finding
from valgen.errors import Finding
from valgen.model.item import FieldValue, Link
from valgen.model.item_types import SCORE_KEYS, Field, FieldKind
from valgen.readers.suggest import did_you_mean, one_of
from valgen.readers.text import shown
from valgen.readers.yaml_events import CUT, Block, Listing, Node, Text, kind_of, place

Read = tuple[FieldValue, tuple[Link, ...] | None, int, int]
NULLS = frozenset(("null", "Null", "NULL", "~"))

_PARTS = re.compile(r"[^\s,;]+")
_ENTIRE = re.compile(r"\S.*", re.DOTALL)
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


class FieldReader:
    """Turns nodes into field values and collects what is wrong with them.

    Attributes:
        findings: where mistakes are put; a caller may exchange it.
        ids: item to which the next findings belong.
    """

    def __init__(self, path: str, findings: list[Finding]) -> None:
        self.path = path
        self.findings = findings
        self.ids: tuple[str, ...] = ()

    def function(self, field: Field) -> Callable[[Field, Node], Read | None]:
        """Return the function that reads values of this field."""
        return {
            FieldKind.TEXT: self.date if field.format == "date" else self.text,
            FieldKind.PROSE: self.prose,
            FieldKind.CHOICE: self.choice,
            FieldKind.YESNO: self.yes_no,
            FieldKind.CHOICES: self.choices,
            FieldKind.TEXTS: self.texts,
            FieldKind.FIGURES: self.texts,
            FieldKind.LINKS: self.links,
            FieldKind.CLAUSES: self.links,
            FieldKind.SCORES: self.scores,
        }[field.kind]

    def text(self, field: Field, node: Node) -> Read | None:
        """Read one line of text."""
        if not isinstance(node, Text):
            self._wrong(field, node, "text")
            return None
        value, line, column, style = node
        value = value.strip()
        if "\n" in value:
            self.add("VG117", f"{field.name} has several lines", node)
            value = " ".join(value.split())
        if (style == CUT or not value or value in NULLS) and not self._readable(field, node, value):
            return None
        return value, None, line, column

    def prose(self, field: Field, node: Node) -> Read | None:
        """Read text of any length."""
        if not isinstance(node, Text):
            self._wrong(field, node, "text")
            return None
        value, line, column, style = node
        value = value.rstrip().lstrip("\n")
        if (style == CUT or not value or value in NULLS) and not self._readable(field, node, value):
            return None
        return value, None, line, column

    def date(self, field: Field, node: Node) -> Read | None:
        """Read a date written as YYYY-MM-DD."""
        read = self.text(field, node)
        if read is None or is_date(str(read[0])):
            return read
        self.add(
            "VG110", f"{field.name} is {shown(str(read[0]))}, which is no date", node, fix="write it as 2026-03-02"
        )
        return None

    def choice(self, field: Field, node: Node) -> Read | None:
        """Read one of the words that the field allows."""
        if not isinstance(node, Text):
            self._wrong(field, node, one_of(field.choices))
            return None
        value, line, column, _ = node
        if value not in field.choices:
            self._word(field.name, node, field.choices)
            return None
        return value, None, line, column

    def yes_no(self, field: Field, node: Node) -> Read | None:
        """Read the word yes or no."""
        if not isinstance(node, Text):
            self._wrong(field, node, "yes or no")
            return None
        if node.value not in ("yes", "no"):
            self._word(field.name, node, ("yes", "no"))
            return None
        return node.value, None, node.line, node.column

    def choices(self, field: Field, node: Node) -> Read | None:
        """Read a list of words that the field allows."""
        found: list[str] = []
        for entry in self._entries(field, node):
            if entry.value in field.choices:
                found.append(entry.value)
            elif isinstance(node, Listing):  # text in place of the list was reported as such
                self._word(field.name, entry, field.choices)
        return None if node is None or isinstance(node, Block) else (tuple(found), None, node.line, node.column)

    def texts(self, field: Field, node: Node) -> Read | None:
        """Read a list of texts."""
        found: list[str] = []
        for entry in self._entries(field, node):
            if entry.style == CUT or entry.value in NULLS:
                self._readable(field, entry, entry.value)
            found.append(entry.value.strip())
        return None if node is None or isinstance(node, Block) else (tuple(found), None, node.line, node.column)

    def links(self, field: Field, node: Node) -> Read | None:
        """Read a list of ids with their places."""
        if node is None or isinstance(node, Block):
            self._wrong(field, node, "a list in square brackets")
            return None
        entries = self._entries(field, node)
        found = tuple([Link(value.strip(), line, column) for value, line, column, _ in entries])
        return tuple([link[0] for link in found]), found, node.line, node.column

    def scores(self, field: Field, node: Node) -> Read | None:
        """Read severity, probability and detectability with a word each."""
        if not isinstance(node, Block):
            self._wrong(field, node, f"a group of keys {one_of(SCORE_KEYS)}")
            return None
        values: dict[str, str] = {}
        for key, (entry, line, column) in node.items():
            if key not in SCORE_KEYS:
                where = place(self.path, Text(key, line, column, ""), len(key))
                fix = did_you_mean(key, SCORE_KEYS) or f"write {one_of(SCORE_KEYS)}"
                self.findings.append(
                    finding("VG101", f"unknown key {shown(key)} of {field.name}", where, ids=self.ids, fix=fix)
                )
            elif not isinstance(entry, Text):
                self._wrong(field, entry, one_of(field.choices))
            elif entry.value not in field.choices:
                self._word(f"{key} of {field.name}", entry, field.choices)
            else:
                values[key] = entry.value
        if not node:
            self.add("VG109", f"{field.name} is empty", node)
        # Always in one order, so that the order of keys changes nothing.
        return {key: values[key] for key in SCORE_KEYS if key in values}, None, node.line, node.column

    def add(self, code: str, message: str, node: Node, *, fix: str = "") -> None:
        """Collect a finding at a node."""
        length = len(node.value) if isinstance(node, Text) and "\n" not in node.value else 0
        self.findings.append(finding(code, message, place(self.path, node, length), ids=self.ids, fix=fix))

    def _entries(self, field: Field, node: Node) -> list[Text]:
        if isinstance(node, Text):
            return self._single(field, node)
        if not isinstance(node, Listing):
            self._wrong(field, node, "a list in square brackets")
            return []
        entries: list[Text] = []
        seen: set[str] = set()
        for entry in node:
            if not isinstance(entry, Text):
                if entry is not None:
                    self._wrong(field, entry, "one text per list entry")
                continue
            value = entry.value.strip()
            if not value:
                self.add("VG109", f"an entry of {field.name} is empty", entry)
            elif value in seen:
                self.add("VG116", f"{field.name} names {shown(value)} twice", entry)
            else:
                seen.add(value)
                entries.append(entry)
        if field.required and not node:
            self.add("VG109", f"{field.name} is an empty list", node)
        return entries

    def _single(self, field: Field, node: Text) -> list[Text]:
        """Report text in place of a list, and return what its entries would be."""
        value = node.value.strip()
        if not value:
            self.add("VG109", f"{field.name} is empty", node, fix="write a list in square brackets, or remove the line")
            return []
        whole = field.kind in (FieldKind.TEXTS, FieldKind.FIGURES)
        first = node.column + (0 if node.plain else 1)
        parts = [
            Text(part.group(), node.line, first + part.start(), node.style)
            for part in (_ENTIRE if whole else _PARTS).finditer(node.value.rstrip())
        ]
        fix = f"write {field.name}: [{shown(', '.join(part.value for part in parts), 200)}]"
        if field.kind is FieldKind.CHOICES and any(part.value not in field.choices for part in parts):
            fix = f"write a list in square brackets of {one_of(field.choices)}"
        self.add("VG103", f"{field.name} is a list, but here stands text", node, fix=fix)
        return parts

    def _readable(self, field: Field, node: Node, value: str) -> bool:
        if isinstance(node, Text) and node.style == CUT:
            self.add("VG024", f"the text of {field.name} ends before the #", node)
        if not value:
            self.add("VG109", f"{field.name} is empty", node)
            return False
        if value in NULLS and isinstance(node, Text) and node.plain:
            self.add("VG035", f"{field.name} is read as the word {value}", node)
        return True

    def _word(self, name: str, node: Node, choices: tuple[str, ...]) -> None:
        value = node.value if isinstance(node, Text) else ""
        if not value.strip():
            self.add("VG109", f"{name} is empty", node, fix=f"write {one_of(choices)}, or remove the line")
            return
        guess = did_you_mean(value, choices)
        fix = f"{guess} Allowed: {one_of(choices)}" if guess else f"write {one_of(choices)}"
        self.add("VG105", f"{name} is {shown(value)}, which is no word for it", node, fix=fix)

    def _wrong(self, field: Field, node: Node, wanted: str) -> None:
        if node is not None:
            self.add("VG103", f"{field.name} is {wanted}, but here stands {kind_of(node)}", node)


def is_date(text: str) -> bool:
    """Return whether ``text`` is a day of the calendar written as YYYY-MM-DD."""
    match = _DATE.fullmatch(text)
    if not match:
        return False
    year, month, day = (int(part) for part in match.groups())
    if not 1 <= month <= 12 or year < 1:
        return False
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1 <= day <= days[month - 1]
