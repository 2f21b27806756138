"""Rules about test cases: ids once, tags that lead somewhere, an expected result, a place to run."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator

from valgen.codes import finding
from valgen.errors import Finding
from valgen.model.outcome import Mode, Stage, StepKind
from valgen.model.project import Project
from valgen.model.testcase import TestCase
from valgen.trace.graph import Graph
from valgen.trace.rules.suggest import did_you_mean

_PRODUCTION = "PROD"


def check_scripts(project: Project, graph: Graph) -> Iterator[Finding]:
    """Yield double ids, broken tags, orphan tests, tests without a Then, and numbering gaps."""
    first: dict[str, TestCase] = {}
    for case in project.cases:
        if not case.id:
            continue  # the reader reports the missing id
        same = first.setdefault(case.base_id, case)
        if same is not case and (same.path, same.scenario_line) != (case.path, case.scenario_line):
            if case.row in (0, 1):
                yield finding(
                    "VG230",
                    f"{case.base_id} is already the id of the test at {same.path}:{same.scenario_line}",
                    _id_place(case),
                    ids=(case.base_id,),
                )
            continue
        if case.row > 1:
            continue  # tags and steps are those of the first row, but for Examples tags, checked below
        yield from _check_case(case, project, graph)
    yield from _numbering(graph)


def _check_case(case: TestCase, project: Project, graph: Graph) -> Iterator[Finding]:
    ids = (case.base_id,)
    for link in case.verifies:
        found = graph.items.get(link.target)
        if found is None:
            hint = did_you_mean(link.target, graph.items)
            yield finding(
                "VG231",
                f"{case.base_id} verifies {link.target}, which no file defines",
                case.link_location(link),
                ids=(*ids, link.target),
                fix=f"define {link.target}, or {hint}" if hint else "",
            )
        elif found.retired and not case.retired:
            yield finding(
                "VG234",
                f"{case.base_id} verifies {link.target}, which is retired",
                case.link_location(link),
                ids=(*ids, link.target),
            )
    for link in case.risks:
        found = graph.items.get(link.target)
        if found is None or found.type != "RSK":
            hint = did_you_mean(link.target, (name for name, item in graph.items.items() if item.type == "RSK"))
            yield finding(
                "VG235",
                f"{case.base_id} names {link.target} as its risk, which is no risk",
                case.link_location(link),
                ids=(*ids, link.target),
                fix=hint,
            )
    if case.retired:
        return
    if not case.verifies and not case.risks:
        yield finding("VG232", f"{case.base_id} verifies nothing", _id_place(case), ids=ids)
    for name in case.environments:
        if name not in project.settings.environments:
            tag = next((tag for tag in case.tags if tag.target == f"env:{name}"), None)
            yield finding(
                "VG233",
                f"{case.base_id} is planned in {name}, which is no environment of the project",
                case.link_location(tag) if tag else case.location,
                ids=ids,
                fix=did_you_mean(name, project.settings.environments),
            )
    planned = project.settings.planned_environments(case)
    if not planned:
        yield finding(
            "VG237", f"{case.base_id} is planned nowhere: stage {case.stage} has no environment", case.location, ids=ids
        )
    if "destructive" in case.flags and _PRODUCTION in planned:
        yield finding("VG239", f"{case.base_id} is destructive and planned in {_PRODUCTION}", case.location, ids=ids)
    if case.steps and case.mode is not Mode.UNSCRIPTED and not any(step.kind is StepKind.THEN for step in case.steps):
        yield finding("VG236", f"{case.base_id} has no Then, so no expected result", case.location, ids=ids)


def _id_place(case: TestCase):  # type: ignore[no-untyped-def]
    tag = next((tag for tag in case.tags if tag.target == case.base_id), None)
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
                missing = f"{stage}-{before + 1:03d}" + (f" to {stage}-{after - 1:03d}" if after - before > 2 else "")
                case = found[after]
                yield finding(
                    "VG238",
                    f"{missing} missing between {found[before].base_id} and {case.base_id}",
                    case.location,
                    ids=(case.base_id,),
                )
