"""Rules about test cases: ids once, tags that lead somewhere, an expected result, a place to run."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator

from valgen.codes import finding
from valgen.errors import Finding
from valgen.model.item import Link
from valgen.model.outcome import Mode, Stage, StepKind
from valgen.model.project import Project
from valgen.model.testcase import TestCase
from valgen.source import SourceLocation
from valgen.trace.graph import Graph
from valgen.trace.rules.suggest import Suggestions, did_you_mean

_PRODUCTION = frozenset(("PROD", "PRD", "PRODUCTION"))  # where a run refuses destructive cases
_UNKNOWN_ENVIRONMENT = "VG213"  # the reader's code


def check_scripts(project: Project, graph: Graph) -> Iterator[Finding]:
    """Yield double ids, broken tags, orphan tests, tests without a Then, and numbering gaps."""
    check = _CaseCheck(project, graph)
    first: dict[str, TestCase] = {}
    scenarios: set[tuple[str, int, str]] = set()
    checked: set[tuple[str, int, str, tuple[Link, ...]]] = set()
    for case in project.cases:
        if not case.id:
            continue  # the reader reports the missing id
        scenario = (case.path, case.scenario_line, case.base_id)
        if scenario not in scenarios:
            scenarios.add(scenario)
            other = first.setdefault(case.base_id, case)
            if other is not case:
                what = f"{case.base_id} is already the id of the test at {other.path}:{other.scenario_line}"
                yield finding("VG230", what, _id_place(case), ids=(case.base_id,))
            yield from check.steps(case)
        # Rows of an outline share their tags, but for those that one Examples table adds.
        tagged = (*scenario, case.tags)
        if tagged not in checked:
            checked.add(tagged)
            yield from check.tags(case)
    yield from _numbering(graph)


class _CaseCheck:
    """Judges one test case at a time."""

    def __init__(self, project: Project, graph: Graph) -> None:
        self.settings = project.settings
        self.graph = graph
        self.items = Suggestions(graph.items)
        self.risks = Suggestions(name for name, item in graph.items.items() if item.type == "RSK")
        # The reader already named environments that the settings lack; one mistake is told once.
        self.told = {(one.location.path, one.location.line) for one in project.findings
                     if one.code == _UNKNOWN_ENVIRONMENT and one.location}  # fmt: skip

    def steps(self, case: TestCase) -> Iterator[Finding]:
        """Yield what is wrong with the steps of a case."""
        scripted = case.steps and case.mode is not Mode.UNSCRIPTED and not case.retired
        # A Then of the background is the same for every case, so it is no expected result of this one.
        if scripted and not any(step.kind is StepKind.THEN and not step.background for step in case.steps):
            what = f"{case.base_id} has no Then, so no expected result"
            yield finding("VG236", what, case.location, ids=(case.base_id,))

    def tags(self, case: TestCase) -> Iterator[Finding]:
        """Yield what is wrong with the tags of a case."""
        for link in case.verifies:
            yield from self._verified(case, link)
        for link in case.risks:
            yield from self._challenged(case, link)
        if case.retired:
            return
        ids = (case.base_id,)
        if not case.verifies and not case.risks:
            yield finding("VG232", f"{case.base_id} verifies nothing", _id_place(case), ids=ids)
        yield from self._environments(case)

    def _verified(self, case: TestCase, link: Link) -> Iterator[Finding]:
        target = link.target
        found = self.graph.items.get(target)
        if found is not None and (case.retired or not found.retired):
            return
        place, ids = case.link_location(link), (case.base_id, target)
        if found is not None:
            yield finding("VG234", f"{case.base_id} verifies {target}, which is retired", place, ids=ids)
        elif target in self.graph.rows or target in self.graph.cases:
            what = f"{case.base_id} verifies {target}, which is itself a test case"
            yield finding("VG231", what, place, ids=ids, fix="name the requirement or function that both show")
        else:
            hint = self.items.hint(target)
            yield finding(
                "VG231",
                f"{case.base_id} verifies {target}, which no file defines",
                place,
                ids=ids,
                fix=f"define {target}, or {hint or 'correct the id in the tag'}",
            )

    def _challenged(self, case: TestCase, link: Link) -> Iterator[Finding]:
        target, ids = link.target, (case.base_id, link.target)
        found = self.graph.items.get(target)
        if found is None or found.type != "RSK":
            what = f"{case.base_id} names {target} as its risk, which is no risk"
            yield finding("VG235", what, case.link_location(link), ids=ids, fix=self.risks.hint(target))
        elif found.retired and not case.retired:
            what = f"{case.base_id} challenges {target}, which is retired"
            yield finding("VG234", what, case.link_location(link), ids=ids)

    def _environments(self, case: TestCase) -> Iterator[Finding]:
        ids = (case.base_id,)
        for name in case.environments:
            if name in self.settings.environments:
                continue
            place = _tag_place(case, f"env:{name}")
            if (place.path, place.line) not in self.told:
                what = f"{case.base_id} is planned in {name}, which is no environment of the project"
                yield finding("VG233", what, place, ids=ids, fix=did_you_mean(name, self.settings.environments))
        planned = self.settings.planned_environments(case)
        if not planned:
            what = f"{case.base_id} is planned nowhere: stage {case.stage} has no environment"
            yield finding("VG237", what, _id_place(case), ids=ids)
        for name in planned if "destructive" in case.flags else ():
            if name.upper() in _PRODUCTION:
                place = _tag_place(case, "destructive")
                yield finding("VG239", f"{case.base_id} is destructive and planned in {name}", place, ids=ids)


def _id_place(case: TestCase) -> SourceLocation:
    return _tag_place(case, case.base_id)


def _tag_place(case: TestCase, name: str) -> SourceLocation:
    tag = next((tag for tag in case.tags if tag.target == name), None)
    return case.link_location(tag) if tag else case.location


def _numbering(graph: Graph) -> Iterator[Finding]:
    numbers: dict[Stage, dict[int, TestCase]] = defaultdict(dict)
    for rows in graph.rows.values():
        case = graph.cases[rows[0]]
        rest = case.base_id.partition("-")[2]
        if rest.isdecimal():
            numbers[case.stage][int(rest)] = case
    for stage, found in numbers.items():
        ordered = sorted(found)
        for before, after in itertools.pairwise(ordered):
            if after - before > 1 and after - before <= 5:  # larger steps are chapters, chosen on purpose
                case = found[after]
                width = len(case.base_id.partition("-")[2])
                missing = f"{stage}-{before + 1:0{width}d}"
                if after - before > 2:
                    missing += f" to {stage}-{after - 1:0{width}d}"
                yield finding(
                    "VG238",
                    f"{missing} missing between {found[before].base_id} and {case.base_id}",
                    case.location,
                    ids=(case.base_id,),
                )
