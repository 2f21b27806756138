"""Fingerprints: what a result or an approval saw of an item or a script.

An item's fingerprint covers every field but bookkeeping, a script's covers steps, tables, doc strings, tags and
background, an environment's the declared system and the variables that fill placeholders. Equal content gives the
same value on any machine and with any later release, so an upgrade alone makes nothing stale; the prefix names the
recipe.

Source: design.md §5 (freshness), integrity.md X-7, X-8.
"""

from __future__ import annotations

import hashlib
import json

from valgen.model.item import Item
from valgen.model.project import Secret, Settings
from valgen.model.run import PlannedStep
from valgen.model.testcase import TestCase

BOOKKEEPING = frozenset({"owner", "source", "comment"})
_PREFIX = "v1:"


def item_fingerprint(item: Item) -> str:
    """Return ``v1:`` and the SHA-256 of an item's content, hex."""
    fields = {
        name: (list(value) if isinstance(value, tuple) else dict(value) if not isinstance(value, str) else value)
        for name, value in item.fields.items()
        if name not in BOOKKEEPING
    }
    return _digest(
        {
            "id": item.id,
            "type": item.type,
            "title": item.title,
            "text": item.text,
            "retired": item.retired,
            "fields": fields,
        }
    )


def script_fingerprint(case: TestCase) -> str:
    """Return ``v1:`` and the SHA-256 of a test case's script, hex; the title is no part of it."""
    return _digest(
        {
            "id": case.id,
            "tags": sorted(tag.target for tag in case.tags),
            "steps": [
                [
                    step.kind.value,
                    step.keyword,
                    step.text,
                    [list(row) for row in step.table],
                    step.doc_string,
                    step.media_type,
                    step.background,
                ]
                for step in case.steps
            ],
        }
    )


def environment_fingerprint(settings: Settings, environment: str) -> str:
    """Return ``v1:`` and the SHA-256 of what is declared for runs in an environment, hex.

    Covers name, version and id of the system and the environment's variables; of a secret only its name.
    """
    declared = settings.environments.get(environment)
    variables = declared.variables if declared else {}
    return _digest(
        {
            "system": [settings.system.name, settings.system.version, settings.system.id],
            "variables": {
                name: {"secret": value.name} if isinstance(value, Secret) else value
                for name, value in variables.items()
            },
        }
    )


def planned_steps(case: TestCase) -> tuple[PlannedStep, ...]:
    """Return a case's steps as a run freezes them."""
    return tuple(
        PlannedStep(
            number=step.number,
            kind=step.kind,
            keyword=step.keyword,
            text=step.text,
            table=step.table,
            doc_string=step.doc_string,
            background=step.background,
        )
        for step in case.steps
    )


def _digest(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return _PREFIX + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
