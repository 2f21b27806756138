"""What a run plans: which cases, in which environment, with which frozen scripts.

Every case that is planned for the stage and environment is a row of the plan, also when the tester chose not to
execute it now. A case that is planned elsewhere (``@env``) or retired is none.

Source: design.md §4, §11; integrity.md decision 6, X-3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from valgen.errors import ExecutionError, Finding, Severity, SourceError
from valgen.model.outcome import Stage
from valgen.model.project import Project
from valgen.model.run import PlannedCase, PlannedStep
from valgen.model.testcase import Step, TestCase
from valgen.workflow.bindings import bound_features
from valgen.workflow.variables import Variables

PRODUCTION = frozenset({"PROD", "PRD", "PRODUCTION"})


def planned_environments(project: Project, stage: Stage) -> tuple[str, ...]:
    """Return the environments in which a stage has planned cases, in the order of the settings."""
    settings = project.settings
    found = {
        name
        for case in project.cases
        if case.stage is stage and case.id and not case.retired
        for name in settings.planned_environments(case)
    }
    declared = [name for name in settings.environments if name in found]
    return (*declared, *sorted(found - set(declared)))


def choose_environment(project: Project, stage: Stage, wanted: str | None) -> str:
    """Return the environment of a run.

    Args:
        project: as read.
        stage: of the run.
        wanted: as the tester named it; None to take the only planned one.

    Raises:
        ExecutionError: none is planned, several are and none was named, or the named one is not planned.
    """
    planned = planned_environments(project, stage)
    if wanted is not None:
        if wanted in planned:
            return wanted
        if not planned:
            raise _nothing_planned(stage)
        raise ExecutionError(
            f"no {stage} case is planned in the environment {wanted}",
            why=f"{stage} is planned in: {', '.join(planned)}",
            fix="name one of these, or plan the stage there under [stages] in the settings",
            code="VG402",
        )
    if not planned:
        raise _nothing_planned(stage)
    if len(planned) > 1:
        raise ExecutionError(
            f"{stage} is planned in {len(planned)} environments: {', '.join(planned)}",
            why="a result belongs to one environment, so a run must say which",
            fix=f"name it, such as: valgen run {stage.lower()} --env {planned[0]}"
            f" (or: pytest --valgen-env {planned[0]})",
            code="VG401",
        )
    return planned[0]


def planned_cases(project: Project, stage: Stage, environment: str) -> tuple[TestCase, ...]:
    """Return the cases planned for a stage and environment, in the order of their files."""
    return tuple(
        case
        for case in project.cases
        if case.stage is stage
        and case.id
        and not case.retired
        and environment in project.settings.planned_environments(case)
    )


def refused_in(case: TestCase, environment: str) -> str:
    """Return why a case must not be executed in an environment; empty when it may."""
    if "destructive" in case.flags and environment.upper() in PRODUCTION:
        return f"refused: the case is tagged @destructive and {environment} is the production environment"
    return ""


def freeze_plan(
    project: Project, cases: Iterable[TestCase], selected: Callable[[TestCase], bool], variables: Variables
) -> tuple[PlannedCase, ...]:
    """Freeze the scripts of a run.

    Args:
        project: as read; its items give the fingerprints of what is verified.
        cases: every planned one.
        selected: whether the tester chose the case.
        variables: fill the placeholders; secrets stay hidden.
    """
    from valgen.trace.fingerprint import item_fingerprint, script_fingerprint

    items = {item.id: item for item in project.items}
    prints: dict[str, str] = {}
    for item_id in {link.target for case in project.cases for link in case.verifies}:
        if item_id in items:
            prints[item_id] = item_fingerprint(items[item_id])
    return tuple(
        PlannedCase(
            id=case.id,
            title=case.title,
            mode=case.mode,
            path=case.path,
            line=case.line,
            selected=selected(case),
            fingerprint=script_fingerprint(case),
            items={link.target: prints[link.target] for link in case.verifies if link.target in prints},
            steps=tuple(_freeze_step(step, variables) for step in case.steps),
        )
        for case in cases
    )


def check_scripts(project: Project) -> None:
    """Refuse to run while the test scripts or the settings hold mistakes.

    Raises:
        SourceError: with every finding about them.
    """
    folder = project.settings.paths.test_scripts.rstrip("/") + "/"
    errors = [
        found
        for found in project.findings
        if found.severity is Severity.ERROR and _concerns(found, folder, project.settings.file)
    ]
    errors += duplicate_cases(project)
    errors += bound_features(project)
    if errors:
        raise SourceError("the test scripts cannot be executed as they are", errors, code="VG403")


def duplicate_cases(project: Project) -> list[Finding]:
    """Return a finding per case whose id another case has as well: a result could not be told apart."""
    from valgen.codes import finding

    first: dict[str, TestCase] = {}
    found: list[Finding] = []
    for case in project.cases:
        if not case.id:
            continue
        other = first.setdefault(case.id, case)
        if other is not case:
            found.append(
                finding(
                    "VG405",
                    f"{case.id} is the id of two cases, here and at {other.path}:{other.line}",
                    case.location,
                    ids=(case.id,),
                    fix="give one of them an id of its own",
                )
            )
    return found


def _concerns(found: Finding, folder: str, settings_file: str) -> bool:
    if found.location is None:
        return False
    return found.location.path.startswith(folder) or found.location.path == settings_file


def _freeze_step(step: Step, variables: Variables) -> PlannedStep:
    return PlannedStep(
        number=step.number,
        kind=step.kind,
        keyword=step.keyword,
        text=variables.show(step.text),
        table=tuple(tuple(variables.show(cell) for cell in row) for row in step.table),
        doc_string=None if step.doc_string is None else variables.show(step.doc_string),
        background=step.background,
    )


def _nothing_planned(stage: Stage) -> ExecutionError:
    return ExecutionError(
        f"no {stage} case is planned",
        why="a run executes the cases that the test scripts plan for its stage and environment",
        fix=f"write one under test_scripts/{stage.lower()}, or name an environment for the stage under [stages]",
        code="VG402",
    )
