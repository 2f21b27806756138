"""Plain English feature files, read line by line; whatever is not plain is left to the official parser.

Most features hold nothing but tags, titles, steps, tables and a few lines of description. For these the tree that the
official parser would give is made directly, several times faster and without importing it. At the first line whose
meaning is not plain (a doc string, a Rule, another language, a backslash in a table, text where a step belongs, any
mistake) this module gives up and says nothing, so mistakes are found and told by the official parser alone.

A test compares the trees of both over many texts, and the words below with those of the official parser.
"""

from __future__ import annotations

import re
from typing import Any

STEP_KINDS = {
    "Given ": "Context",
    "When ": "Action",
    "Then ": "Outcome",
    "And ": "Conjunction",
    "But ": "Conjunction",
    "* ": "Unknown",
}
OUTLINE_WORDS = ("Scenario Outline", "Scenario Template")
SCENARIO_WORDS = ("Scenario", "Example", *OUTLINE_WORDS)
EXAMPLES_WORDS = ("Examples", "Scenarios")
OTHER_WORDS = ("Feature", "Background", "Rule")

_STEPS = tuple(STEP_KINDS)
_TITLE = re.compile(rf"({'|'.join((*SCENARIO_WORDS, *EXAMPLES_WORDS, *OTHER_WORDS))}):")
_TAGS = re.compile(r"(?:@[^\s@#]+[ \t]*)+")
_TAG = re.compile(r"@[^\s@#]+")

_Node = dict[str, Any]


class _NotPlain(Exception):
    """A line whose meaning the official parser must tell."""


def plain_feature(text: str) -> _Node | None:
    """Return the ``feature`` node of the official syntax tree, without ids, or None where a line is not plain.

    Args:
        text: with line feeds as line ends.
    """
    try:
        return _Lines().read(text)
    except _NotPlain:
        return None


class _Lines:
    def __init__(self) -> None:
        self.feature: _Node | None = None
        self.tags: list[_Node] = []
        self.described: _Node | None = None  # node whose description is being read
        self.description: list[str] = []
        self.steps: list[_Node] | None = None  # of the background or scenario being read
        self.scenario: _Node | None = None
        self.rows: list[_Node] | None = None  # of the table being read
        self.examples: _Node | None = None

    def read(self, text: str) -> _Node:
        for number, written in enumerate(text.split("\n"), 1):
            line = written.lstrip()
            if not line:
                if self.description:
                    self.description.append(written)
            elif line.startswith(_STEPS):
                self._step(line, written, number)
            elif line[0] == "@":
                self._tag_line(line, written, number)
            elif line[0] == "|":
                self._row(line, written, number)
            elif line[0] == "#":
                self._comment(line)
            elif title := _TITLE.match(line):
                self._title(title[1], line, written, number)
            else:
                self._text(line, written)
        self._end()
        if self.feature is None or self.tags:
            raise _NotPlain
        return self.feature

    def _step(self, line: str, written: str, number: int) -> None:
        if self.steps is None or self.tags or self.examples is not None:
            raise _NotPlain
        self._end_description()
        self.rows = None
        keyword = line[: line.index(" ") + 1]
        location = {"line": number, "column": len(written) - len(line) + 1}
        self.steps.append(
            {
                "location": location,
                "keyword": keyword,
                "keywordType": STEP_KINDS[keyword],
                "text": line[len(keyword) :].strip(),
            }
        )

    def _tag_line(self, line: str, written: str, number: int) -> None:
        if not _TAGS.fullmatch(line):
            raise _NotPlain
        self._end_description()
        indent = len(written) - len(line)
        self.tags += [
            {"location": {"line": number, "column": indent + tag.start() + 1}, "name": tag[0]}
            for tag in _TAG.finditer(line)
        ]

    def _row(self, line: str, written: str, number: int) -> None:
        row = line.rstrip()
        if self.tags or self.described is not None or len(row) < 2 or row[-1] != "|" or "\\" in row:
            raise _NotPlain
        if self.rows is None:
            if self.examples is not None or not self.steps:
                raise _NotPlain
            self.rows = []
            where = {"line": number, "column": len(written) - len(line) + 1}
            self.steps[-1]["dataTable"] = {"location": where, "rows": self.rows}
        indent = len(written) - len(line)
        cells = []
        at = 1
        for cell in row[1:-1].split("|"):
            value = cell.strip()
            if value != cell.strip(" \t"):
                raise _NotPlain
            column = indent + at + (len(cell) - len(cell.lstrip())) + 1
            cells.append({"location": {"line": number, "column": column}, "value": value})
            at += len(cell) + 1
        if self.rows and len(self.rows[0]["cells"]) != len(cells):
            raise _NotPlain
        self.rows.append({"location": {"line": number, "column": indent + 1}, "cells": cells})

    def _comment(self, line: str) -> None:
        if self.tags or self.described is not None or "language" in line:
            raise _NotPlain

    def _text(self, line: str, written: str) -> None:
        if self.described is None or self.tags or line.startswith(('"""', "```")):
            raise _NotPlain
        self.description.append(written)

    def _title(self, word: str, line: str, written: str, number: int) -> None:
        self._end()
        node: _Node = {
            "location": {"line": number, "column": len(written) - len(line) + 1},
            "keyword": word,
            "name": line[len(word) + 1 :].strip(),
            "description": "",
        }
        if word in SCENARIO_WORDS:
            self._begin_scenario(node)
        elif word in EXAMPLES_WORDS:
            self._begin_examples(node)
        elif word == "Feature" and self.feature is None:
            self.feature = {"tags": self.tags, "language": "en", **node, "children": []}
            self.tags, self.described = [], self.feature
        elif word == "Background" and self.feature is not None and not self.feature["children"] and not self.tags:
            node["steps"] = self.steps = []
            self.feature["children"].append({"background": node})
            self.described = node
        else:
            raise _NotPlain

    def _begin_scenario(self, node: _Node) -> None:
        if self.feature is None:
            raise _NotPlain
        self.scenario = {"tags": self.tags, **node, "steps": [], "examples": []}
        self.feature["children"].append({"scenario": self.scenario})
        self.tags, self.steps, self.described = [], self.scenario["steps"], self.scenario

    def _begin_examples(self, node: _Node) -> None:
        if self.scenario is None:
            raise _NotPlain
        self.rows = []
        self.examples = {"tags": self.tags, **node}
        self.tags = []

    def _end(self) -> None:
        """End what the last title began."""
        self._end_description()
        if self.examples is not None and self.scenario is not None:
            if not self.rows:
                raise _NotPlain
            self.scenario["examples"].append({**self.examples, "tableHeader": self.rows[0], "tableBody": self.rows[1:]})
        self.examples = self.rows = None

    def _end_description(self) -> None:
        if self.described is not None:
            while self.description and not self.description[-1]:
                self.description.pop()
            self.described["description"] = "\n".join(self.description)
            self.described, self.description = None, []
