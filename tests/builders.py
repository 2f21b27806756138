"""A whole project in one line per thing, for tests that need no files.

Places follow from the id, so that a test can tell them: the item ``URS-003`` stands in line 3 of
``requirements/urs.yaml`` at column 5, the value of its n-th field at column 20 + n of the same line, the k-th link
of that field ten columns further each. A case ``OQ-014`` stands in line 140 of ``test_scripts/oq.feature``, its tags
in the line above.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from valgen.errors import Finding
from valgen.model.ids import natural_order, type_of
from valgen.model.item import FieldValue, Item, Link
from valgen.model.outcome import Mode, Outcome, RunMode, RunState, Stage, StepKind
from valgen.model.project import (
    Applicability,
    DocumentEntry,
    Environment,
    HistoryRow,
    Paths,
    Project,
    Settings,
    SourceFile,
)
from valgen.model.run import CaseAttempt, PlannedCase, Run
from valgen.model.testcase import Step, TestCase
from valgen.readers.settings_declared import DEFAULT_RISK
from valgen.source import SourceLocation
from valgen.trace.fingerprint import item_fingerprint, planned_steps, script_fingerprint
from valgen.trace.graph import build_graph
from valgen.trace.rules import ClauseFacts, check_graph

LINK_FIELDS = ("satisfies", "assesses", "mitigated_by", "affects", "regulations")
CLAUSES = {
    "part-11": {"11.10(a)": "required", "11.10(e)": "required", "11.30": "conditional", "11.3": "none"},
    "annex-11": {"Annex11.1": "required"},
}
FACTS = ClauseFacts(
    known=frozenset(clause for library in CLAUSES.values() for clause in library),
    coverage=lambda name: CLAUSES[name],
    libraries=frozenset(CLAUSES),
)


def item(
    name: str,
    *,
    path: str = "",
    text: str = "The system shall do it.",
    retired: bool = False,
    line: int | None = None,
    **fields: FieldValue | Sequence[str],
) -> Item:
    """Make an item of any type; list fields may be given as lists."""
    line = _number(name) if line is None else line
    kept = {key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()}
    marks = {key: (line, 20 + number) for number, key in enumerate(("text", *kept), 1)}
    links = {
        key: tuple(Link(target, line, marks[key][1] + 10 * place) for place, target in enumerate(kept[key]))
        for key in LINK_FIELDS
        if key in kept
    }
    return Item(
        id=name,
        type=type_of(name),
        title=f"Title of {name}",
        text=text,
        fields=kept,
        links=links,
        retired=retired,
        path=path or f"requirements/{type_of(name).lower()}.yaml",
        line=line,
        column=5,
        marks=marks,
    )


def requirement(name: str, *, parents: Sequence[str] = (), **rest: object) -> Item:
    """Make a requirement or specification; ``parents`` are the ids that it satisfies."""
    own = {"satisfies": list(parents)} if parents else {}
    return item(name, **own, **rest)  # type: ignore[arg-type]


def risk(
    name: str,
    *,
    assesses: Sequence[str] = (),
    controls: Sequence[str] = (),
    scores: str = "high high low",
    **rest: object,
) -> Item:
    """Make a risk; ``scores`` are severity, probability and detectability, high priority unless said."""
    severity, probability, detectability = scores.split()
    own: dict[str, object] = {"assesses": list(assesses)} if assesses else {}
    if controls:
        own["mitigated_by"] = list(controls)
    return item(
        name,
        text="",
        severity=severity,
        probability=probability,
        detectability=detectability,
        failure_mode="It fails.",
        effect="Wrong data.",
        **own,
        **rest,
    )  # type: ignore[arg-type]


def case(
    name: str,
    *,
    verifies: Sequence[str] = (),
    risks: Sequence[str] = (),
    environments: Sequence[str] = (),
    flags: Sequence[str] = (),
    steps: Sequence[str] = ("Given a thing", "When it is used", "Then it works"),
    row: int = 0,
    label: str = "",
    path: str = "",
    line: int | None = None,
    mode: Mode = Mode.AUTOMATED,
) -> TestCase:
    """Make a test case, or one row of an outline when ``row`` is given."""
    stage = Stage(name[:2])
    line = 10 * _number(name) if line is None else line
    named = [
        name,
        *(f"verifies:{one}" for one in verifies),
        *(f"risk:{one}" for one in risks),
        *(f"env:{one}" for one in environments),
        *flags,
    ]
    tags = tuple(Link(text, line - 1, 3 + 20 * number) for number, text in enumerate(named))
    after = 1 + len(verifies)
    return TestCase(
        id=f"{name}[{label or row}]" if row else name,
        base_id=name,
        stage=stage,
        title=f"Title of {name}",
        feature="Feature",
        verifies=tuple(Link(one, line - 1, tags[1 + at].column + 9) for at, one in enumerate(verifies)),
        risks=tuple(Link(one, line - 1, tags[after + at].column + 5) for at, one in enumerate(risks)),
        environments=tuple(environments),
        flags=frozenset(flags),
        tags=tags,
        mode=mode,
        steps=_steps(steps, line),
        row=row,
        path=path or f"test_scripts/{name[:2].lower()}.feature",
        line=line + 20 + row if row else line,
        column=3,
        scenario_line=line,
    )


def document(key: str, *versions: str, type: str = "", line: int = 1, **rest: object) -> DocumentEntry:
    """Make an entry of the register; a version is ``1.0 2026-01-31``, its row stands ``number`` lines below."""
    rows = [one.split() for one in versions]
    history = tuple(
        HistoryRow(version=version, date=date, author="A", change_ref="", summary="S", line=line + at, column=18)
        for at, (version, date) in enumerate(rows, 1)
    )
    return DocumentEntry(
        key=key,
        type=type or key,
        history=history,
        location=SourceLocation("requirements/documents.yaml", line, 9, len(key)),
        **rest,
    )  # type: ignore[arg-type]


def statement(clause: str, applicable: bool, line: int = 1) -> Applicability:
    """Make a row of ``applicability.yaml``."""
    where = SourceLocation("requirements/applicability.yaml", line, 13, len(clause))
    return Applicability(clause=clause, applicable=applicable, rationale="Because.", location=where)


def project(
    *things: Item | TestCase | DocumentEntry | Applicability,
    environments: Sequence[str] = ("VAL", "PROD"),
    stages: Mapping[str, Sequence[str]] | None = None,
    regulations: Sequence[str] = (),
    findings: Sequence[Finding] = (),
    code: Mapping[str, str] | None = None,
    paths: Paths | None = None,
) -> Project:
    """Make a project as the readers deliver it: items in the order of their ids, cases as given."""
    stages = {"IQ": ["VAL"], "OQ": ["VAL"], "PQ": ["VAL"]} if stages is None else stages
    settings = Settings(
        environments={name: Environment(name=name) for name in environments},
        stages={Stage(key): tuple(names) for key, names in stages.items()},
        regulations=tuple(regulations),
        risk=DEFAULT_RISK,
        paths=paths or Paths(),
    )
    items = [one for one in things if isinstance(one, Item)]
    return Project(
        root="/project",
        settings=settings,
        items=tuple(sorted(items, key=lambda one: (natural_order(one.id), one.path, one.line))),
        cases=tuple(one for one in things if isinstance(one, TestCase)),
        documents=tuple(one for one in things if isinstance(one, DocumentEntry)),
        applicability=tuple(one for one in things if isinstance(one, Applicability)),
        findings=tuple(findings),
        files=tuple(SourceFile(path=path, sha256=digest, size_bytes=1) for path, digest in (code or {}).items()),
    )


def right_project(*more: Item | TestCase | DocumentEntry | Applicability, **rest: object) -> Project:
    """Make a project in which nothing is missing, with more things in it."""
    return project(
        requirement("URS-001", regulations=["11.10(a)", "11.10(e)"]),
        requirement("FS-001", parents=["URS-001"]),
        requirement("DS-001", parents=["FS-001"]),
        risk("RSK-001", assesses=["URS-001"], controls=["FS-001"]),
        case("IQ-001", verifies=["DS-001"]),
        case("OQ-001", verifies=["FS-001"], risks=["RSK-001"], flags=["negative"]),
        case("PQ-001", verifies=["URS-001"]),
        *more,
        **rest,  # type: ignore[arg-type]
    )


def full_register() -> tuple[DocumentEntry, ...]:
    """Make the documents that every project is expected to have."""
    keys = ("URS", "FS", "RA", "IQ", "OQ", "PQ", "RTM", "VSR")
    return tuple(document(key, "1.0 2026-01-31", line=10 * at, number=f"P-{key}") for at, key in enumerate(keys, 1))


def run(
    number: int,
    project: Project,
    results: Mapping[str, Outcome | None],
    *,
    environment: str = "VAL",
    mode: RunMode = RunMode.FORMAL,
    left_out: Iterable[str] = (),
    code: Mapping[str, str] | None = None,
    state: RunState = RunState.FINISHED,
) -> Run:
    """Make a run that planned the cases of ``results`` as the project has them now.

    A result of None means that the run never reached the case; ``left_out`` cases were planned and not selected.
    """
    left_out = frozenset(left_out)
    items = {one.id: one for one in project.items}
    plan = tuple(
        PlannedCase(
            id=one.id,
            title=one.title,
            mode=one.mode,
            path=one.path,
            line=one.line,
            selected=one.id not in left_out,
            fingerprint=script_fingerprint(one),
            steps=planned_steps(one),
            items={link.target: item_fingerprint(items[link.target]) for link in one.verifies if link.target in items},
        )
        for one in project.cases
        if one.id in results or one.id in left_out
    )
    attempts = tuple(
        CaseAttempt(case=name, number=1, outcome=outcome) for name, outcome in results.items() if outcome is not None
    )
    digests = {file.path: file.sha256 for file in project.files} if code is None else dict(code)
    return Run(
        id=f"{mode.value}-{number:04d}",
        stage=Stage.OQ,
        mode=mode,
        environment=environment,
        state=state,
        started_at=f"2026-03-01T08:{number:02d}:00Z",
        plan=plan,
        attempts=attempts,
        code=digests,
    )


def changed(world: Project, name: str, **values: object) -> Project:
    """Return the project with other values in one item or case."""
    items = tuple(replace(one, **values) if one.id == name else one for one in world.items)  # type: ignore[arg-type]
    cases = tuple(replace(one, **values) if one.id == name else one for one in world.cases)  # type: ignore[arg-type]
    return replace(world, items=items, cases=cases)


def findings_of(world: Project, *codes: str) -> list[Finding]:
    """Return what the rules of the graph find, of the given codes or all."""
    found = dict.fromkeys(check_graph(world, build_graph(world), FACTS))
    return [one for one in found if not codes or one.code in codes]


def codes_of(world: Project) -> set[str]:
    """Return the codes of what the rules of the graph find."""
    return {one.code for one in findings_of(world)}


def places(world: Project, code: str) -> list[tuple[str, int, int]]:
    """Return path, line and column of every finding of a code."""
    return [
        (one.location.path, one.location.line, one.location.column) if one.location else ("", 0, 0)
        for one in findings_of(world, code)
    ]


def _steps(texts: Sequence[str], line: int) -> tuple[Step, ...]:
    kinds = {kind.value: kind for kind in StepKind}
    return tuple(
        Step(
            number=number,
            kind=kinds[text.partition(" ")[0]],
            keyword=text.partition(" ")[0],
            text=text.partition(" ")[2],
            line=line + number,
            column=5,
        )
        for number, text in enumerate(texts, 1)
    )


def _number(name: str) -> int:
    found = re.search(r"[0-9]+", name)
    return int(found.group()) if found else 1
