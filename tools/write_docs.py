#!/usr/bin/env python3
"""Write what code and requirements declare into the pages of docs/: fields, settings, commands, codes, clauses.

    python tools/write_docs.py            write the pages that differ
    python tools/write_docs.py --check    change nothing; exit 1 and name the pages that differ

A page holds pairs of lines, ``<!-- generated: NAME -->`` and ``<!-- end generated -->``; what stands between them
belongs to this script, everything else to people. A test runs the check, so that no page says what the code does not.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parents[1] / "docs"

_PART = re.compile(r"<!-- generated: ([a-z-]+) -->\n(.*?)<!-- end generated -->", re.DOTALL)
_SPECIAL = re.compile(r"([\\*_\[\]<`$])")


def render(text: str) -> str:
    """Return a page with every generated part as the code says now."""

    def replace(found: re.Match[str]) -> str:
        body = "\n".join(PARTS[found[1]]())
        return f"<!-- generated: {found[1]} -->\n\n{body.strip()}\n\n<!-- end generated -->"

    return _PART.sub(replace, text)


def pages() -> list[Path]:
    """Return the pages that hold generated parts."""
    return [path for path in sorted(DOCS.glob("*.md")) if "<!-- generated: " in path.read_text(encoding="utf-8")]


# --- items ---------------------------------------------------------------------------------------------------------


def item_types() -> Iterator[str]:
    """Every shipped item type with its own fields."""
    from valgen.model.document_types import DOCUMENT_TYPES
    from valgen.model.item_types import SHIPPED_TYPES

    common = _common_names()
    yield from _table(
        ("Type", "Is", "Stands in the document", "Must link upward"),
        (
            (
                f"[{kind.key}](fields-{kind.key.lower()})",
                kind.name,
                DOCUMENT_TYPES.get(kind.document, kind.document),
                _yes(kind.links_up),
            )
            for kind in SHIPPED_TYPES.values()
        ),
    )
    for kind in SHIPPED_TYPES.values():
        yield f"\n(fields-{kind.key.lower()})="
        yield f"### {kind.key}: {kind.name.lower()}\n"
        own = [field for field in kind.fields if field.name not in common]
        required = [field.name for field in kind.fields if field.required and field.name in common]
        yield f"Required besides `id`: {_codes(required)}" + (" and those marked below.\n" if _any(own) else ".\n")
        yield from _fields(own)


def common_fields() -> Iterator[str]:
    """Fields that every item type has."""
    from valgen.model.item_types import COMMON_FIELDS

    yield from _fields(COMMON_FIELDS, required=False)


def field_kinds() -> Iterator[str]:
    """What each kind of field may hold."""
    from valgen.model.item_types import FieldKind

    holds = {
        FieldKind.TEXT: ("one line of text", "`owner: Head of QC`"),
        FieldKind.PROSE: ("text of any length, as CommonMark without HTML", "`text: The system shall ...`"),
        FieldKind.CHOICE: ("one of the words listed", "`priority: must`"),
        FieldKind.CHOICES: ("a list of words listed", "`impact: [product_quality, data_integrity]`"),
        FieldKind.TEXTS: ("a list of texts", "`sites: [Basel, Cork]`"),
        FieldKind.LINKS: ("a list of ids, each a link upward", "`satisfies: [URS-010]`"),
        FieldKind.CLAUSES: ("a list of clause ids", '`regulations: ["21CFR11.10(e)"]`'),
        FieldKind.SCORES: ("scores by name", "`residual: {probability: low, detectability: high}`"),
        FieldKind.YESNO: ("the word yes or no", "`gxp: yes`"),
        FieldKind.FIGURES: (
            "a list of image files, relative to the YAML file; a caption may follow after a vertical bar",
            "`figures: [flow.png]`",
        ),
    }
    yield from _table(("Kind", "Holds", "Example"), ((kind.value, *holds[kind]) for kind in FieldKind))


def _fields(fields: Iterable[Any], *, required: bool = True) -> Iterator[str]:
    head = ("Field", "Kind", *(("Required",) if required else ()), "What it says")
    rows = []
    for field in fields:
        words = f" One of {_codes(field.choices)}." if field.choices else ""
        names = f" Names {_list(field.targets)}." if field.targets else ""
        default = f" Without it: `{field.default}`." if field.default else ""
        date = " (YYYY-MM-DD)" if field.format == "date" else ""
        row = [f"`{field.name}`", field.kind.value + date]
        row += [_yes(field.required)] if required else []
        rows.append((*row, _text(field.doc) + words + names + default))
    yield from _table(head, rows)


def _common_names() -> set[str]:
    from valgen.model.item_types import COMMON_FIELDS

    return {field.name for field in COMMON_FIELDS}


# --- register, applicability, regulations --------------------------------------------------------------------------


def register_columns() -> Iterator[str]:
    """Keys of an entry of the register."""
    from valgen.readers.register import DOCUMENT_COLUMNS

    yield from _columns(DOCUMENT_COLUMNS)


def history_columns() -> Iterator[str]:
    """Keys of a row of a history."""
    from valgen.readers.register import HISTORY_COLUMNS

    yield from _columns(HISTORY_COLUMNS)


def applicability_columns() -> Iterator[str]:
    """Keys of a row of applicability.yaml."""
    from valgen.readers.applicability import COLUMNS

    yield from _columns(COLUMNS)


def screening_columns() -> Iterator[str]:
    """Keys of an answer of the GxP screening."""
    from valgen.readers.applicability import SCREENING_COLUMNS

    yield from _columns(SCREENING_COLUMNS)


def screening_questions() -> Iterator[str]:
    """The shipped screening questions."""
    from valgen.model.screening import SCREENING

    yield from _table(
        ("`question`", "Asks", "A yes means"), ((f"`{one.id}`", _text(one.text), one.impact) for one in SCREENING)
    )


def core_set() -> Iterator[str]:
    """Which document each GAMP category expects."""
    from valgen.model.document_types import DOCUMENT_TYPES
    from valgen.trace.document_set import CATEGORIES, CORE_SET

    yield from _table(
        ("Document", *(f"{key}, {name}" for key, name in CATEGORIES.items())),
        (
            (f"{kind}, {DOCUMENT_TYPES[kind]}", *(need.value for need in needs.values()))
            for kind, needs in CORE_SET.items()
        ),
    )


def document_types() -> Iterator[str]:
    """Document types with what this version writes."""
    from valgen.documents.catalog import STAGES
    from valgen.documents.shipped import shipped_templates
    from valgen.model.document_types import DOCUMENT_TYPES
    from valgen.model.item_types import SHIPPED_TYPES

    written = {*shipped_templates(), *STAGES, *SHIPPED_TYPES}
    yield from _table(
        ("Type", "Title", "Written by this version"),
        ((f"`{key}`", title, _yes(key in written)) for key, title in DOCUMENT_TYPES.items()),
    )


def libraries() -> Iterator[str]:
    """The shipped clause libraries."""
    from valgen.regulations.library import libraries as shipped

    yield from _table(
        ("Name in the settings", "Library"), ((f"`{name}`", _text(one.title)) for name, one in shipped().items())
    )


def _columns(columns: Iterable[Any]) -> Iterator[str]:
    rows = []
    for column in columns:
        words = f" One of {_codes(column.choices)}." if column.choices else ""
        rows.append((f"`{column.name}`", _yes(column.required), _text(column.doc) + words))
    yield from _table(("Key", "Required", "What it says"), rows)


# --- test scripts --------------------------------------------------------------------------------------------------


def tags() -> Iterator[str]:
    """Every known tag."""
    from valgen.model.testcase import KNOWN_FLAGS, KNOWN_PREFIXES

    prefixes = {
        "verifies": ("@verifies:FS-012", "the case verifies this item; repeat the tag for several"),
        "risk": ("@risk:RSK-004", "the case challenges the controls of this risk"),
        "env": ("@env:PROD", "the case is planned in this environment, instead of where `[stages]` says"),
    }
    flags = {
        "manual": "a person executes it; in this version it stays *Not executed*",
        "unscripted": "an exploratory session by a person; in this version it stays *Not executed*",
        "critical": "marked in protocol and report",
        "destructive": "*Blocked* in an environment called PROD, PRD or PRODUCTION",
        "positive": "shows that what is allowed works",
        "negative": "shows that what is forbidden is refused",
        "boundary": "shows the behaviour at a limit",
        "stress": "shows the behaviour under load",
        "evidence": "the case must attach something; without an attachment it ends as Error",
        "witness": "somebody watches the execution; printed",
        "retired": "kept for its id only; never planned or executed",
    }
    rows = [("`@IQ-...`, `@OQ-...`, `@PQ-...`", "the id of the case: exactly one; must be there")]
    rows += [(f"`{prefixes[name][0]}`", prefixes[name][1]) for name in KNOWN_PREFIXES]
    rows += [(f"`@{name}`", flags[name]) for name in KNOWN_FLAGS]
    yield from _table(("Tag", "Says"), rows)


def results() -> Iterator[str]:
    """Every result and whether it counts as success."""
    from valgen.model.outcome import Outcome

    means = {
        Outcome.PASSED: "every step was executed and every check held",
        Outcome.PASSED_WITH_DEVIATION: "given by a person once every deviation is closed; this version never gives it",
        Outcome.FAILED: "a check did not hold",
        Outcome.ERROR: "the test itself broke: no step code, a fault in step code, a fixture that fails",
        Outcome.BLOCKED: "valgen refused to execute it, such as a destructive case in production",
        Outcome.SKIPPED: "step code left it out on purpose while it was executed",
        Outcome.NOT_EXECUTED: "planned, without a result; also a manual case, and a case whose result is stale",
        Outcome.ABORTED: "begun and cut off",
        Outcome.NOT_APPLICABLE: "excluded with a reason; this version never gives it",
    }
    yield from _table(
        ("Result", "Means", "Accepted"),
        ((f"**{one.value}**", means[one], _yes(one.accepted)) for one in Outcome),
    )


def limits() -> Iterator[str]:
    """The most that one step may give."""
    from valgen.steps import LIMITS

    names = {
        "text": "characters of one expected or observed value",
        "texts": "expected values, and observed values, of a step",
        "step_text": "characters of all values and table cells of a step together",
        "table_rows": "rows of one table",
        "table_columns": "columns of one table",
        "attachments": "attachments of a step",
        "attachment_bytes": "bytes of one attachment",
        "name": "characters of the name of an attachment",
    }
    yield from _table(("At most", "Of"), ((f"{getattr(LIMITS, name):,}", text) for name, text in names.items()))


def setting_placeholders() -> Iterator[str]:
    """Values of the settings that a step may name."""
    from valgen.model.project import Settings
    from valgen.workflow.variables import settings_values

    yield _codes(f"<{name}>" for name in settings_values(Settings())) + "."


# --- documents -----------------------------------------------------------------------------------------------------


def template_headings() -> Iterator[str]:
    """The headings under which each document takes prose."""
    from valgen.documents.shipped import shipped_folder, shipped_templates

    serves = {
        "protocol": ("IQ", "OQ", "PQ"),
        "report": ("IQ", "OQ", "PQ"),
        "items": ("KEY",),
        "RTM-initial": ("RTM",),
    }
    where = {
        "protocol": "the protocol",
        "report": "the report",
        "items": "the document of a type of your own",
        "RTM-initial": "the initial issue",
    }
    rows = []
    for name in sorted(shipped_templates(), key=str.casefold):
        found = _prose_headings((shipped_folder() / f"{name}.rst").read_text(encoding="utf-8"))
        files = ", ".join(f"`{key}.md`" for key in serves.get(name, (name,)))
        for heading, options in found:
            rows.append(
                (
                    files,
                    f"`## {heading}`",
                    _yes("required" in options),
                    options.get("default", "nothing" if "required" not in options else "a note that it is missing"),
                    where.get(name, name),
                )
            )
    yield from _table(
        ("File in documents/", "Heading", "Required", "Printed when it is not written", "Stands in"), rows
    )


def _prose_headings(template: str) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    for line in template.splitlines():
        place = re.fullmatch(r"\.\. valgen:prose:: (.+)", line)
        option = re.fullmatch(r"   :([a-z]+):(.*)", line)
        if place:
            found.append((place[1].strip(), {}))
        elif option and found:
            found[-1][1][option[1]] = option[2].strip()
    return found


def template_uses() -> Iterator[str]:
    """Every shipped template with the documents that it serves."""
    from valgen.workflow.templates import template_uses as uses

    yield from _table(
        ("Template", "Serves"),
        (
            (f"`{name}.rst`" if name != "word" else "`word.docx`, copied as `word`", _text(text))
            for name, text in uses().items()
        ),
    )


def directives() -> Iterator[str]:
    """Every directive of the template language by family, each with an example."""
    from valgen.documents.directives import FAMILIES

    for title, specs in FAMILIES:
        yield f"\n### {title}\n"
        for spec in specs:
            yield f"\n(directive-{spec.name})=\n#### valgen:{spec.name}\n"
            yield f"{_text(spec.summary)}"
            if spec.argument:
                yield f"Argument: {_text(spec.argument)}{'' if spec.required else '; may be left out'}."
            for number, option in enumerate(spec.options):
                yield f"{'' if number else chr(10)}- `:{option}:` {_text(spec.says[option])}"
            yield f"\n```rst\n{spec.example}\n```"


def plain_directives() -> Iterator[str]:
    """What a template may use beside the directives of valgen."""
    from valgen.documents.template_parse import PLAIN_DIRECTIVES

    yield f"Beside its own directives, valgen knows these of reStructuredText: {_codes(PLAIN_DIRECTIVES)}."


def refused_directives() -> Iterator[str]:
    """What a template may not use, with the reason."""
    from valgen.documents.template_parse import REFUSED

    yield from _table(
        ("Refused", "Because, or instead"), ((f"`{name}`", _text(reason)) for name, reason in REFUSED.items())
    )


def placeholders() -> Iterator[str]:
    """Every placeholder of the template language."""
    from valgen.documents.template import PLACEHOLDERS

    yield from _table(
        ("Placeholder", "Gives way to"), ((f"`|{name}|`", _text(text)) for name, text in PLACEHOLDERS.items())
    )


# --- settings ------------------------------------------------------------------------------------------------------


def settings() -> Iterator[str]:
    """Every table of valgen.toml with its keys and defaults."""
    from valgen.model.document_types import DOCUMENT_TYPES
    from valgen.readers import settings_declared as declared

    defaults = {name: getattr(declared.DEFAULT_PATHS, name) for name in (one.name for one in declared.PATHS)}
    from valgen.model.project import Settings

    shipped = Settings()
    project = {"controlled_rendering": shipped.controlled_rendering, "language": shipped.language}
    yield from _setting_table("`[project]`", "project", declared.PROJECT, project)
    yield from _setting_table("`[system]`", "system", declared.SYSTEM)
    yield from _setting_table("`[[components]]`", "components", declared.COMPONENT)
    yield from _setting_table("`[paths]`", "paths", declared.PATHS, defaults)
    yield from _setting_table("`[records]`", "records", declared.RECORDS)
    yield from _setting_table("`[environments.NAME]`", "environments", declared.ENVIRONMENT)
    name, title = declared.DEFAULT_ENVIRONMENT
    yield f"\nWithout any environment there is one, `{name}`, with the title {title}."
    yield f"\n### `[stages]`\n\n{declared.TOP_LEVEL['stages']}"
    yield f"Keys are {_codes(declared.STAGES)}; each holds a list of environments."
    yield "A stage that is not named is planned in the first environment."
    yield f"\n### `[workflow]`\n\n{declared.TOP_LEVEL['workflow']}"
    yield "A key is a document type; its value is a list of tables with these keys:\n"
    yield from _setting_rows(declared.SIGNATURE)
    yield "\nShipped defaults:\n"
    yield from _table(
        ("Document", "Signatures, in this order"),
        (
            (
                f"`{key}` {DOCUMENT_TYPES[key]}",
                ", ".join(f"{one.role} ({one.meaning})" for one in steps).replace("_", " "),
            )
            for key, steps in declared.DEFAULT_WORKFLOW.items()
        ),
    )
    yield from _risk()
    yield f"\n### `[acceptance]`\n\n{declared.TOP_LEVEL['acceptance']}"
    yield "A key of your own adds a criterion; a shipped key replaces its words.\n"
    yield from _table(
        ("Key", "Shipped words"), ((f"`{key}`", text) for key, text in declared.DEFAULT_ACCEPTANCE.items())
    )
    yield from _own_types()
    yield f"\n### `[severity]`\n\n{declared.TOP_LEVEL['severity']}"
    yield "A key is a code, its value `warning` or `error`."
    yield from _setting_table("`[[waivers]]`", "waivers", declared.WAIVER)


def _risk() -> Iterator[str]:
    from valgen.model.item_types import SCALE
    from valgen.readers import settings_declared as declared

    risk = declared.DEFAULT_RISK
    yield f"\n### `[risk]`\n\n{declared.TOP_LEVEL['risk']}"
    yield from _table(
        ("Key", "What it says"),
        (
            ("`method`", f"One of {_codes(declared.RISK_METHODS)}. Without it: `two-step`."),
            (
                "`severity`, `probability`, `detectability`",
                "Words of your own for a scale, lowest first; `two-step` only.",
            ),
            ("`class`", "Severity, then probability, to a class; needed with words of your own."),
            ("`priority`", "Class, then detectability, to low, medium or high; needed with words of your own."),
            ("`scale`", f"Highest score, from 2 to 10; `rpn` only. Without it: {declared.DEFAULT_RPN_SCALE}."),
            (
                "`bands`",
                "Lowest product of the three scores for each priority; `rpn` only. Without it: "
                + ", ".join(f"{key} {number}" for key, number in declared.DEFAULT_RPN_BANDS.items())
                + ".",
            ),
        ),
    )
    yield "\nShipped classes, severity by probability:\n"
    yield from _table(
        ("Severity", *(f"{word} probability" for word in SCALE)),
        ((row, *(risk.risk_class[row, column] for column in SCALE)) for row in reversed(SCALE)),
    )
    yield "\nShipped priorities, class by detectability (low means hard to notice):\n"
    yield from _table(
        ("Class", *(f"{word} detectability" for word in reversed(SCALE))),
        ((row, *(risk.priority[row, column] for column in reversed(SCALE))) for row in ("1", "2", "3")),
    )


def _own_types() -> Iterator[str]:
    from dataclasses import replace

    from valgen.readers import settings_declared as declared
    from valgen.readers.settings_types import OWN_KINDS

    yield f"\n### `[types.KEY]`\n\n{declared.TOP_LEVEL['types']}"
    yield "Title, text and the fields that all items share come with every type.\n"
    yield from _setting_rows(
        declared.ITEM_TYPE,
        more=(
            ("`links_up`", "true or false", "no", "Whether an active item must link upward. Without it: true."),
            ("`text_required`", "true or false", "no", "Whether an active item must have a text. Without it: true."),
            ("`fields`", "tables", "no", "Fields of its own, `[types.KEY.fields.NAME]`."),
        ),
    )
    yield "\nA field of its own:\n"
    fields = [replace(one, choices=OWN_KINDS) if one.name == "kind" else one for one in declared.ITEM_FIELD]
    yield from _setting_rows(
        fields, more=(("`required`", "true or false", "no", "Whether an active item must have it. Without it: false."),)
    )


def _setting_table(
    title: str, key: str, declared: Iterable[Any], defaults: dict[str, str] | None = None
) -> Iterator[str]:
    from valgen.readers.settings_declared import TOP_LEVEL

    yield f"\n### {title}\n\n{TOP_LEVEL[key]}\n"
    yield from _setting_rows(declared, defaults)


def _setting_rows(
    declared: Iterable[Any], defaults: dict[str, str] | None = None, more: Sequence[tuple[str, ...]] = ()
) -> Iterator[str]:
    from valgen.readers.settings_declared import SettingKind

    kinds = {
        SettingKind.TEXT: "text",
        SettingKind.TEXTS: "list of texts",
        SettingKind.CHOICE: "one word",
        SettingKind.PATH: "folder",
        SettingKind.VARIABLES: 'texts, or `{ secret = "NAME" }`',
    }
    rows: list[tuple[str, ...]] = []
    for one in declared:
        words = f" One of {_codes(one.choices)}." if one.choices else ""
        default = f" Without it: `{defaults[one.name]}`." if defaults and one.name in defaults else ""
        rows.append((f"`{one.name}`", kinds[one.kind], _yes(one.required), _text(one.doc) + words + default))
    yield from _table(("Key", "Holds", "Required", "What it says"), [*rows, *more])


# --- commands and codes --------------------------------------------------------------------------------------------


def commands() -> Iterator[str]:
    """The help of every command, as it prints it."""
    import click

    from valgen.cli import COMMANDS, _root

    # Made as the program makes it, so that options such as -h are there; subcommands inherit them.
    root = click.Context(_root, info_name="valgen", terminal_width=100, help_option_names=["-h", "--help"])
    yield from _help(_root, root, "valgen")
    for name in COMMANDS:
        command = _root.get_command(root, name)
        if command is None:
            raise LookupError(name)
        context = click.Context(command, info_name=name, parent=root, terminal_width=100)
        yield f"\n(command-{name})=\n### valgen {name}\n"
        yield from _help(command, context, name)
        if isinstance(command, click.Group):
            for inner in command.list_commands(context):
                found = command.get_command(context, inner)
                if found is None:
                    raise LookupError(inner)
                yield f"\n#### valgen {name} {inner}\n"
                yield from _help(
                    found, click.Context(found, info_name=inner, parent=context, terminal_width=100), inner
                )


def _help(command: Any, context: Any, name: str) -> Iterator[str]:
    yield "```text"
    yield command.get_help(context).rstrip()
    yield "```"


def schemas() -> Iterator[str]:
    """Every schema that belongs to a file or to a command of this version."""
    from valgen.cli import COMMANDS
    from valgen.readers.schemas import KINDS, schema

    rows = []
    for kind in KINDS:
        command = kind.removeprefix("result-")
        if kind.startswith("result-") and command not in COMMANDS:
            continue  # the shape is fixed already, the command comes with a later version
        rows.append((f"`{kind}`", _text(str(schema(kind)["title"]))))
    yield from _table(("Schema", "Describes"), rows)


def codes() -> Iterator[str]:
    """Every code with severity, reason and mend."""
    from valgen.codes import CODES

    subjects = {
        "0": "Reading files and settings",
        "1": "Items and their links",
        "2": "Test scripts",
        "3": "Documents, prose and clauses",
        "4": "Execution and evidence",
        "5": "Records and verification",
        "6": "Signing, disclosures and the audit trail",
        "7": "Rendering",
        "9": "Usage, and valgen itself",
    }
    groups: dict[str, list[Any]] = {}
    for info in CODES.values():
        groups.setdefault(info.code[2], []).append(info)
    for number, infos in sorted(groups.items()):
        yield f"\n## {subjects[number]}: VG{number}xx\n"
        for info in sorted(infos, key=lambda one: one.code):
            yield f"\n({info.code})=\n### {info.code}: {_text(info.title)}\n"
            yield f"**{info.severity.value.capitalize()}.** {_text(info.why)}\n"
            yield f"*To mend it:* {_text(info.fix)}\n"
            if info.example:
                yield f"For example:\n\n```text\n{info.example}\n```\n"


_FAMILIES = {
    "I": "Records and log",
    "S": "Signatures, keys and accounts",
    "D": "Documents and packs",
    "C": "Crash, concurrency, clock and restore",
    "X": "Execution",
    "H": "Hostile input",
    "W": "Web interface",
}


def attack_counts() -> Iterator[str]:
    """How many rows of the attack matrix are covered, and the names of the others."""
    rows = _attacks()
    yield from _table(
        ("Attacks on", "Rows", "Covered", "Open"),
        (
            (
                _text(title),
                str(len(mine)),
                str(sum(map(_covered, mine.values()))),
                _list(name for name, entry in mine.items() if not _covered(entry)) or "none",
            )
            for family, title in _FAMILIES.items()
            for mine in [{name: entry for name, entry in rows.items() if name[0] == family}]
        ),
    )
    yield ""
    yield f"Covered in all: {sum(map(_covered, rows.values()))} of {len(rows)}."


def attacks() -> Iterator[str]:
    """Every row of the attack matrix with its tests and what is missing."""
    rows = _attacks()
    for family, title in _FAMILIES.items():
        yield f"\n## {title}\n"
        table = []
        for name, entry in rows.items():
            if name[0] != family:
                continue
            tests = [f"`{test.partition('::')[2]}`" for test in entry.get("tests", ())]
            state = "covered" if _covered(entry) else f"open: {_text(entry.get('missing') or entry.get('open', ''))}"
            state += f"; {_text(entry['note'])}" if "note" in entry else ""
            table.append((name, _text(entry["attack"]), state, "<br>".join(tests) or "none"))
        yield from _table(("Row", "Attack", "State", "Tests"), table)


# --- clauses of valgen itself --------------------------------------------------------------------------------------


def part_11_procedures() -> Iterator[str]:
    """What procedures of the organisation have to say, with the clauses that rest on them."""
    project, _ = _own()
    for item in project.items:
        if item.type == "SOP" and not item.retired:
            clauses = ", ".join(item.values("regulations"))
            yield f"**{_text(item.title)}** ({item.id}: {_text(clauses)})\n"
            yield f"{' '.join(item.value('text').split())}\n"


def part_11_clauses() -> Iterator[str]:
    """Every clause that asks for evidence and applies, with the requirements and the procedures that answer it."""
    for library, clauses in _own_clauses():
        yield f"### {_text(library)}\n"
        rows = []
        for clause, stated, items in clauses:
            if stated is not None and not stated.applicable:
                continue
            organisation = [one.id for one in items if one.type == "SOP" or one.verification == "procedure"]
            system = [one.id for one in items if one.id not in organisation]
            named = (_list(system) or "nothing", _list(organisation) or "nothing")
            rows.append((_text(clause.id), _text(clause.title), *named))
        yield from _table(("Clause", "Subject", "valgen's requirements", "Your procedures"), rows)
        yield ""


def part_11_excluded() -> Iterator[str]:
    """Clauses that the supplier states not to apply, with the reason."""
    yield from _table(
        ("Clause", "Subject", "Because"),
        (
            (_text(clause.id), _text(clause.title), _text(stated.rationale))
            for _, clauses in _own_clauses()
            for clause, stated, _ in clauses
            if stated is not None and not stated.applicable
        ),
    )


def _own_clauses() -> Iterator[tuple[str, list[tuple[Any, Any, list[Any]]]]]:
    """Title of each library, and its clauses that ask for evidence with what valgen's own project says of them."""
    from valgen.regulations.library import libraries as shipped
    from valgen.regulations.library import library_clauses

    project, answers = _own()
    stated = {one.clause: one for one in project.applicability}
    for name in project.settings.regulations:
        yield (
            shipped()[name].title,
            [
                (clause, stated.get(clause.id), answers.get(clause.id, []))
                for clause in library_clauses(name)
                if clause.counts
            ],
        )


def _own() -> tuple[Any, dict[str, list[Any]]]:
    """Valgen's own project, and its items by the clause that they name."""
    from valgen.readers import read_project

    project = read_project(DOCS.parent)
    answers: dict[str, list[Any]] = {}
    for item in sorted(project.items, key=lambda one: (one.type != "URS", one.id)):
        if not item.retired:
            for clause in item.values("regulations"):
                answers.setdefault(clause, []).append(item)
    return project, answers


def _attacks() -> dict[str, Any]:
    import yaml

    path = DOCS.parent / "tests" / "attack_matrix.yaml"
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def _covered(entry: dict[str, Any]) -> bool:
    return "tests" in entry and "missing" not in entry


# --- Markdown ------------------------------------------------------------------------------------------------------


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join('---' for _ in head)}|"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _text(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _codes(words: Iterable[str]) -> str:
    return _list(f"`{word}`" for word in words)


def _list(words: Iterable[str]) -> str:
    return ", ".join(words)


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


def _any(fields: Iterable[Any]) -> bool:
    return any(field.required for field in fields)


PARTS: dict[str, Callable[[], Iterator[str]]] = {
    "item-types": item_types,
    "common-fields": common_fields,
    "field-kinds": field_kinds,
    "register-columns": register_columns,
    "history-columns": history_columns,
    "applicability-columns": applicability_columns,
    "screening-columns": screening_columns,
    "screening-questions": screening_questions,
    "core-set": core_set,
    "document-types": document_types,
    "libraries": libraries,
    "tags": tags,
    "results": results,
    "limits": limits,
    "setting-placeholders": setting_placeholders,
    "template-headings": template_headings,
    "template-uses": template_uses,
    "directives": directives,
    "plain-directives": plain_directives,
    "refused-directives": refused_directives,
    "placeholders": placeholders,
    "settings": settings,
    "commands": commands,
    "schemas": schemas,
    "codes": codes,
    "attack-counts": attack_counts,
    "attacks": attacks,
    "part-procedures": part_11_procedures,
    "part-clauses": part_11_clauses,
    "part-excluded": part_11_excluded,
}


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or check them."""
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    differing = []
    for path in pages():
        before = path.read_text(encoding="utf-8")
        after = render(before)
        if before != after:
            differing.append(path.name)
            if not arguments:
                path.write_text(after, encoding="utf-8", newline="\n")
    for name in differing:
        print(f"docs/{name} {'differs from the code; run tools/write_docs.py' if arguments else 'written'}")
    return 1 if arguments and differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
