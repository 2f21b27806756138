"""Codes about amendments, no-impact assessments and the entry criteria of formal runs: VG430-VG439."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.errors import Severity

E_ = Severity.ERROR

JUDGING: tuple[CodeInfo, ...] = (
    CodeInfo(
        "VG430",
        E_,
        "Nothing that could be amended",
        "An amendment says how a script of an approved protocol changes, compared with what was approved.",
        "Change the script in its file, then amend it; what is new or taken out takes a new version of the protocol.",
    ),
    CodeInfo(
        "VG431",
        E_,
        "Amendment or assessment that is not yours to sign",
        "An amendment needs the owner and the quality unit, two persons; an assessment needs the quality unit.",
        "Let somebody sign who holds the role that the message names and has not signed yet.",
    ),
    CodeInfo(
        "VG433",
        E_,
        "Nothing to assess",
        "An assessment keeps results current that are out of date because something changed.",
        "Name the item, the test case or the file of step code that changed; valgen status shows what is out of date.",
    ),
    CodeInfo(
        "VG434",
        E_,
        "Not the text that was seen",
        "A signature covers what the person saw; between looking and signing something changed.",
        "Look again, and sign what is there now.",
    ),
    CodeInfo(
        "VG435",
        E_,
        "Tester without a training record",
        "Tests are executed by people who were trained before; the project keeps training records and shows none.",
        "Add a TRN item with person, role, date and passed assessment, or let somebody execute who was trained.",
    ),
    CodeInfo(
        "VG436",
        E_,
        "Version of valgen that is not the qualified one",
        "The settings name the version of valgen that was qualified; results of another one rest on a tool that was "
        "not.",
        "Install the qualified version, or qualify this one and change qualified_valgen under [project].",
    ),
)
