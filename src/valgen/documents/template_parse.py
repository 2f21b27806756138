"""Reading a template: its text into a tree, every mistake with its place and what to do about it.

The language is what stands here and nothing else: the directives of ``SPECS``, the boxes, lists and tables of
reStructuredText, and placeholders. Whatever could read a file, pass markup through or change the language is refused,
so that a template cannot reach outside itself. Messages name line and column; the parser knows lines alone, so the
column is that of the word that is meant.

Source: design.md §2, integrity.md H-3, H-4.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from docutils import frontend, nodes
from docutils.parsers.rst import Directive, Parser, directives, roles
from docutils.utils import Reporter, new_document

from valgen.codes import finding
from valgen.documents.catalog import DocumentSpec
from valgen.documents.context import Context
from valgen.documents.directives import SPECS, DirectiveError, DirectiveSpec
from valgen.documents.nodes import valgen_block
from valgen.documents.shipped import Template
from valgen.documents.template_messages import HALF_HEADINGS, explained
from valgen.errors import Finding
from valgen.source import SourceLocation
from valgen.trace.rules.suggest import did_you_mean

PLAIN_DIRECTIVES = (
    "admonition", "attention", "caution", "code", "compound", "danger", "epigraph", "error", "highlights", "hint",
    "important", "line-block", "list-table", "note", "pull-quote", "rubric", "sidebar", "table", "tip", "topic",
    "warning",
)  # fmt: skip
"""Directives of reStructuredText that a template may use beside those of valgen."""

REFUSED: Mapping[str, str] = {
    "include": "a template holds all of its text itself",
    "literalinclude": "a template holds all of its text itself",
    "raw": "a document must read the same in Word, PDF and HTML",
    "csv-table": "write a table or a list-table; a table cannot come from a file",
    "image": "name pictures in the field figures of an item",
    "figure": "name pictures in the field figures of an item",
    "contents": "every document has a table of contents already",
    "sectnum": "every document numbers its sections already",
    "header": "the head of a page is the same in every document; a Word template changes its look",
    "footer": "the foot of a page is the same in every document; a Word template changes its look",
    "title": "the title of a document stands in requirements/documents.yaml",
    "date": "two builds on two days must give the same document",
    "replace": "placeholders are those of valgen",
    "unicode": "type the character itself",
}
"""Directives that people ask for and that are refused, with the reason or the way that there is."""

_REFUSED_TOO = (
    "class", "container", "default-role", "math", "meta", "parsed-literal", "restructuredtext-test-directive", "role",
    "target-notes",
)  # fmt: skip


def parse_template(
    template: Template, spec: DocumentSpec, context: Context, placeholders: Mapping[str, str], found: list[Finding]
) -> nodes.document:
    """Read a template for one document.

    Args:
        template: its text.
        spec: the document that is made from it.
        context: of the project.
        placeholders: text for each ``|name|``.
        found: gets a finding for every mistake.
    """
    settings = frontend.get_default_settings(Parser)
    settings.file_insertion_enabled = False
    settings.raw_enabled = False
    settings.report_level = Reporter.WARNING_LEVEL
    settings.halt_level = 5
    settings.smart_quotes = False
    settings.syntax_highlight = "none"
    tree = new_document(template.path, settings)
    reporter = _Collector(template, placeholders, found)
    tree.reporter = reporter
    for name, text in placeholders.items():
        tree.substitution_defs[name] = nodes.substitution_definition("", text, names=[name])
        tree.substitution_names[name.lower()] = name
    try:
        with _language(spec, context, reporter):
            Parser().parse(template.text, tree)
        tree.transformer.add_transforms(_transforms())
        tree.transformer.apply_transforms()
    except RecursionError:
        reporter.mistake("lists or quotations are nested too deeply to be printed", 0, "", "take some levels out")
        return new_document(template.path, settings)
    return tree


class _Collector(Reporter):
    """Keeps the parser's messages as findings instead of printing them."""

    def __init__(self, template: Template, placeholders: Mapping[str, str], found: list[Finding]) -> None:
        super().__init__(template.path, report_level=Reporter.WARNING_LEVEL, halt_level=5, stream=False)
        self._template = template
        self._lines = template.text.split("\n")
        self._placeholders = placeholders
        self._found = found
        self._taken: set[tuple[int, int]] = set()
        self.prose: dict[str, int] = {}

    def system_message(self, level: int, message: Any, *children: Any, **kwargs: Any) -> nodes.system_message:
        """Keep one message."""
        node = super().system_message(level, message, *children, **kwargs)
        if level >= Reporter.WARNING_LEVEL or str(message).startswith(HALF_HEADINGS):
            said = explained(str(message), self._placeholders)
            self.mistake(said.text, int(node.get("line") or 0), said.word, said.fix)
        return node

    def mistake(self, text: str, line: int, word: str, fix: str = "", code: str = "VG340") -> None:
        """Keep one mistake.

        Args:
            text: what is wrong.
            line: where the parser was, from 1; 0 for the file as a whole.
            word: what to look for from that line on, so that the place is exact.
            fix: how to mend it.
            code: of the finding.
        """
        self._found.append(finding(code, f"template: {text}", self._place(line, word), fix=fix))

    def _place(self, line: int, word: str) -> SourceLocation:
        path = self._template.path
        if not line:
            return SourceLocation(path)
        sought = word.casefold()
        for number in range(line, len(self._lines) + 1) if word else ():
            text = self._lines[number - 1].casefold()
            column = text.find(sought)
            while column >= 0:
                if (number, column) not in self._taken:
                    self._taken.add((number, column))
                    return SourceLocation(path, number, column + 1, len(word))
                column = text.find(sought, column + 1)
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        return SourceLocation(path, line, len(text) - len(text.lstrip()) + 1, len(text.strip()))


class _BlockDirective(Directive):
    """Places the blocks of one spec; bound to a document while a template is read."""

    has_content = False
    final_argument_whitespace = True
    spec: DirectiveSpec
    context: Context
    document_spec: DocumentSpec
    reporter: _Collector

    def run(self) -> list[nodes.Node]:
        argument = self.arguments[0].strip() if self.arguments else ""
        try:
            blocks = self.spec.render(self.context, self.document_spec.entry, argument, self.options)
        except DirectiveError as error:
            fix = f"for example: {self.spec.example}" if "\n" not in self.spec.example else ""
            word = error.word or argument.split("\n")[0]
            near = did_you_mean(word, error.known) if word else ""
            word = word or f"valgen:{self.spec.name}::"
            self.reporter.mistake(f"valgen:{self.spec.name}: {error}", self.lineno, word, near or fix)
            return []
        placed = [valgen_block(block=block) for block in blocks]
        if self.spec.name != "prose":
            return list(placed)
        heading = argument.casefold()
        self._note_prose(argument)
        for node in placed:
            node["prose"] = heading
        return list(placed) if placed else [nodes.comment("", "", prose=heading)]

    def _note_prose(self, heading: str) -> None:
        earlier = self.reporter.prose.setdefault(heading.casefold(), self.lineno)
        if earlier != self.lineno:
            text = f"the text under the heading {heading} is placed twice; it stands in line {earlier} already"
            self.reporter.mistake(text, self.lineno, heading, code="VG347")


class _AnyOption(dict[str, Callable[[str], str]]):
    """Takes every option, so that a refused directive has one message and not one for each of its options."""

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, name: str) -> Callable[[str], str]:
        return directives.unchanged


class _Refused(Directive):
    """Stands for every directive that is no part of the language."""

    has_content = True
    optional_arguments = 100
    final_argument_whitespace = True
    option_spec = _AnyOption()
    reporter: _Collector

    def run(self) -> list[nodes.Node]:
        reason = REFUSED.get(self.name.lower(), "only what `valgen template list --directives` shows may be used")
        self.reporter.mistake(
            f"the directive {self.name} may not be used in a template", self.lineno, f"{self.name}::", reason
        )
        return []


class _language:
    """Makes the parser know the language of templates and nothing else, for the time of one parse."""

    def __init__(self, spec: DocumentSpec, context: Context, reporter: _Collector) -> None:
        self._bound = {"context": context, "document_spec": spec, "reporter": reporter}
        self._reporter = reporter

    def __enter__(self) -> None:
        registry: dict[str, Any] = directives._directives  # type: ignore[attr-defined]
        self._directives = dict(registry)
        words: dict[str, Any] = roles._roles  # type: ignore[attr-defined]
        self._roles = dict(words)
        registry.clear()
        words.clear()
        for name, spec in SPECS.items():
            members = {
                **self._bound,
                "spec": spec,
                "required_arguments": 1 if spec.required else 0,
                "optional_arguments": 1 if spec.argument and not spec.required else 0,
                "option_spec": dict(spec.options),
            }
            registry[f"valgen:{name}"] = type(f"_{name}", (_BlockDirective,), members)
        refused = type("_Bound", (_Refused,), {"reporter": self._reporter})
        known: Mapping[str, Any] = directives._directive_registry  # type: ignore[attr-defined]
        for name in {*known, *REFUSED, *_REFUSED_TOO}.difference(PLAIN_DIRECTIVES):
            registry[name] = refused

    def __exit__(self, *reason: object) -> None:
        registry: dict[str, Any] = directives._directives  # type: ignore[attr-defined]
        registry.clear()
        registry.update(self._directives)
        words: dict[str, Any] = roles._roles  # type: ignore[attr-defined]
        words.clear()
        words.update(self._roles)


def _transforms() -> list[Any]:
    """The transforms that a template needs; contents, includes and the like are none of them."""
    from docutils.transforms import references

    return [
        references.Substitutions,
        references.InternalTargets,
        references.ExternalTargets,
        references.Footnotes,
        references.DanglingReferences,
    ]


_BLANK = re.compile(r"\s*\Z")


def check_sections(tree: nodes.document, template: Template, found: list[Finding]) -> None:
    """Report what a tree lacks or has twice: sections of one title, text before the first heading, no text at all."""
    if _BLANK.match(template.text):
        found.append(finding("VG340", "template: it is empty", SourceLocation(template.path, 1, 1), fix="write it"))
        return
    titles: dict[str, int] = {}
    lines = template.text.split("\n")
    for section in tree.findall(nodes.section):
        title = section.next_node(nodes.title)
        if title is None:
            continue
        text = " ".join(title.astext().split())
        line = _line_of(title, lines)
        earlier = titles.setdefault(text.casefold(), line)
        if earlier != line:
            what = f"template: two sections have the title {text}; the first stands in line {earlier}"
            found.append(finding("VG348", what, SourceLocation(template.path, line, 1, len(lines[line - 1]))))
    first = next((child for child in tree.children if not isinstance(child, _SILENT)), None)
    if isinstance(first, nodes.Element) and not isinstance(first, nodes.section):
        line = int(first.line or 1)
        found.append(
            finding("VG349", "template: text stands before the first heading", SourceLocation(template.path, line, 1))
        )


_SILENT = (nodes.comment, nodes.system_message, nodes.substitution_definition, nodes.target)


def _line_of(title: nodes.title, lines: list[str]) -> int:
    """Return the line in which a title stands; the parser names one of its line and the lines drawn around it."""
    near = int(title.line or (title.parent.line if title.parent is not None else 0) or 1)
    raw = title.rawsource.strip() or title.astext().strip()
    for number in (near, near - 1, near - 2, near + 1):
        if 1 <= number <= len(lines) and lines[number - 1].strip() == raw:
            return number
    return min(max(near, 1), len(lines))


__all__ = ["PLAIN_DIRECTIVES", "REFUSED", "check_sections", "parse_template"]
