"""What verification says: problems with their place, what a reader should see, and what was and was not shown.

No files here. Format: docs/format.md and docs/format-ledger.md, "Verification".
"""

from __future__ import annotations

from dataclasses import dataclass, field

UNROOTED = (
    "This is the log of dry runs. Its keys are declared in its own first record and no person answers for them, "
    "so it shows accidents and clumsy changes, not who wrote it. It is never evidence."
)
"""Stands in the report of every dry log."""

SINGLE_ADMINISTRATOR = "single-administrator mode: signatures do not meet 21 CFR 11.200(a)(3)"
"""Stands in the report of every ledger in that mode, and on its documents."""

_MOST = 1000  # problems listed; the rest is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong, or that a reader should see.

    Attributes:
        code: a key of ``valgen.codes.CODES``.
        where: file and record.
        message: what is wrong.
    """

    code: str
    where: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetSignature:
    """A signature by a key that came from a reset.

    Attributes:
        seq: number of its record.
        kind: of the record, such as ``signature``.
        account: who signed.
        name: printed name.
        reset: time of the reset.
        signed: time of the signature.
        seconds: between both by the clocks of the writers; may be negative when a clock was set back.
    """

    seq: int
    kind: str
    account: str
    name: str
    reset: str
    signed: str
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """What verification found.

    Attributes:
        ok: nothing is wrong; for a dry log that is no evidence, see ``notes``.
        records: complete lines read.
        problems: what is wrong, in the order found.
        visible: allowed, but to be seen: files that no record names.
        notes: what this verification could and could not show.
        anchored_to: the newest proof of an earlier state: an anchor or a signature; empty when there is none.
        unanchored: records that no such proof covers.
        rooted: whether the keys follow from a root key; never so in a dry log.
        origin: whose log it is.
        mode: ``dry`` or ``ledger``; empty when unknown.
        sealed: records under the newest checkpoint.
        root: their root, hex; empty without a checkpoint.
        root_fingerprint: of a ledger.
        root_compared: whether it was compared with one known from elsewhere, and is that one.
        single_administrator: whether the ledger is in single-administrator mode.
        resets: signatures by keys that came from a reset.
    """

    ok: bool
    records: int
    problems: tuple[Problem, ...]
    visible: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    anchored_to: str = ""
    unanchored: int = 0
    rooted: bool = False
    origin: str = ""
    mode: str = ""
    sealed: int = 0
    root: str = ""
    root_fingerprint: str = ""
    root_compared: bool = False
    single_administrator: bool = False
    resets: tuple[ResetSignature, ...] = ()


@dataclass(slots=True)
class Findings:
    """Collects what verification finds, in order.

    Attributes:
        problems: what is wrong; at most 1,000 are kept.
        visible: allowed, but to be seen.
        notes: what could and could not be shown.
        untold: problems beyond those kept.
    """

    problems: list[Problem] = field(default_factory=list)
    visible: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    untold: int = 0

    def problem(self, code: str, where: str, message: str) -> None:
        """Note something that is wrong."""
        if len(self.problems) < _MOST:
            self.problems.append(Problem(code=code, where=where, message=message))
        else:
            self.untold += 1

    def see(self, where: str, message: str) -> None:
        """Note a file that no record names."""
        self.visible.append(Problem(code="VG511", where=where, message=message))

    def note(self, text: str) -> None:
        """Note what was or was not shown."""
        self.notes.append(text)
