"""Amendments of approved scripts and no-impact assessments of results, as plain facts.

Both are signed like documents, and are no documents of the register: an amendment says how one script of an approved
protocol changes while the protocol is executed, an assessment says that certain results go on counting although
something that they rest on changed. Neither changes a recorded result.

Source: design.md §4 (amendment), §5 (freshness). Format: docs/format-ledger.md, "Amendments and assessments".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from valgen.model.signature import Signature

AMENDMENT = "amendment/"
"""Begins the name under which an amendment is signed; no document of a register has such a name."""
ASSESSMENT = "assessment/"
"""Begins the name under which an assessment is signed."""
JUDGEMENT_VERSION = "1.0"
"""Every amendment and assessment has one version; what shall be said otherwise takes a new one."""


def is_judgement(name: str) -> bool:
    """Return whether a signature stands on an amendment or assessment, not on a document."""
    return name.startswith((AMENDMENT, ASSESSMENT))


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A change of one script of an approved protocol.

    Attributes:
        id: such as ``amendment/0001``.
        record: number of the first record that signs it.
        content: digest of what it says, hex.
        protocol: key of the protocol, such as ``OQ-protocol``.
        version: approved version of the protocol.
        protocol_content: content digest of that version, hex.
        case: id of the test case.
        before: fingerprint of the script that it replaces.
        after: fingerprint of the script as amended.
        values: every field of the case as amended, as the protocol states it.
        changes: field, old value, new value.
        repeat: executed cases whose results before it no longer count.
        reason: in the words of whoever asked for it.
        signatures: given so far that count, in the order of their records.
        missing: roles whose signature is missing.
        rejected: the rejection that ended it; None for none.
        in_force: number of the record that completed it; None until then.
        since: time of that record, RFC 3339 UTC; empty until then.
    """

    id: str
    record: int
    content: str
    protocol: str
    version: str
    protocol_content: str
    case: str
    before: str
    after: str
    values: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[tuple[str, str, str], ...] = ()
    repeat: tuple[str, ...] = ()
    reason: str = ""
    signatures: tuple[Signature, ...] = ()
    missing: tuple[str, ...] = ()
    rejected: Signature | None = None
    in_force: int | None = None
    since: str = ""

    @property
    def open(self) -> bool:
        """Whether it waits for a signature."""
        return self.in_force is None and self.rejected is None

    @property
    def number(self) -> str:
        """The id as printed, such as ``Amendment 0001``."""
        return f"Amendment {self.id.removeprefix(AMENDMENT)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSeen:
    """Something that a result rests on, as it was when the test was executed and as it is now.

    Attributes:
        name: id of an item or test case, path of a file of step code, or ``environment NAME``.
        before: fingerprint or digest then; empty for something that did not exist.
        after: fingerprint or digest now; empty for something that is gone.
    """

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A signed statement that changes have no impact on certain results.

    Attributes:
        id: such as ``assessment/0001``.
        subject: what was named: an item, a test case, a file of step code.
        changes: that were judged.
        results: leaf hashes of the case results that go on counting.
        cases: the same in words, such as ``OQ-001 in VAL (run-0001)``.
        reason: in the words of the person who signed.
        signature: of that person.
    """

    id: str
    subject: str
    changes: frozenset[ChangeSeen]
    results: frozenset[str]
    cases: tuple[str, ...]
    reason: str
    signature: Signature

    @property
    def number(self) -> str:
        """The id as printed, such as ``Assessment 0001``."""
        return f"Assessment {self.id.removeprefix(ASSESSMENT)}"

    def covers(self, leaf: str, change: ChangeSeen) -> bool:
        """Return whether it says that a change has no impact on a result."""
        return leaf in self.results and change in self.changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgements:
    """Every amendment and assessment of a ledger, oldest first."""

    amendments: tuple[Amendment, ...] = ()
    assessments: tuple[Assessment, ...] = ()

    def in_force(self, protocol: str, version: str, content: str) -> Mapping[str, Amendment]:
        """Return the amendments of a version of a protocol that are in force, by test case; the last one counts."""
        found = (one for one in self.amendments if one.in_force is not None)
        own = (
            one for one in found if (one.protocol, one.version, one.protocol_content) == (protocol, version, content)
        )
        return {one.case: one for one in sorted(own, key=lambda one: one.in_force or 0)}

    def of_protocol(self, protocol: str, version: str = "") -> tuple[Amendment, ...]:
        """Return the amendments of a protocol, or of one version of it, open and rejected ones too."""
        return tuple(one for one in self.amendments if one.protocol == protocol and version in ("", one.version))

    def waiting(self, one: Amendment) -> bool:
        """Return whether an amendment waits for a signature: a later one of the same script takes its place."""
        later = (other for other in self.of_protocol(one.protocol, one.version) if other.case == one.case)
        return one.open and not any(other.record > one.record for other in later)

    def followed(self, case: str, fingerprint: str) -> str:
        """Return what the approved fingerprint of a script has become by the amendments that are in force."""
        found = (one for one in self.amendments if one.case == case and one.in_force is not None)
        for one in sorted(found, key=lambda one: one.in_force or 0):
            if one.before == fingerprint:
                fingerprint = one.after
        return fingerprint

    def asking(self, case: str) -> Iterable[Amendment]:
        """Yield the amendments in force that ask for a case to be executed again."""
        return (one for one in self.amendments if one.in_force is not None and case in one.repeat)


NO_JUDGEMENTS = Judgements()
