"""What a settings file may hold, declared once, with every shipped default.

The reader (``settings``), the published schema (``schemas``) and the reference in docs/ come from these tables.
Source: design.md §3.1; default signatures, matrices and release criteria from domain/documents.md b.0, b.7, b.12.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from valgen.model.project import Paths, RiskMethod, SignatureStep


class SettingKind(enum.StrEnum):
    """What one setting may hold."""

    TEXT = "text"  # one text
    TEXTS = "texts"  # list of texts
    CHOICE = "choice"  # one of ``choices``; numbers are taken as their text
    PATH = "path"  # folder inside the project
    VARIABLES = "variables"  # texts, or { secret = "NAME" }


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One key of a settings table."""

    name: str
    doc: str
    kind: SettingKind = SettingKind.TEXT
    choices: tuple[str, ...] = ()
    required: bool = False


def _s(
    name: str, doc: str, kind: SettingKind = SettingKind.TEXT, choices: tuple[str, ...] = (), required: bool = False
) -> Setting:
    return Setting(name=name, doc=doc, kind=kind, choices=choices, required=required)


GAMP_CATEGORIES = ("1", "3", "4", "5")
STAGES = ("IQ", "OQ", "PQ")
ROLES = (
    "author", "technical_reviewer", "process_owner", "system_owner", "validation_lead", "test_lead", "tester",
    "witness", "qa", "administrator", "inspector",
)  # fmt: skip
MEANINGS = ("authored", "executed", "witnessed", "reviewed", "approved")
VERIFY_EVERY = ("day", "week", "month", "quarter", "year")
RISK_METHODS = ("two-step", "rpn")
RISK_PRIORITIES = ("low", "medium", "high")

PROJECT = (
    _s("id", "Prefix of document numbers."),
    _s("name", "Name of the project."),
    _s("gamp_category", "GAMP 5 category: 1, 3, 4 or 5.", SettingKind.CHOICE, GAMP_CATEGORIES),
    _s("gxp_impact", "Impact on regulated work.", SettingKind.CHOICE, ("direct", "indirect", "none")),
    _s("regulations", "Clause libraries that apply, such as 21-cfr-part-11.", SettingKind.TEXTS),
    _s("retention", "How long records are kept."),
    _s(
        "controlled_rendering",
        "The file that people approve; others are copies.",
        SettingKind.CHOICE,
        ("pdf", "docx", "html"),
    ),
    _s("language", "Language code of the documents."),
    _s("qualified_valgen", "Version of valgen that was qualified; no other one executes formally."),
    _s("word_template", "Word template of all documents, a .docx or .dotx inside the project."),
)
SYSTEM = (
    _s("name", "Name of the system under validation."),
    _s("version", "Version under validation."),
    _s("supplier", "Who supplies it."),
    _s("owner", "Who answers for it."),
    _s("id", "Id in the inventory of systems."),
    _s("description", "What it is, one sentence."),
)
COMPONENT = (
    _s("name", "Name of the component.", required=True),
    _s("version", "Its version."),
    _s("gamp_category", "GAMP 5 category: 1, 3, 4 or 5.", SettingKind.CHOICE, GAMP_CATEGORIES),
    _s("rationale", "Why it has this category."),
)
ENVIRONMENT = (
    _s("title", "Name in documents."),
    _s("purpose", "What it is used for."),
    _s("host", "Host or address."),
    _s("equivalent_to", "Environment that it stands for."),
    _s("differences", "How it differs from that one."),
    _s("variables", "Values for <name> in steps; a secret is named, never written.", SettingKind.VARIABLES),
)
WAIVER = (
    _s("code", "Code of the finding.", required=True),
    _s("severity", "Lowered severity.", SettingKind.CHOICE, ("warning", "info"), required=True),
    _s("reason", "Why; documents print it.", required=True),
)
SIGNATURE = (
    _s("role", "Who signs.", SettingKind.CHOICE, ROLES, required=True),
    _s("meaning", "What the signature says.", SettingKind.CHOICE, MEANINGS, required=True),
)
PATHS = (
    _s("requirements", "Folder of the items.", SettingKind.PATH),
    _s("test_scripts", "Folder of the feature files.", SettingKind.PATH),
    _s("documents", "Folder of the prose.", SettingKind.PATH),
    _s("templates", "Folder of own templates.", SettingKind.PATH),
    _s("baselines", "Folder of the baselines.", SettingKind.PATH),
    _s("records", "Folder of the records.", SettingKind.PATH),
    _s("output", "Folder of the pack.", SettingKind.PATH),
)
RECORDS = (
    _s("tsa", "Address of the time-stamp authority that valgen records anchor asks."),
    _s("tsa_root", "File in the project with the root certificate of that authority, PEM or DER."),
    _s(
        "verify_every",
        "How often a verification of the ledger, with every attachment, must become a record.",
        SettingKind.CHOICE,
        VERIFY_EVERY,
    ),
    _s("database", "PostgreSQL database where a team keeps the ledger: postgresql://HOST/DATABASE, without password."),
    _s("objects", "S3 bucket with Object Lock for its attachments and checkpoints: s3://BUCKET/PREFIX."),
    _s("locked_for", "For how long objects in the bucket are locked, such as 10 years."),
)
ITEM_TYPE = (
    _s("name", "Singular name in documents; the key of the type unless given."),
    _s("document", "Document that lists it: a document type, or the type itself."),
    _s("links", "Item types that satisfies: may name; an empty list for a type without links.", SettingKind.TEXTS),
)
ITEM_FIELD = (
    _s("kind", "What it holds.", SettingKind.CHOICE),
    _s("label", "Column or row title in documents."),
    _s("doc", "One sentence for editors."),
    _s("choices", "Allowed words, for choice and choices.", SettingKind.TEXTS),
    _s("targets", "Item types that links may name.", SettingKind.TEXTS),
    _s("default", "Value when absent."),
)
TOP_LEVEL: Mapping[str, str] = {
    "project": "The project.",
    "system": "The system under validation.",
    "components": "Parts of the system with GAMP categories of their own.",
    "paths": "Folders, relative to the settings file.",
    "records": "How the ledger is anchored outside the project, and where a team keeps it.",
    "environments": "Where tests are executed.",
    "stages": "In which environments each stage is planned.",
    "workflow": "Who signs a document of which type with which meaning.",
    "risk": "Scales and matrices of the risk assessment.",
    "acceptance": "Release criteria, checked in the Validation Summary Report.",
    "types": "Item types of this project.",
    "severity": "Findings raised to warning or error.",
    "waivers": "Findings lowered, with a reason that documents print.",
}

DEFAULT_PATHS = Paths()
DEFAULT_ENVIRONMENT = ("VAL", "Validation")


def _signed(*steps: str) -> tuple[SignatureStep, ...]:
    return tuple(
        SignatureStep(role=role, meaning=meaning) for role, _, meaning in (step.partition(":") for step in steps)
    )


_OWNED_BY_PROCESS = _signed("author:authored", "process_owner:approved", "qa:approved")
_OWNED_BY_SYSTEM = _signed("author:authored", "technical_reviewer:reviewed", "system_owner:approved", "qa:approved")
_OWNED_BY_BOTH = _signed("author:authored", "process_owner:approved", "system_owner:approved", "qa:approved")

DEFAULT_WORKFLOW: Mapping[str, tuple[SignatureStep, ...]] = {
    "GXPA": _OWNED_BY_PROCESS,
    "VP": _OWNED_BY_BOTH,
    "URS": _OWNED_BY_PROCESS,
    "FS": _signed("author:authored", "technical_reviewer:reviewed", "process_owner:approved", "qa:approved"),
    "CS": _OWNED_BY_SYSTEM,
    "DS": _OWNED_BY_SYSTEM,
    "RA": _signed("author:authored", "technical_reviewer:reviewed", "process_owner:approved", "qa:approved"),
    "IQ": _OWNED_BY_SYSTEM,
    "OQ": _OWNED_BY_SYSTEM,
    "PQ": _OWNED_BY_PROCESS,
    "RTM": _signed("author:authored", "technical_reviewer:reviewed", "qa:approved"),
    "DEVLOG": _signed("test_lead:authored", "qa:approved"),
    "VSR": _OWNED_BY_BOTH,
    "CERT": _OWNED_BY_BOTH,
    "ERES": _OWNED_BY_PROCESS,
    "SOP": _signed("author:authored", "qa:approved"),
    "TRAINING": _signed("author:authored", "qa:approved"),
    "SUP": _signed("author:authored", "system_owner:approved", "qa:approved"),
    "CR": _OWNED_BY_BOTH,
    "DELTA": _OWNED_BY_BOTH,
    "REVIEW": _OWNED_BY_BOTH,
    "ATR": _signed("author:authored", "qa:approved"),
}

DEFAULT_RISK = RiskMethod(
    method="two-step",
    risk_class={
        ("high", "low"): "2", ("high", "medium"): "1", ("high", "high"): "1",
        ("medium", "low"): "3", ("medium", "medium"): "2", ("medium", "high"): "1",
        ("low", "low"): "3", ("low", "medium"): "3", ("low", "high"): "2",
    },
    priority={
        ("1", "high"): "medium", ("1", "medium"): "high", ("1", "low"): "high",
        ("2", "high"): "low", ("2", "medium"): "medium", ("2", "low"): "high",
        ("3", "high"): "low", ("3", "medium"): "low", ("3", "low"): "medium",
    },
)  # fmt: skip
DEFAULT_RPN_SCALE = 5
DEFAULT_RPN_BANDS: Mapping[str, int] = {"high": 40, "medium": 16, "low": 1}

DEFAULT_ACCEPTANCE: Mapping[str, str] = {
    "requirements": "Every requirement of priority must is covered, and every test that covers it is accepted.",
    "deviations": "No critical or major deviation is open.",
    "residual_risk": "Every risk of high priority is reduced, or its residual risk is accepted with a reason.",
    "procedures": "Every procedure that a requirement relies on is effective.",
    "training": "Users and administrators are trained.",
    "restore": "Backup and restore have been shown.",
    "baseline": "The production baseline is recorded.",
}
