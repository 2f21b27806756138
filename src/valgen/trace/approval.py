"""What signatures make of a document: draft, in review, approved, rejected, superseded.

The rules:

- a signature counts for the content that it names and for no other;
- the steps of the workflow are signed in its order; steps of one meaning that follow each other, in any order;
- a person counts once per document, whatever accounts and roles they have;
- who executed tests neither reviews nor approves them;
- the author is not the only one who approves, and without an approval nothing is approved;
- a rejection cancels every earlier signature on that content;
- an approved version is superseded when a later one is approved.

Pure: signatures were verified by others.

Source: design.md §5, integrity.md S-1, S-12; domain/documents.md b.0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from valgen.model.project import SignatureStep
from valgen.model.signature import Approval, DocumentStatus, GivenStep, Signature, Uncounted
from valgen.model.version import version_order

WORKFLOW_MEANINGS = frozenset({"authored", "reviewed", "approved"})
"""Meanings that decide on a document; every other one stands beside them."""
_EXECUTED = "executed"
_JUDGING = frozenset({"reviewed", "approved"})


Asked = Mapping[tuple[str, str], Sequence[SignatureStep]]
"""(version, content digest) to the steps of the workflow that this version asks for."""


def approval_of(
    document: str,
    version: str,
    content: str,
    steps: Sequence[SignatureStep],
    signatures: Iterable[Signature],
    asked: Asked | None = None,
) -> Approval:
    """Derive what signatures make of one content of one version.

    Args:
        document: key, such as ``URS``.
        version: without DRAFT.
        content: digest of the content as it is now, or as it was frozen, hex.
        steps: of the workflow, in its order.
        signatures: of any documents; rejections among them.
        asked: what other versions of the document ask for; the same steps where it does not say.
    """
    own = sorted((one for one in signatures if one.document == document), key=lambda one: one.record)
    found = _alone(document, version, content, steps, own)
    here = version_order(version)
    approved = [
        one for one in _others(document, version, steps, own, asked or {}) if one.status is DocumentStatus.APPROVED
    ]
    later = [one for one in approved if version_order(one.version) > here]
    earlier = [one for one in approved if version_order(one.version) < here]
    if found.status is DocumentStatus.APPROVED:
        if not later:
            return found
        by = max(later, key=lambda one: version_order(one.version))
        return replace(found, status=DocumentStatus.SUPERSEDED, superseded_by=by.version)
    valid = max((*earlier, *later), key=lambda one: version_order(one.version), default=None)
    return replace(found, in_force=valid.version) if valid is not None else found


def _others(
    document: str, version: str, steps: Sequence[SignatureStep], own: list[Signature], asked: Asked
) -> Iterator[Approval]:
    """Yield what became of the other versions that were signed."""
    for other in dict.fromkeys((one.version, one.content) for one in own if one.version != version):
        yield _alone(document, *other, asked.get(other, steps), own)


def _alone(document: str, version: str, content: str, steps: Sequence[SignatureStep], own: list[Signature]) -> Approval:
    """Derive the approval of one content without regard to other versions."""
    same = [one for one in own if one.version == version]
    elsewhere = tuple(one for one in same if one.content != content)
    counting = _Counting(steps=[GivenStep(step=step) for step in steps])
    for one in same:
        if one.content == content:
            counting.take(one)
    return Approval(
        document=document,
        version=version,
        content=content,
        status=counting.status(),
        steps=tuple(counting.steps),
        further=tuple(counting.further),
        rejections=tuple(counting.rejections),
        uncounted=tuple(sorted(counting.uncounted, key=lambda one: one.signature.record)),
        elsewhere=elsewhere,
        hindrance=counting.hindrance(),
    )


@dataclass(slots=True)
class _Counting:
    """Signatures on one content, taken one by one in the order of their records."""

    steps: list[GivenStep]
    further: list[Signature] = field(default_factory=list)
    rejections: list[Signature] = field(default_factory=list)
    uncounted: list[Uncounted] = field(default_factory=list)

    def take(self, one: Signature) -> None:
        if one.rejected:
            self._reject(one)
        elif one.meaning not in WORKFLOW_MEANINGS and not any(_fits(given.step, one) for given in self.steps):
            self.further.append(one)
        else:
            self._count(one)

    def status(self) -> DocumentStatus:
        given = [one.signature for one in self.steps if one.signature is not None]
        if given:
            whole = len(given) == len(self.steps) and not self.hindrance()
            return DocumentStatus.APPROVED if whole else DocumentStatus.IN_REVIEW
        if self.rejections:
            return DocumentStatus.REJECTED
        return DocumentStatus.DRAFT

    def hindrance(self) -> str:
        given = [one.signature for one in self.steps if one.signature is not None]
        if not given or len(given) < len(self.steps):
            return ""
        authors = {one.person for one in given if one.meaning == "authored"}
        approvers = {one.person for one in given if one.meaning == "approved"}
        if not approvers:
            return "the workflow asks for no approval"
        return "" if approvers - authors else "nobody but the author approved it"

    def _reject(self, one: Signature) -> None:
        why = f"cancelled by the rejection in record {one.record}"
        cancelled = [step.signature for step in self.steps if step.signature is not None] + self.further
        self.uncounted += [Uncounted(signature=each, why=why) for each in cancelled]
        self.steps = [GivenStep(step=step.step) for step in self.steps]
        self.further = []
        self.rejections.append(one)

    def _count(self, one: Signature) -> None:
        why = self._objection(one)
        if why:
            self.uncounted.append(Uncounted(signature=one, why=why))
            return
        place = self._open_places(one)[0]
        self.steps[place] = replace(self.steps[place], signature=one)

    def _objection(self, one: Signature) -> str:
        """Return why a signature does not count; empty when it does."""
        places = [at for at, given in enumerate(self.steps) if _fits(given.step, one)]
        if not places:
            return "the workflow asks for no signature of this role and meaning"
        earlier = next(
            (held.signature for held in self.steps if held.signature and held.signature.person == one.person), None
        )
        if earlier is not None:
            return f"the same person signed in record {earlier.record}, and a person counts once"
        if one.meaning in _JUDGING and any(
            held.person == one.person for held in self.further if held.meaning == _EXECUTED
        ):
            return "the same person executed tests, and neither reviews nor approves them"
        open_places = self._open_places(one)
        if not open_places:
            taken = self.steps[places[0]].signature
            return f"this signature was given in record {taken.record}" if taken else "this signature was given"
        before = self._waiting_before(open_places[0])
        if before is not None:
            return f"it was given before that of {before.role} ({before.meaning})"
        return ""

    def _open_places(self, one: Signature) -> list[int]:
        return [at for at, given in enumerate(self.steps) if given.signature is None and _fits(given.step, one)]

    def _waiting_before(self, place: int) -> SignatureStep | None:
        """Return the first open step that must come before one; steps of one meaning in a row may swap."""
        first = place
        while first > 0 and self.steps[first - 1].step.meaning == self.steps[place].step.meaning:
            first -= 1
        return next((given.step for given in self.steps[:first] if given.signature is None), None)


def _fits(step: SignatureStep, one: Signature) -> bool:
    return (step.role, step.meaning) == (one.role, one.meaning)
