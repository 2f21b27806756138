"""Codes of what a QA reviewer sends back: VG182-VG185 items, VG240-VG242 steps, VG345 signatures."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.errors import Severity

_W, _I = Severity.WARNING, Severity.INFO

REVIEW: tuple[CodeInfo, ...] = (
    CodeInfo(
        "VG182",
        _I,
        "two requirements with one statement",
        "A demand that stands twice is changed once and forgotten once.",
        "Keep one of them and retire the other, or say what differs.",
    ),
    CodeInfo(
        "VG183",
        _I,
        "requirement with many demands",
        "A requirement with three demands or more can be met in part, and then it is neither passed nor failed.",
        "Write a requirement for each demand.",
        "The system shall record A, shall show B and shall refuse C.",
    ),
    CodeInfo(
        "VG184",
        _W,
        "text that is still to be written",
        "TBD, TODO and ??? in an item mean that nobody has decided yet; a reviewer cannot approve it.",
        "Write what is meant, or retire the item until it is known.",
        "The system shall keep records for TBD years.",
    ),
    CodeInfo(
        "VG185",
        _I,
        "mandatory requirement without acceptance criterion",
        "Without it, tester and reviewer may disagree on when the requirement is met.",
        "Say in acceptance: what must be seen.",
    ),
    CodeInfo(
        "VG240",
        _W,
        "step without text",
        "A blank step or expected result cannot be executed or judged.",
        "Write what is done, or what must be seen.",
        "Then",
    ),
    CodeInfo(
        "VG241",
        _W,
        "expected result that says as expected",
        "As expected is no expected result: nobody can compare with it.",
        "Name the value, message or state that must be seen.",
        "Then the result is as expected",
    ),
    CodeInfo(
        "VG242",
        _I,
        "expected result that cannot be measured",
        "Words such as correctly or properly leave the judgement to the tester.",
        "Name the value, message or state that must be seen.",
        "Then the report is printed correctly",
    ),
    CodeInfo(
        "VG345",
        _W,
        "document without an independent signature",
        "An author must not be the only one who approves, and the quality unit looks at every controlled document.",
        "Name under [workflow] somebody other than the author, and qa, with the meaning approved.",
    ),
)
