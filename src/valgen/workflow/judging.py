"""Who may sign an amendment or an assessment: the rules that both share.

A role that is asked for is held; services sign nothing; whoever executed tests whose results it is about neither amends
their scripts nor keeps their results current.

Source: design.md §4, §5; integrity.md X-1, X-11.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from valgen.documents.signatures import role_name
from valgen.ledger.registry import Account
from valgen.model.judgement import JUDGEMENT_VERSION
from valgen.model.signature import Signature
from valgen.records.judgements import Paper
from valgen.records.signing import Statement
from valgen.records.signing_reader import key_note
from valgen.workflow.approve_rules import Objection
from valgen.workflow.approve_subject import State


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeRules:
    """What is checked of a person.

    Attributes:
        account: who acts.
        role: that they named; empty for any that fits.
        asked: roles of which one is needed.
    """

    state: State
    account: Account
    role: str
    asked: Sequence[str]

    def role_held(self) -> str | None:
        """Return the role in which the person signs; None where none fits."""
        held = [one for one in self.asked if one in self.account.roles and self.role in ("", one)]
        return held[0] if held else None

    def of_person(self, testers: frozenset[str]) -> Iterator[Objection]:
        """Yield what speaks against this person.

        Args:
            testers: persons who executed what it is about.
        """
        account = self.account
        if account.service:
            yield Objection(
                code="VG431", what=f"{account.user} is a service, which signs nothing", fix="let a person sign"
            )
        elif self.role_held() is None:
            named = f", or not {self.role}" if self.role else ""
            yield Objection(
                code="VG431",
                what=f"you hold no role whose signature is missing{named}",
                fix=f"signatures are missing of: {', '.join(map(role_name, self.asked))}; your roles are: "
                f"{', '.join(map(role_name, account.roles)) or 'none'}",
            )
        if account.person in testers:
            yield Objection(
                code="VG606",
                what="you executed tests that it is about, so you do not sign it",
                fix="let somebody sign who executed none of them",
            )


def signature_now(paper: Paper, statement: Statement, *, record: int, time: str, rejects: bool) -> Signature:
    """Return the signature that is about to be recorded, as reading it back gives it."""
    account = statement.account
    return Signature(
        record=record,
        document=paper.id,
        number=paper.number,
        version=JUDGEMENT_VERSION,
        content=paper.content,
        meaning="" if rejects else "approved",
        role=statement.role,
        reason=statement.reason,
        name=account.name,
        function=account.function,
        account=account.id,
        person=account.person,
        time=time,
        zone=statement.zone,
        key=account.key_id,
        key_note=key_note(account, time),
        components=statement.components,
        rejected=rejects,
        rendition=paper.shown.sha256,
        rendition_name=paper.shown.name,
    )
