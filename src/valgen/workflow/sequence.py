"""The sequence at the act: what has to be approved before something is approved or executed, and entry criteria.

Specifications before protocols, protocols before tests, the report of a stage before the next one (``formal``), the
summary report before the certificate that releases the system. Documents of the register count; what is expected and
not registered stands among the findings of ``valgen check`` and among what speaks against a release.

Testers need a training record where the project keeps such records; a version of valgen has to be the qualified one
where the settings name it.

Source: design.md §4, §5 (sequence at the act); domain/documents.md b.8 (entry criteria), b.15, b.16.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from valgen import __version__
from valgen.documents.catalog import DocumentSpec, plan_documents
from valgen.documents.checklists import SPECIFIED_BY
from valgen.documents.context import Context
from valgen.ledger.registry import Account
from valgen.model.item import Item
from valgen.model.outcome import Mode, Stage
from valgen.model.testcase import TestCase
from valgen.records.signing_reader import SigningRecords
from valgen.trace.document_set import IN_OPERATION
from valgen.trace.training import Standing, named_records, standing
from valgen.workflow.approve_rules import Objection
from valgen.workflow.approve_standing import approved_versions
from valgen.workflow.plan import PRODUCTION, planned_environments


def unapproved_before(context: Context, records: SigningRecords, spec: DocumentSpec) -> tuple[str, ...]:
    """Return the registered documents that have to be approved before a document is, and are not.

    Args:
        context: of the project.
        records: of its ledger.
        spec: a protocol or certificate; nothing comes before others.
    """
    kinds: tuple[str, ...] = ()
    if spec.variant == "protocol":
        kinds = SPECIFIED_BY[Stage(spec.entry.type)]
    elif spec.entry.type == "CERT":
        kinds = ("VSR",)
    needed = [
        one.key
        for one in plan_documents(context)
        if one.registered and one.entry.type in kinds and one.entry.type not in IN_OPERATION
    ]
    approved = {one.manifest.key for one in approved_versions(context, records)} if needed else set()
    return tuple(key for key in needed if key not in approved)


def unreported_before(
    context: Context, records: SigningRecords, stage: Stage, environment: str
) -> tuple[tuple[str, Stage, str], ...]:
    """Return the reports that have to be approved before tests are executed formally, and are not.

    A report over several environments is signed once for those in which the tests were executed, and again later. So
    it counts for an environment only when it was signed after accepted results of that environment.

    Args:
        context: of the project.
        records: of its ledger.
        stage: to be executed.
        environment: in which.

    Returns:
        Document key, with the stage and the environment that it has to tell of.
    """
    specs = [one for one in plan_documents(context) if one.variant == "report"]
    return tuple(
        (spec.key, before, where)
        for before, where in _stages_before(context, stage, environment)
        for spec in specs
        if spec.entry.type == before.value and spec.entry.environment in ("", where)
        if not _reported(context, records, spec.key, before, where)
    )


def _stages_before(context: Context, stage: Stage, here: str) -> list[tuple[Stage, str]]:
    """Return the stages and environments whose reports come first."""
    project = context.project
    found = []
    if stage is not Stage.IQ and here in planned_environments(project, Stage.IQ):
        found.append((Stage.IQ, here))
    if stage is Stage.PQ or (stage is Stage.IQ and here.upper() in PRODUCTION):
        challenged = planned_environments(project, Stage.OQ)
        own = [where for where in challenged if stage is Stage.PQ and where == here]
        others = [where for where in challenged if where.upper() not in PRODUCTION]
        found += [(Stage.OQ, where) for where in own or others]
    return found


def _reported(context: Context, records: SigningRecords, key: str, stage: Stage, where: str) -> bool:
    accepted = [
        review.record
        for one in context.executions
        if one.stage is stage and one.environment == where
        for review in one.reviews
        if review.accepted
    ]
    begun = (
        min(signature.record for signature in one.approval.signatures)
        for one in approved_versions(context, records)
        if one.manifest.key == key
    )
    return bool(accepted) and any(min(accepted) < record for record in begun)


def training_objections(
    context: Context, account: Account, cases: Iterable[TestCase], today: str
) -> Iterator[Objection]:
    """Yield why a tester may not execute for want of training.

    Args:
        context: of the project; where it keeps no training record, this is a matter of the test lead.
        account: of the tester; a service is not trained.
        cases: to be executed; those that wait for a person at a terminal are executed by somebody else, later.
        today: YYYY-MM-DD, UTC.
    """
    records = context.items("TRN")
    if account.service or not records:
        return
    own = [item for item in records if _is_of(item, account)]
    held = [item for item in own if _valid(item, today)]
    if not held:
        said = f"; there is {', '.join(f'{item.id} ({_why(item, today)})' for item in own)}" if own else ""
        yield Objection(
            code="VG435",
            what=f"no training record shows that {account.name} ({account.user}) was trained{said}",
            fix=f"record the training as a TRN item with person: {account.name}, its date and a passed assessment",
        )
        return
    missing: dict[str, list[str]] = {}
    for case in cases:
        for name in named_records(case) if case.mode is Mode.AUTOMATED else ():
            item = context.graph.items.get(name)
            if item is None or not any(_same_training(item, mine) for mine in held):
                missing.setdefault(name, []).append(case.id)
    for name, asking in missing.items():
        more = f" and {len(asking) - 3} more" if len(asking) > 3 else ""
        verb = "asks" if len(asking) == 1 else "ask"
        yield Objection(
            code="VG435",
            what=f"{', '.join(asking[:3])}{more} {verb} for the training {name}, and {account.name} has no valid "
            "record of it",
            fix="record the training as a TRN item of this person with the same title, or let somebody else execute",
        )


def tool_objections(context: Context) -> Iterator[Objection]:
    """Yield why this version of valgen may not execute formally."""
    qualified = context.project.settings.qualified_valgen
    if qualified and qualified != __version__:
        yield Objection(
            code="VG436",
            what=f"this is valgen {__version__}, and the settings name {qualified} as the qualified version",
            fix=f"install valgen {qualified}; or qualify {__version__} and change qualified_valgen under [project]",
        )


def _is_of(item: Item, account: Account) -> bool:
    return _plain(item.value("person")) in (_plain(account.name), account.user)


def _valid(item: Item, today: str) -> bool:
    return not _why(item, today)


def _why(item: Item, today: str) -> str:
    """Return why a record shows no training that holds today; empty when it does."""
    match standing(item):
        case Standing.PLANNED:
            return "planned, without a date"
        case Standing.FAILED:
            return "assessment not passed"
    if item.value("date") > today:
        return f"dated {item.value('date')}, which is to come"
    until = item.value("valid_until")
    return f"valid until {until} only" if until and until < today else ""


def _same_training(asked: Item, mine: Item) -> bool:
    """Return whether a record is the one that is asked for, or that of the same training of another person."""
    return asked.id == mine.id or _plain(asked.title) == _plain(mine.title)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
