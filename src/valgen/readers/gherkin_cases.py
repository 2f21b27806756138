"""One test case per scenario or outline row of a parsed feature.

Steps take their kind from the keyword: And, But and * take the kind before them; a keyword that a language
uses for several kinds takes the nearest one that fits. Steps of a Background come first and are not filled from
Examples, as in Gherkin itself.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from valgen.codes import finding
from valgen.errors import Finding
from valgen.model.outcome import Stage, StepKind
from valgen.model.testcase import Step, TestCase
from valgen.readers.gherkin_plain import OUTLINE_WORDS
from valgen.readers.gherkin_tags import CaseTags, TagReader
from valgen.source import SourceLocation

_KINDS = {"Context": StepKind.GIVEN, "Action": StepKind.WHEN, "Outcome": StepKind.THEN}
_ORDER = (StepKind.GIVEN, StepKind.WHEN, StepKind.THEN)
_PLACEHOLDER = re.compile(r"<([^<>]+)>")
_CASE_NAME = re.compile(r"[A-Za-z0-9._-]{1,40}")
_HEADERS = {
    "objective": "objective",
    "prerequisites": "prerequisites",
    "test data": "test_data",
    "acceptance": "acceptance",
    "process": "process",
    "roles": "roles",
}
_HEADER = re.compile(r"\s*(Objective|Prerequisites|Test data|Acceptance|Process|Roles)\s*:(.*)", re.IGNORECASE)


class CaseMaker:
    """Makes the cases of one feature.

    Args:
        path: file, for places.
        feature: the ``feature`` node of the syntax tree.
        environments: names that ``@env:`` may use; empty checks none.
        folder_stage: stage of the folder, or None.
        findings: where mistakes are put.
    """

    def __init__(
        self,
        path: str,
        feature: Mapping[str, Any],
        environments: Collection[str],
        folder_stage: Stage | None,
        findings: list[Finding],
    ) -> None:
        self.path = path
        self.feature = feature
        self.language = str(feature["language"])
        self.folder_stage = folder_stage
        self.findings = findings
        self.tags = TagReader(path, environments, findings)
        self.cases: list[TestCase] = []

    def make(self) -> list[TestCase]:
        """Return the cases in the order of the file."""
        tags = list(self.feature["tags"])
        background: list[Any] = []
        for child in self.feature["children"]:
            if "background" in child:
                background = list(child["background"]["steps"])
            elif "rule" in child:
                self._rule(child["rule"], tags, background)
            else:
                self._scenario(child["scenario"], tags, background, "")
        if not self.cases and not self.findings:
            self._add("VG209", "the feature has no scenarios", self.feature)
        return self.cases

    def _rule(self, rule: Mapping[str, Any], tags: list[Any], background: list[Any]) -> None:
        inherited = [*tags, *rule["tags"]]
        steps = list(background)
        for child in rule["children"]:
            if "background" in child:
                steps = [*steps, *child["background"]["steps"]]
            else:
                self._scenario(child["scenario"], inherited, steps, str(rule["name"]))

    def _scenario(self, scenario: Mapping[str, Any], tags: list[Any], background: list[Any], rule: str) -> None:
        own = [*tags, *scenario["tags"]]
        header = _header(str(scenario["description"]))
        outline = bool(scenario["examples"]) or self._is_outline(scenario)
        if not outline:
            read = self.tags.read(own, scenario)
            self._check(read, scenario)
            steps = self._steps(background, scenario["steps"], {})
            self.cases.append(self._case(scenario, read, steps, rule, header))
            return
        self._outline(scenario, own, background, rule, header)

    def _outline(
        self,
        scenario: Mapping[str, Any],
        tags: list[Any],
        background: list[Any],
        rule: str,
        header: Mapping[str, str],
    ) -> None:
        number = 0
        names: dict[str, int] = {}
        has_rows = named = checked = False
        for examples in scenario["examples"]:
            table = examples.get("tableHeader")
            if table is None:
                continue
            columns = [str(cell["value"]) for cell in table["cells"]]
            self._check_columns(columns, table)
            named = named or "case" in columns
            read = self.tags.read([*tags, *examples["tags"]], scenario)
            for row in examples["tableBody"]:
                has_rows = True
                number += 1
                if not checked:
                    self._check(read, scenario)
                    checked = True
                example = dict(zip(columns, [str(cell["value"]) for cell in row["cells"]], strict=True))
                label = self._label(example, number, row, names)
                steps = self._steps(background, scenario["steps"], example)
                self.cases.append(self._case(scenario, read, steps, rule, header, label, number, example, row))
        if not has_rows:
            read = self.tags.read(tags, scenario)
            self._check(read, scenario)
            self._add("VG208", f"the outline {read.base_id or scenario['name']} has no rows", scenario, ids=read.ids)
        elif not named:
            ids = self.tags.read(tags, scenario, quiet=True).ids
            what = f"the rows of {ids[0] if ids else scenario['name']} are known by number only"
            self._add("VG211", what, scenario, ids=ids)

    def _case(
        self,
        scenario: Mapping[str, Any],
        tags: CaseTags,
        steps: tuple[Step, ...],
        rule: str,
        header: Mapping[str, str],
        label: str = "",
        row_number: int = 0,
        example: Mapping[str, str] | None = None,
        row: Mapping[str, Any] | None = None,
    ) -> TestCase:
        place = (row or scenario)["location"]
        return TestCase(
            id=f"{tags.base_id}[{label}]" if label and tags.base_id else tags.base_id,
            base_id=tags.base_id,
            stage=tags.stage or self.folder_stage or Stage.OQ,
            title=fill(str(scenario["name"]), example or {}),
            feature=str(self.feature["name"]),
            rule=rule,
            description=header["description"],
            objective=header["objective"],
            prerequisites=header["prerequisites"],
            test_data=header["test_data"],
            acceptance=header["acceptance"],
            process=header["process"],
            roles=header["roles"],
            verifies=tags.verifies,
            risks=tags.risks,
            environments=tags.environments,
            flags=tags.flags,
            tags=tags.tags,
            mode=tags.mode,
            steps=steps,
            example=example or {},
            row=row_number,
            language=self.language,
            path=self.path,
            line=place["line"],
            column=place.get("column", 1),
            scenario_line=scenario["location"]["line"],
        )

    def _steps(self, background: Sequence[Any], steps: Sequence[Any], example: Mapping[str, str]) -> tuple[Step, ...]:
        made: list[Step] = []
        kind: StepKind | None = None
        # A scenario without steps of its own executes nothing, as in Gherkin: its background would test nothing.
        for is_background, group in ((True, background if steps else ()), (False, steps)):
            columns = {} if is_background else example
            for step in group:
                written = step["keywordType"]
                keyword = step["keyword"].strip()
                if written == "Unknown":
                    kind = self._ambiguous(step["keyword"], kind)
                elif written != "Conjunction":
                    kind = _KINDS[written]
                kind = kind or StepKind.GIVEN
                text = step["text"]
                table: tuple[tuple[str, ...], ...] = ()
                doc_string, media_type = None, ""
                if "dataTable" in step:
                    table = tuple(
                        tuple(fill(cell["value"], columns) for cell in row["cells"])
                        for row in step["dataTable"]["rows"]
                    )
                if "docString" in step:
                    doc_string = fill(step["docString"]["content"], columns)
                    media_type = fill(step["docString"].get("mediaType", ""), columns)
                place = step["location"]
                made.append(
                    Step(
                        number=len(made) + 1, kind=kind, keyword=keyword, text=fill(text, columns) if columns else text,
                        table=table, doc_string=doc_string, media_type=media_type, line=place["line"],
                        column=place.get("column", 1), background=is_background,
                    )
                )  # fmt: skip
        return tuple(made)

    def _ambiguous(self, keyword: str, before: StepKind | None) -> StepKind:
        dialect = self._dialect
        lists = (dialect.given_keywords, dialect.when_keywords, dialect.then_keywords)
        candidates = [kind for kind, words in zip(_ORDER, lists, strict=True) if keyword in words]
        if before is None:
            return candidates[0] if candidates else StepKind.GIVEN
        if before in candidates or not candidates:
            return before
        later = [kind for kind in candidates if _ORDER.index(kind) > _ORDER.index(before)]
        return later[0] if later else candidates[0]

    def _is_outline(self, scenario: Mapping[str, Any]) -> bool:
        keyword = scenario["keyword"]
        if self.language == "en":
            return keyword in OUTLINE_WORDS
        dialect = self._dialect
        return keyword in dialect.scenario_outline_keywords and keyword not in dialect.scenario_keywords

    @functools.cached_property
    def _dialect(self) -> Any:
        from gherkin.dialect import Dialect

        return Dialect.for_name(self.language)

    def _check(self, tags: CaseTags, scenario: Mapping[str, Any]) -> None:
        name = str(scenario["name"])
        if not tags.base_id:
            fix = f"put a tag such as @{self.folder_stage or 'OQ'}-001 on the line above"
            self._add("VG201", f"the scenario {name or '(without a name)'} has no id", scenario, fix=fix)
        elif tags.stage and self.folder_stage and tags.stage is not self.folder_stage:
            what = f"{tags.base_id} is a case of {tags.stage}, but lies in the folder {self.folder_stage.lower()}"
            self._add("VG203", what, scenario, ids=tags.ids)
        if not scenario["steps"] and "retired" not in tags.flags and tags.mode.value != "Unscripted":
            self._add("VG210", f"{tags.base_id or name or 'the scenario'} has no steps", scenario, ids=tags.ids)

    def _check_columns(self, columns: Sequence[str], table: Mapping[str, Any]) -> None:
        seen: set[str] = set()
        for name, cell in zip(columns, table["cells"], strict=True):
            if not name:
                self._add("VG216", "a column of this table has no name", cell)
            elif name in seen:
                self._add("VG216", f"the column {name} stands twice in this table", cell)
            seen.add(name)

    def _label(self, example: Mapping[str, str], number: int, row: Mapping[str, Any], names: dict[str, int]) -> str:
        name = example.get("case")
        if name is None:
            return str(number)
        if not _CASE_NAME.fullmatch(name):
            self._add("VG212", f"the case name {name or '(empty)'} cannot be part of an id", row)
            return str(number)
        if name in names:
            self._add("VG207", f"the case name {name} was used in line {names[name]} already", row)
            return name
        names[name] = row["location"]["line"]
        return name

    def _add(
        self, code: str, message: str, node: Mapping[str, Any], *, fix: str = "", ids: tuple[str, ...] = ()
    ) -> None:
        location = node["location"]
        where = SourceLocation(
            self.path, location["line"], location.get("column", 1), len(str(node.get("keyword", "")))
        )
        self.findings.append(finding(code, message, where, ids=ids, fix=fix))


def fill(text: str, example: Mapping[str, str]) -> str:
    """Replace ``<column>`` by the value of an outline row, in one pass; other placeholders stay."""
    if not example or "<" not in text:
        return text
    return _PLACEHOLDER.sub(lambda match: example.get(match[1], match[0]), text)


def _header(description: str) -> dict[str, str]:
    """Split a description into its header lines and the rest.

    A header line goes on until the next one or an empty line.
    """
    parts: dict[str, list[str]] = {"description": []}
    current = "description"
    for raw in description.split("\n"):
        line = raw.strip()
        match = _HEADER.match(line)
        if match:
            current = _HEADERS[match[1].lower()]
            parts.setdefault(current, [])
            if match[2].strip():
                parts[current].append(match[2].strip())
        elif not line and current != "description":
            current = "description"
        elif current == "description":
            parts[current].append(raw.rstrip())
        else:
            parts[current].append(line)
    result = {name: " ".join(parts.get(name, ())) for name in _HEADERS.values()}
    kept = parts["description"]
    indents = [len(line) - len(line.lstrip()) for line in kept if line.strip()]
    cut = min(indents, default=0)
    result["description"] = "\n".join(line[cut:] for line in kept).strip("\n")
    return result
