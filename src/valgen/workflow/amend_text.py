"""What people are shown before they sign an amendment or an assessment: the same facts, in plain text.

Source: 21 CFR 11.50, 11.70; integrity.md W-1 (what is signed is shown).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from valgen.model.judgement import Amendment, ChangeSeen


def amendment_text(number: str, one: Amendment, protocol_number: str) -> bytes:
    """Return the text of an amendment, UTF-8.

    Args:
        number: as printed, such as ``T1-OQ-001-P-A0001``.
        one: without signatures.
        protocol_number: document number of the protocol.
    """
    lines = [
        f"Amendment {number}",
        "",
        f"Protocol: {one.protocol} {one.version} ({protocol_number})",
        f"Test case: {one.case}",
        f"Reason: {one.reason}",
        "",
        "Changes",
    ]
    for name, before, after in one.changes:
        lines += [f"  {name}", *_block("before", before), *_block("after", after)]
    lines += [
        "",
        "Executed cases to be executed again: "
        + (", ".join(one.repeat) or "none, no case that it affects was executed before"),
        "Recorded results stay as they are; those made before, with the script as it was, no longer count.",
        "",
        f"Fingerprint of the script before: {one.before}",
        f"Fingerprint of the script after:  {one.after}",
        "",
    ]
    return "\n".join(lines).encode("utf-8", "replace")


def assessment_text(
    number: str, subject: str, changes: Iterable[ChangeSeen], results: Iterable[str], reason: str
) -> bytes:
    """Return the text of a no-impact assessment, UTF-8.

    Args:
        number: as printed.
        subject: what was named.
        changes: that were judged.
        results: in words, one for each that goes on counting.
        reason: why there is no impact.
    """
    lines = [f"No-impact assessment {number}", "", f"Subject: {subject}", f"Reason: {reason}", "", "Changes judged"]
    for one in sorted(changes, key=lambda change: change.name):
        lines.append(f"  {one.name}: {one.before or 'nothing'} became {one.after or 'nothing'}")
    lines += ["", "Results that go on counting", *(f"  {one}" for one in results), ""]
    return "\n".join(lines).encode("utf-8", "replace")


def _block(label: str, text: str) -> Iterator[str]:
    first, *rest = text.splitlines() or ["nothing"]
    yield f"    {label}: {first}"
    yield from (f"    {' ' * len(label)}  {line}" for line in rest)
