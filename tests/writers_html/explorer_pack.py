"""A project with made-up runs and its site with interactive pages: every kind of result, evidence, hostile texts."""

from __future__ import annotations

from pathlib import Path

from sample_pack import png

from valgen.documents.blocks import Document
from valgen.documents.context import Context
from valgen.documents.interactive import SiteData, site_data
from valgen.model.outcome import Outcome, RunMode, RunState, Stage, StepKind
from valgen.model.run import CaseAttempt, EvidenceRef, PlannedCase, Run, StepResult
from valgen.readers import read_project
from valgen.trace.fingerprint import planned_steps, script_fingerprint
from valgen.trace.graph import build_graph
from valgen.trace.matrix import build_matrix
from valgen.workflow.publish import assemble_documents
from valgen.writers.html import build_site

HOSTILE = '=cmd|x <img src=x onerror=alert(1)> "quoted", \u202e'
SHA = "ab" * 32

_SETTINGS = """[project]
id = "T"
name = "Tiny"
regulations = ["21-cfr-part-11", "eu-annex-11"]
[system]
name = "Tiny system"
version = "1.0"
[environments.VAL]
title = "Validation"
[environments.PROD]
title = "Production"
[stages]
OQ = ["VAL"]
PQ = ["VAL", "PROD"]
"""


def write_project(folder: Path, count: int) -> None:
    """Write a project: requirements in two categories, one function each, a risk for every third, a test for most."""
    items = []
    features = ["Feature: Tests\n"]
    clauses = ("21CFR11.10(e)", "21CFR11.10(c)", "Annex11.9")
    for number in range(1, count + 1):
        title = HOSTILE if number == 3 else f"Requirement {number} about {'audit trail' if number % 2 else 'retention'}"
        quoted = title.replace("'", "''")
        items.append(
            f"  - id: URS-{number:04}\n    title: '{quoted}'\n    text: The system shall do it.\n"
            f"    category: {'Audit trail' if number % 2 else 'Retention'}\n    priority: must\n"
            f"    impact: [data_integrity]\n    regulations: ['{clauses[number % 3]}']\n"
            f"  - id: FS-{number:04}\n    title: Function {number}\n    text: Does it.\n"
            f"    satisfies: [URS-{number:04}]\n"
        )
        if number % 3 == 0:
            items.append(
                f"  - id: RSK-{number:04}\n    title: Risk {number}\n    assesses: [URS-{number:04}]\n"
                f"    failure_mode: it fails\n    effect: harm\n    severity: high\n    probability: medium\n"
                f"    detectability: {('low', 'high')[number % 2]}\n    mitigated_by: [FS-{number:04}]\n"
            )
        if number % 5:
            features.append(
                f"  @OQ-{number:04} @verifies:FS-{number:04}\n  Scenario: Case {number}\n    Given a record\n"
                '    When it is deleted\n    Then it is refused with "AccessDenied"\n'
            )
    outline = (
        "Feature: Process\n  @PQ-001 @verifies:URS-0001\n  Scenario Outline: Rows <case>\n"
        "    Given a record\n    Then <case> holds\n"
        "    Examples:\n      | case |\n      | hot |\n      | cold |\n"
    )
    for name, text in {
        "valgen.toml": _SETTINGS,
        "requirements/items.yaml": "items:\n" + "".join(items),
        "test_scripts/oq/a.feature": "\n".join(features),
        "test_scripts/pq/b.feature": outline,
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def make_context(folder: Path, mode: RunMode = RunMode.DRY) -> Context:
    """Return the context of the project with runs in which every seventh test failed and every eleventh was skipped."""
    project = read_project(folder)
    errors = [one for one in project.findings if one.severity == "error"]
    assert not errors, errors
    graph = build_graph(project)
    first = _run(graph.cases, "dry-0001", RunMode.DRY, always=Outcome.FAILED, only="OQ-0001")
    second = _run(graph.cases, f"{mode.value}-0002", mode)
    runs = (first, second)
    return Context(project=project, graph=graph, matrix=build_matrix(project, graph, runs), runs=runs)


def _run(cases, name, mode, always=None, only=""):  # type: ignore[no-untyped-def]
    plan, attempts = [], []
    for case in cases.values():
        if case.stage is not Stage.OQ:
            continue
        number = int(case.base_id.partition("-")[2])
        steps = planned_steps(case)
        plan.append(
            PlannedCase(
                id=case.id, title=case.title, mode=case.mode, path=case.path, line=case.line, steps=steps,
                fingerprint=script_fingerprint(case), selected=not only or case.id == only,
            )
        )  # fmt: skip
        if only and case.id != only:
            continue
        outcome = always or (
            Outcome.FAILED if number % 7 == 0 else Outcome.SKIPPED if number % 11 == 0 else Outcome.PASSED
        )
        attempts.append(_attempt(case.id, steps, outcome))
    return Run(
        id=name, stage=Stage.OQ, mode=mode, environment="VAL", state=RunState.FINISHED, actor="t.ester", tool="valgen",
        started_at="2026-11-02T09:14:07Z", finished_at="2026-11-02T10:14:07Z", plan=tuple(plan),
        attempts=tuple(attempts),
    )  # fmt: skip


def _attempt(case, steps, outcome):  # type: ignore[no-untyped-def]
    results = []
    for step in steps:
        last = step is steps[-1]
        evidence = ()
        if last:
            evidence = tuple(
                EvidenceRef(id=f"{case}-{step.number}-{at}", name=name, media_type=kind, size_bytes=1234, sha256=SHA)
                for at, (name, kind) in enumerate((("screen.png", "image/png"), ("answer.json", "application/json")), 1)
            )
        results.append(
            StepResult(
                number=step.number, kind=step.kind, keyword=step.keyword, text=step.text,
                outcome=outcome if last else Outcome.PASSED, observed=True,
                expected=("HTTP 403",) if step.kind is StepKind.THEN else (),
                actual=(f"HTTP 403, request {case}", HOSTILE) if last else ("done",),
                message="403 is not 200" if last and outcome is Outcome.FAILED else "",
                started_at="2026-11-02T09:14:07Z", duration_ms=3, evidence=evidence,
            )
        )  # fmt: skip
    return CaseAttempt(
        case=case, number=1, outcome=outcome, steps=tuple(results), executor="t.ester",
        message="403 is not 200" if outcome is Outcome.FAILED else "",
        started_at="2026-11-02T09:14:07Z", finished_at="2026-11-02T09:14:09Z",
    )  # fmt: skip


def evidence_paths(context: Context, pack: Path) -> dict[tuple[str, str], str]:
    """Put attachments into the pack, but those of OQ-0002, and return where they lie."""
    paths = {}
    for run in context.runs:
        for attempt in run.attempts:
            for step in attempt.steps:
                for ref in step.evidence:
                    if attempt.case == "OQ-0002":
                        continue
                    name = f"evidence/{run.id}/{ref.id}_{ref.name}"
                    target = pack / name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(png() if ref.name.endswith("png") else b"{}")
                    paths[run.id, f"{attempt.number}/{ref.id}"] = name
    return paths


def build(folder: Path, count: int = 40) -> tuple[Path, SiteData, tuple[Document, ...]]:
    """Write project and site; return the folder of the site, its data and its documents."""
    project, pack = folder / "project", folder / "pack"
    write_project(project, count)
    context = make_context(project)
    documents = assemble_documents(project, context)
    data = site_data(context, documents, evidence_paths(context, pack))
    build_site(documents, pack / "html", title="T Tiny", data=data)
    return pack / "html", data, documents


__all__ = ["HOSTILE", "build", "evidence_paths", "make_context", "write_project"]
