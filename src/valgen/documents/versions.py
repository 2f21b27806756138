"""What a document says, in parts that versions are compared by, and what differs between two versions.

A part counts only what the document itself states; ``model.version`` says why. Bookkeeping of an item (owner, source,
comment) is no content, as for approvals and results.

Source: design.md §3.2 (register), §5 (freshness).
"""

from __future__ import annotations

import enum
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from valgen.documents.catalog import INITIAL
from valgen.documents.context import Context, Making
from valgen.documents.shipped import Template
from valgen.model.item import Item
from valgen.model.outcome import Stage
from valgen.model.project import DocumentEntry, Project, Secret, Settings
from valgen.model.testcase import Step, TestCase
from valgen.model.version import SEEN_BY_CHECK, Part, PartKind
from valgen.trace.fingerprint import BOOKKEEPING, item_fingerprint, script_fingerprint
from valgen.trace.graph import Graph, is_traced

RESULT_TYPES = frozenset({"RTM", "VSR", "CERT", "DELTA", "DEVLOG", "REVIEW"})
"""Types of documents that state results; so does every report of a stage."""
_SYSTEM_TYPES = frozenset({"GXPA", "VP", "VSR", "CERT"})
_CLAUSE_TYPES = frozenset({"ERES", "RTM"})
_HEADING = re.compile(r"^ {0,3}#{1,2}[ \t]+(.*?)[ \t]*#*[ \t]*$")
_PLACED = re.compile(r"^[ \t]*\.\.[ \t]+valgen:prose::[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")


class Change(enum.StrEnum):
    """What happened to a part. The value is the printed word."""

    ADDED = "added"
    CHANGED = "changed"
    RETIRED = "retired"
    REMOVED = "no longer in this document"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field before and after; None where it did not exist."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One part that differs between two versions.

    Attributes:
        title: the newer one.
        fields: those that differ, in the order in which the document prints them.
    """

    kind: PartKind
    id: str
    title: str
    change: Change
    fields: tuple[FieldChange, ...]


def making_of(key: str, entry: DocumentEntry, variant: str, template: Template) -> Making:
    """Return what is known of a document before it is made.

    Args:
        key: of the document, such as ``OQ-report``.
        entry: of the register.
        variant: empty, ``protocol`` or ``report``.
        template: that arranges it.
    """
    return Making(
        key=key,
        entry=entry,
        variant=variant,
        template=template.path,
        template_sha256=hashlib.sha256(template.text.encode("utf-8", "surrogatepass")).hexdigest(),
        sections=frozenset(title.casefold() for title in _PLACED.findall(template.text)),
    )


def written_parts(project: Project, graph: Graph, making: Making) -> tuple[Part, ...]:
    """Return the parts that follow from what people wrote, for a document, without fingerprints.

    They need no pictures and no records, so a check can compare them.
    """
    entry, settings = making.entry, project.settings
    found: list[Part] = [_register_part(entry, settings)]
    if making.template:
        values = {"file": making.template, "SHA-256": making.template_sha256}
        found.append(Part(kind=PartKind.TEMPLATE, id="Template", values=values))
    if making.variant == "report":
        # A report states what was executed: its results are compared, and the texts that its template places.
        placed = (text for text in _texts(project, entry) if text.id.casefold() in making.sections)
        return (*found, *placed)
    found += _texts(project, entry)
    found += _settings_parts(settings, entry)
    if entry.type in _CLAUSE_TYPES:
        for one in project.applicability:
            values = {"applicable": "yes" if one.applicable else "no", "rationale": one.rationale}
            found.append(Part(kind=PartKind.CLAUSE, id=one.clause, values=values))
    if entry.type in Stage.__members__:
        found += [case_part(case, settings) for case in graph.cases.values() if _stands_in(case, entry, settings)]
    elif entry.type == "RTM":
        found += [_traced_part(item) for item in graph.items.values() if is_traced(item, graph)]
        found += [_traced_case(case) for case in graph.cases.values()]
    else:
        kinds = {key for key, kind in graph.types.items() if entry.type in (key, kind.document)}
        found += [item_part(item) for item in graph.items.values() if item.type in kinds and entry.selects_item(item)]
    return tuple(found)


def document_parts(context: Context, making: Making) -> tuple[Part, ...]:
    """Return every part of a document: what people wrote, its pictures, and its results where it states results."""
    found = [_with_fingerprint(part, context.graph) for part in written_parts(context.project, context.graph, making)]
    for part in tuple(found):
        if part.kind is PartKind.ITEM:
            found += _figure_parts(context.graph.items[part.id], context)
    if making.variant == "report":
        found += _result_parts(context, (Stage(making.entry.type),), making.entry)
    elif making.entry.type in RESULT_TYPES and making.variant != INITIAL:
        found += _result_parts(context, tuple(Stage), None)
    if making.variant == "report" or (making.entry.type in RESULT_TYPES and making.variant != INITIAL):
        found += _deviation_parts(context, making.entry.type if making.variant else "")
    return tuple(found)


def _with_fingerprint(part: Part, graph: Graph) -> Part:
    if part.kind is PartKind.ITEM:
        return replace(part, fingerprint=item_fingerprint(graph.items[part.id]))
    if part.kind is PartKind.CASE:
        return replace(part, fingerprint=script_fingerprint(graph.cases[part.id]))
    return part


def item_part(item: Item) -> Part:
    """Return an item as a part of the document that lists it."""
    return Part(
        kind=PartKind.ITEM,
        id=item.id,
        title=item.title,
        retired=item.retired,
        values=_item_values(item),
    )


def differences(
    before: Iterable[Part], after: Iterable[Part], kinds: Iterable[PartKind] = PartKind
) -> tuple[Difference, ...]:
    """Return what differs between two versions of a document, in the order of the newer one.

    Args:
        before: parts of the older version.
        after: parts of the newer one.
        kinds: that are compared.
    """
    wanted = frozenset(kinds)
    old = {(part.kind, part.id): part for part in before if part.kind in wanted}
    new = {(part.kind, part.id): part for part in after if part.kind in wanted}
    found = []
    for key, part in new.items():
        earlier = old.get(key)
        if earlier is None:
            found.append(_difference(None, part, Change.ADDED))
        elif not _same(earlier, part):
            change = Change.RETIRED if part.retired and not earlier.retired else Change.CHANGED
            found.append(_difference(earlier, part, change))
    gone = [_difference(part, None, Change.REMOVED) for key, part in old.items() if key not in new]
    order = {kind: number for number, kind in enumerate(PartKind)}
    return tuple(sorted((*found, *gone), key=lambda one: order[one.kind]))


def differs(before: Iterable[Part], after: Iterable[Part], kinds: Iterable[PartKind] = SEEN_BY_CHECK) -> bool:
    """Return whether any part differs; cheaper than ``differences``."""
    wanted = frozenset(kinds)
    old = {(part.kind, part.id): part for part in before if part.kind in wanted}
    count = 0
    for part in after:
        if part.kind in wanted:
            count += 1
            earlier = old.get((part.kind, part.id))
            if earlier is None or not _same(earlier, part):
                return True
    return count != len(old)


def _same(one: Part, other: Part) -> bool:
    if one.kind is PartKind.TEMPLATE:
        # What valgen ships changes with valgen; only a template of the project is the project's content.
        names = (one.values.get("file", ""), other.values.get("file", ""))
        shipped = all(name.startswith("valgen:") for name in names)
        return shipped or one.values.get("SHA-256") == other.values.get("SHA-256")
    return one.values == other.values and one.retired is other.retired


def _difference(before: Part | None, after: Part | None, change: Change) -> Difference:
    part = after or before
    if part is None:
        raise ValueError("a difference needs at least one side")
    old = before.values if before else {}
    new = after.values if after else {}
    names = list(new) + [name for name in old if name not in new]
    fields = tuple(
        FieldChange(name=name, before=old.get(name), after=new.get(name))
        for name in names
        if old.get(name) != new.get(name)
    )
    return Difference(kind=part.kind, id=part.id, title=part.title, change=change, fields=fields)


def _item_values(item: Item) -> dict[str, str]:
    values = {"title": item.title, "text": item.text}
    if item.retired:
        values["status"] = "retired"
    for name in item.fields:
        if name not in BOOKKEEPING and name not in ("title", "text", "status"):
            values[name] = item.value(name)
    return {name: value for name, value in values.items() if value}


def case_part(case: TestCase, settings: Settings) -> Part:
    """Return a test case as a part of the protocol that lists it."""
    values = {
        "title": case.title,
        "feature": case.feature,
        "rule": case.rule,
        "objective": case.objective,
        "prerequisites": case.prerequisites,
        "test_data": case.test_data,
        "acceptance": case.acceptance,
        "process": case.process,
        "roles": case.roles,
        "description": case.description,
        "verifies": ", ".join(link.target for link in case.verifies),
        "risks": ", ".join(link.target for link in case.risks),
        "mode": case.mode.value,
        "tags": ", ".join(sorted(case.flags - {"retired", "manual", "unscripted"})),
        "environments": ", ".join(settings.planned_environments(case)),
        "status": "retired" if case.retired else "",
        "steps": "\n".join(line for step in case.steps for line in _step_lines(step)),
    }
    return Part(
        kind=PartKind.CASE,
        id=case.id,
        title=case.title,
        retired=case.retired,
        values={name: value for name, value in values.items() if value},
    )


def _step_lines(step: Step) -> Iterator[str]:
    yield f"{step.keyword} {step.text}"
    for row in step.table:
        yield f"  | {' | '.join(row)} |"
    if step.doc_string is not None:
        yield f'  """{step.media_type}'
        for line in step.doc_string.splitlines():
            yield f"  {line}"
        yield '  """'


def _stands_in(case: TestCase, entry: DocumentEntry, settings: Settings) -> bool:
    planned = not entry.environment or case.retired or entry.environment in settings.planned_environments(case)
    return case.stage.value == entry.type and planned and entry.selects_case(case)


_IN_MATRIX = ("regulations", "satisfies", "assesses", "mitigated_by", "priority", "impact", "gxp", "verification")


def _traced_part(item: Item) -> Part:
    """Return an item as far as the matrix shows it; its text stands in a document of its own."""
    values = {"title": item.title} | {name: item.value(name) for name in _IN_MATRIX if name in item.fields}
    if item.retired:
        values["status"] = "retired"
    return Part(
        kind=PartKind.ITEM,
        id=item.id,
        title=item.title,
        retired=item.retired,
        values={name: value for name, value in values.items() if value},
    )


def _traced_case(case: TestCase) -> Part:
    values = {
        "title": case.title,
        "verifies": ", ".join(link.target for link in case.verifies),
        "risks": ", ".join(link.target for link in case.risks),
        "status": "retired" if case.retired else "",
    }
    return Part(
        kind=PartKind.CASE,
        id=case.id,
        title=case.title,
        retired=case.retired,
        values={name: value for name, value in values.items() if value},
    )


def _texts(project: Project, entry: DocumentEntry) -> Iterator[Part]:
    seen: set[str] = set()
    for key in dict.fromkeys((entry.key, entry.type)):
        prose = project.prose.get(key)
        if prose is None:
            continue
        for title, text in text_sections(prose.text):
            # The particular file goes before the one of the type, as in the document.
            if title.casefold() in seen or not text:
                continue
            seen.add(title.casefold())
            yield Part(kind=PartKind.TEXT, id=title or "Introduction", values={"text": text})


def text_sections(text: str) -> Iterator[tuple[str, str]]:
    """Yield heading and text below it, for the first two levels of headings, as written."""
    title, lines, fence = "", list[str](), ""
    for line in text.splitlines():
        mark = _FENCE.match(line)
        if mark and (not fence or line.strip().startswith(fence)):
            fence = "" if fence else mark.group(1)
        heading = None if fence else _HEADING.match(line)
        if heading:
            yield title, "\n".join(lines).strip()
            title, lines = heading.group(1), []
        else:
            lines.append(line)
    yield title, "\n".join(lines).strip()


def _register_part(entry: DocumentEntry, settings: Settings) -> Part:
    values = {
        "number": entry.number or f"{settings.project_id or 'DOC'}-{entry.key}",
        "title": entry.title,
        "environment": entry.environment,
        "select": entry.select,
        "references": ", ".join(link.target for link in entry.references),
    }
    return Part(
        kind=PartKind.SETTING,
        id="Document control",
        values={name: value for name, value in values.items() if value},
    )


def _settings_parts(settings: Settings, entry: DocumentEntry) -> Iterator[Part]:
    if entry.type == "RA":
        risk = settings.risk
        scale = {" ".join(pair): name for pair, name in (*risk.risk_class.items(), *risk.priority.items())}
        bands = {name: str(lowest) for name, lowest in risk.bands.items()}
        yield _setting("Risk method", {"method": risk.method, **scale, **bands})
    if entry.type in Stage.__members__:
        planned = settings.stages.get(Stage(entry.type), ())
        for name in (entry.environment,) if entry.environment else planned:
            where = settings.environments.get(name)
            if where is not None:
                variables = {
                    f"variable {key}": f"secret {value.name}" if isinstance(value, Secret) else value
                    for key, value in where.variables.items()
                }
                said = {
                    "title": where.title,
                    "purpose": where.purpose,
                    "host": where.host,
                    "equivalent_to": where.equivalent_to,
                    "differences": where.differences,
                }
                yield _setting(f"Environment {name}", {**said, **variables})
    if entry.type in _SYSTEM_TYPES:
        system = settings.system
        said = {
            "system": system.name,
            "version": system.version,
            "supplier": system.supplier,
            "owner": system.owner,
            "gamp_category": settings.gamp_category,
            "gxp_impact": settings.gxp_impact,
            "regulations": ", ".join(settings.regulations),
            "retention": settings.retention,
        }
        yield _setting("System", said)
        yield _setting("Release criteria", dict(settings.acceptance))
        stages = {stage.value: ", ".join(names) for stage, names in settings.stages.items()}
        yield _setting("Stages", stages)


def _setting(name: str, values: Mapping[str, str]) -> Part:
    return Part(kind=PartKind.SETTING, id=name, values={key: value for key, value in values.items() if value})


def _figure_parts(item: Item, context: Context) -> Iterator[Part]:
    for name in item.values("figures"):
        found = context.figures.get((item.path, name))
        if found is not None:
            yield Part(kind=PartKind.FIGURE, id=f"{item.id}: {name}", values={"SHA-256": found[0]})


def _deviation_parts(context: Context, stage: str) -> Iterator[Part]:
    for one in context.deviations:
        if stage in ("", one.phase):
            values = {
                "classification": one.counted_class.value,
                "status": one.status.value,
                "resolution": one.resolution,
                "closed": one.closed_at,
            }
            said = {name: value for name, value in values.items() if value}
            yield Part(kind=PartKind.RESULT, id=f"Deviation {one.id}", values=said)


def _result_parts(context: Context, stages: Sequence[Stage], entry: DocumentEntry | None) -> Iterator[Part]:
    where = entry.environment if entry else ""
    for stage in stages:
        for status in context.statuses(stage, where):
            case = context.graph.cases[status.case]
            if entry is not None and not entry.selects_case(case):
                continue
            kept = ", ".join(one.id for one in status.assessed)
            values = {"result": status.outcome.value, "run": status.run, "note": status.note, "assessed": kept}
            yield Part(
                kind=PartKind.RESULT,
                id=f"{status.case} in {status.environment}",
                title=case.title,
                values={name: value for name, value in values.items() if value},
            )
        for run in context.stage_runs(stage, where):
            values = {
                "mode": run.mode.value,
                "environment": run.environment,
                "state": run.state.value,
                "attempts": ", ".join(f"{attempt.case}: {attempt.outcome.value}" for attempt in run.attempts),
            }
            yield Part(kind=PartKind.RESULT, id=f"Run {run.id}", values=values)
