"""Blocks of the release certificate: one page that says what was released, by which report, under which conditions.

It states a release only when nothing speaks against one; otherwise the page says that the system is not released,
whatever date of going live the project plans.

Source: domain/documents.md b.15.
"""

from __future__ import annotations

from valgen.documents.blocks import Block, Facts, ListBlock, Notice, Tone, paragraph
from valgen.documents.catalog import plan_documents
from valgen.documents.configuration import baseline_digest, baseline_id
from valgen.documents.context import Context
from valgen.documents.places import approval_words
from valgen.documents.release import conditions, obstacles, released_name
from valgen.documents.rowing import count
from valgen.model.project import DocumentEntry

_GO_LIVE = "with the last signature, and not before the planned date below"
PRODUCTION = ("PROD", "PRD", "PRODUCTION")


def certificate(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """What is released, and whether it is."""
    against = obstacles(context)
    name = released_name(context)
    rows: list[tuple[str, tuple[Block, ...]]] = [
        ("System, version, id", (paragraph(_system(context)),)),
        ("Production environment", (paragraph(_production(context)),)),
        ("Baseline", (paragraph(_baseline(context)),)),
        ("Summary report", _report(context)),
        ("Conditions, limits", _conditions(context, against)),
        (
            "Go-live",
            (paragraph("none: not released" if against else _GO_LIVE),),
        ),
    ]
    if against:
        text = (
            f"{name} is not released for regulated work. {count(len(against), 'reason speaks', 'reasons speak')} "
            "against it; the validation summary report lists them. Until then, this page is a form."
        )
        notice = Notice("Not released", (paragraph(text),), Tone.BAD)
    else:
        text = (
            f"{name} has been validated for its intended use, as the validation summary report shows. It is released "
            "for regulated work from the go-live date on, as soon as every signature below has been given."
        )
        notice = Notice("Ready for signature", (paragraph(text),), Tone.GOOD)
    return (notice, Facts(tuple(rows)))


def _system(context: Context) -> str:
    settings = context.project.settings
    name = settings.system.name or settings.project_name or "name not stated"
    version = settings.system.version or "version not stated"
    return f"{name}, {version}, {settings.system.id or 'no system id stated'}"


def _production(context: Context) -> str:
    environments = context.project.settings.environments.values()
    named = [one for one in environments if one.name.upper() in PRODUCTION]
    if not named:
        return "none is declared"
    return "; ".join(" ".join(part for part in (one.name, one.host and f"({one.host})") if part) for one in named)


def _baseline(context: Context) -> str:
    items = context.items("CS")
    if not items:
        return "no configuration register"
    text = f"{baseline_id(context)}, {count(len(items), 'configuration item')}"
    return f"{text}, SHA-256 {baseline_digest(context)}"


def _report(context: Context) -> tuple[Block, ...]:
    found = next((spec for spec in plan_documents(context) if spec.entry.type == "VSR"), None)
    if found is None:
        return (paragraph("none is planned"),)
    return (paragraph(found.number), approval_words(found.key, found.bare_version))


def _conditions(context: Context, against: tuple[str, ...]) -> tuple[Block, ...]:
    if against:
        return (paragraph("none stated: there is no release"),)
    held = conditions(context)
    if not held:
        return (paragraph("none"),)
    return (ListBlock(tuple((paragraph(text),) for text in held)),)
